//! What AWS Backup asks of KMS, in the name of whoever it works for.

use serde_json::json;

use crate::policy::context::Context;
use crate::policy::names::Region;
use crate::sandbox::services::Service;
use crate::sandbox::world::{Caller, ServiceError, World};

/// The key of vaults that are made without one; KMS makes it on first use.
pub(super) const DEFAULT_KEY: &str = "alias/aws/backup";

/// What a key says of itself.
pub(super) struct KeyFacts {
    pub(super) arn: String,
    pub(super) is_customer_managed: bool,
    pub(super) is_enabled: bool,
}

/// Describes a key.
///
/// # Errors
/// KMS's own.
pub(super) fn describe(
    world: &mut World,
    caller: &Caller,
    region: &Region,
    key: &str,
) -> Result<KeyFacts, ServiceError> {
    let context = Context::new()
        .with("kms:ViaService", format!("backup.{region}.amazonaws.com"))
        .with("kms:CallerAccount", caller.account.as_str());
    let answer = world.call(caller, region, Service::Kms, "DescribeKey", json!({ "KeyId": key }), &context)?;
    let key = &answer["KeyMetadata"];
    Ok(KeyFacts {
        arn: key["Arn"].as_str().unwrap_or_default().to_owned(),
        is_customer_managed: key["KeyManager"] == "CUSTOMER",
        is_enabled: key["KeyState"] == "Enabled",
    })
}

/// Whether a customer manages this key. Not known of a key that the caller may not look at.
pub(super) fn is_customer_managed(world: &mut World, caller: &Caller, region: &Region, key: Option<&str>) -> bool {
    key.is_some_and(|key| describe(world, caller, region, key).is_ok_and(|key| key.is_customer_managed))
}
