//! What SQS asks of KMS for a queue with a KMS key, on behalf of its caller
//! (SQS Developer Guide, "Key management": GenerateDataKey to send, Decrypt to receive).

use serde_json::{Value, json};

use crate::services::Service;
use crate::world::{Call, Place, ServiceError, World};

/// A data key for one message: its encrypted form.
pub(super) fn data_key(
    world: &mut World,
    call: &Call,
    place: &Place,
    key: &str,
) -> Result<Option<String>, ServiceError> {
    let input = json!({"KeyId": key_arn(place, key), "NumberOfBytes": 32});
    let answer = ask(world, call, place, "GenerateDataKey", input)?;
    Ok(answer["CiphertextBlob"].as_str().map(str::to_owned))
}

/// Opens the data key of a message.
pub(super) fn open(world: &mut World, call: &Call, place: &Place, data_key: &str) -> Result<(), ServiceError> {
    ask(world, call, place, "Decrypt", json!({"CiphertextBlob": data_key})).map(drop)
}

/// A key of the queue's account, by its ARN, so that another account's caller means the same key.
fn key_arn(place: &Place, key: &str) -> String {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    let kind = if key.starts_with("alias/") { "" } else { "key/" };
    format!("arn:{}:kms:{}:{}:{kind}{key}", place.region.partition().as_str(), place.region, place.account)
}

fn ask(world: &mut World, call: &Call, place: &Place, operation: &str, input: Value) -> Result<Value, ServiceError> {
    let mut context = call.context.clone();
    context.set("kms:ViaService", format!("sqs.{}.amazonaws.com", place.region));
    context.set("kms:CallerAccount", call.caller.account().as_str());
    world.call(&call.caller, &place.region, Service::Kms, operation, input, &context).map_err(|error| {
        let code = match error.code.as_str() {
            "AccessDeniedException" => "KmsAccessDenied",
            "NotFoundException" => "KmsNotFound",
            "DisabledException" => "KmsDisabled",
            "KMSInvalidStateException" => "KmsInvalidState",
            "InvalidKeyUsageException" => "KmsInvalidKeyUsage",
            other => other,
        };
        ServiceError::new(code, error.message)
    })
}
