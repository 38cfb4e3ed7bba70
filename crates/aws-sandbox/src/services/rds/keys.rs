//! RDS and KMS: RDS asks for keys in the name of its caller, and holds grants on them
//! (RDS User Guide, "AWS KMS key management"; KMS Developer Guide, "Forward access sessions").

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::state::Grant;
use crate::services::{Service, kms};
use crate::world::{Call, Caller, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::{Arn, Region};

/// What RDS does with a key under its grant, as its CloudTrail records show it
/// (RDS User Guide, "AWS KMS key management").
const GRANT_OPERATIONS: &[&str] = &[
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
];

/// In whose name RDS asks KMS, and what came with the request: it outlives the request where RDS
/// goes on by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Asked {
    caller: Caller,
    context: Context,
}

impl Asked {
    pub(super) fn by(call: &Call) -> Self {
        Self { caller: call.caller.clone(), context: call.context.clone() }
    }
}

/// The name by which KMS knows RDS in a Region.
fn via_service(region: &Region) -> String {
    format!("rds.{region}.amazonaws.com")
}

/// The condition keys that a forwarded call carries.
fn forwarded(asked: &Asked, region: &Region) -> Context {
    let mut chain = asked.context.get("aws:CalledVia").unwrap_or_default().to_vec();
    chain.push("rds.amazonaws.com".to_owned());
    let context = asked.context.clone().with("kms:ViaService", via_service(region));
    let context = context.with("kms:CallerAccount", asked.caller.account.as_str()).with("aws:ViaAWSService", "true");
    context
        .with("aws:CalledViaFirst", chain[0].clone())
        .with("aws:CalledViaLast", "rds.amazonaws.com")
        .with_all("aws:CalledVia", chain)
}

/// What KMS says about a key to RDS's caller.
fn describe(world: &mut World, asked: &Asked, region: &Region, key: &str) -> Result<Value, ServiceError> {
    let context = forwarded(asked, region);
    let answer = world.call(&asked.caller, region, Service::Kms, "DescribeKey", json!({ "KeyId": key }), &context)?;
    Ok(answer["KeyMetadata"].clone())
}

/// Takes a key into use for the caller: describes it and has a grant made, both in the caller's name.
///
/// `about` is the `DbiResourceId` that the grant is bound to.
///
/// # Errors
/// Whatever KMS answers; the caller of this function says it in RDS's words.
pub(super) fn take(
    world: &mut World,
    call: &Call,
    region: &Region,
    key: &str,
    about: &str,
) -> Result<Grant, ServiceError> {
    let asked = &Asked::by(call);
    let metadata = describe(world, asked, region, key)?;
    let arn = metadata["Arn"].as_str().unwrap_or(key).to_owned();
    let rds = via_service(region);
    let input = json!({
        "KeyId": arn,
        "GranteePrincipal": rds,
        "RetiringPrincipal": rds,
        "Operations": GRANT_OPERATIONS,
        "Constraints": { "EncryptionContextSubset": { "aws:rds:db-id": about } },
    });
    let context = forwarded(asked, region)
        .with("kms:GrantIsForAWSResource", "true")
        .with_all("kms:EncryptionContextKeys", ["aws:rds:db-id".to_owned()])
        .with("kms:EncryptionContext:aws:rds:db-id", about);
    let answer = world.call(&asked.caller, region, Service::Kms, "CreateGrant", input, &context)?;
    let id = answer["GrantId"].as_str().unwrap_or_default().to_owned();
    Ok(Grant { key: arn, id })
}

/// Gives a grant back. That it is gone already is no error.
pub(super) fn retire(world: &mut World, place: &Place, grant: &Grant) {
    let Some(region) = region_of(&grant.key) else {
        return;
    };
    let rds = Caller::service(&via_service(&region), &place.account);
    let input = json!({ "KeyId": grant.key, "GrantId": grant.id });
    if let Err(error) = world.call(&rds, &region, Service::Kms, "RetireGrant", input, &Context::new()) {
        tracing::debug!(%error, grant = grant.id, "RDS could not retire its grant");
    }
}

/// `The specified KMS key …`: for new instances.
pub(super) fn not_accessible(which: &str, key: &str) -> ServiceError {
    let message = format!(
        "The {which} KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
    );
    ServiceError::new("KMSKeyNotAccessibleFault", message)
}

/// `aws/rds`, which KMS makes on first use.
pub(super) fn default_key(world: &mut World, place: &Place) -> String {
    kms::aws_managed_key(world, place, "rds")
}

/// Whether AWS manages the key, as far as the caller may look at it.
pub(super) fn is_aws_managed(world: &mut World, asked: &Asked, key: &str) -> bool {
    let metadata = region_of(key).and_then(|region| describe(world, asked, &region, key).ok());
    metadata.is_some_and(|metadata| metadata["KeyManager"] == "AWS")
}

/// Whether the key can still be used: neither disabled nor on its way out nor gone. A caller who may
/// not look at it any more does not stop RDS, which has its grant.
pub(super) fn is_usable(world: &mut World, asked: &Asked, key: &str) -> bool {
    let Some(region) = region_of(key) else {
        return false;
    };
    match describe(world, asked, &region, key) {
        Ok(metadata) => metadata["KeyState"] == "Enabled",
        Err(error) => error.code != "NotFoundException",
    }
}

/// Refuses to work on storage whose key cannot be used.
///
/// # Errors
/// `KMSKeyNotAccessibleFault`.
pub(super) fn check_usable(world: &mut World, call: &Call, key: Option<&str>) -> Result<(), ServiceError> {
    match key {
        Some(key) if !is_usable(world, &Asked::by(call), key) => Err(not_accessible("specified", key)),
        _ => Ok(()),
    }
}

fn region_of(key: &str) -> Option<Region> {
    key.parse().ok().and_then(|arn: Arn| arn.region_code())
}
