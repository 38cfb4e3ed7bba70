//! What KMS keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::services::iam::principals::{self, Pins};
use crate::world::{Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// Everything in one account and Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub keys: BTreeMap<String, Key>,
    /// Aliases by name (`alias/…`).
    pub aliases: BTreeMap<String, Alias>,
}

/// A symmetric encryption key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Key {
    /// Its id, a UUID.
    pub id: String,
    pub arn: String,
    pub description: String,
    /// When it was made.
    pub created: Moment,
    pub manager: Manager,
    /// Whether it can be used.
    pub state: KeyState,
    /// Its policy as it was written.
    pub policy: String,
    /// The unique ids of the principals that the policy named when it was written.
    pub pins: Pins,
    /// The policy that AWS RAM manages, where the key is shared that way.
    pub ram_policy: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Its grants by id.
    pub grants: BTreeMap<String, Grant>,
    /// Yearly rotation: its period in days, where it is on.
    pub rotation_days: Option<i64>,
    /// The last cryptographic operation.
    pub last_use: Option<Use>,
    /// When a pending deletion is carried out.
    pub deletion: Option<Moment>,
    /// Whether it is a multi-Region key.
    pub multi_region: bool,
}

/// Who manages a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Manager {
    /// AWS: `aws/rds` and its like, whose policy nobody can change.
    Aws,
    /// The customer.
    Customer,
}

/// Whether a key can be used (KMS Developer Guide, "Key states of AWS KMS keys").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyState {
    /// It can.
    Enabled,
    /// It cannot until it is enabled.
    Disabled,
    /// It cannot, and will be deleted.
    PendingDeletion,
}

/// The last cryptographic operation under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Use {
    /// In the form `Decrypt`.
    pub operation: String,
    pub at: Moment,
    /// The request that did it.
    pub request_id: String,
}

/// Another name of a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Alias {
    /// The key's id; `None` for an AWS managed key that nobody has used yet.
    pub target: String,
    /// When it was made.
    pub created: Moment,
    /// When it was pointed at its key.
    pub updated: Moment,
}

/// A grant: operations that a principal may use, without regard to policies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    pub id: String,
    pub token: String,
    /// Its name, if it was given one.
    pub name: Option<String>,
    /// When it was made.
    pub created: Moment,
    /// Who may use it: an ARN, or a service's name.
    pub grantee: String,
    /// Who may retire it.
    pub retiring: Option<String>,
    /// The account that made it.
    pub issuing_account: String,
    pub operations: Vec<String>,
    /// Its constraints, as they were given.
    pub constraints: Option<Value>,
}

impl Grant {
    /// Whether a grant may be made by the right of this one alone: with operations that it has, and with constraints
    /// that are as strict or stricter (KMS Developer Guide, "Granting CreateGrant permission").
    pub fn covers(&self, request: &Value) -> bool {
        let mut operations = request["Operations"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let is_mine = |operation: &str| self.operations.iter().any(|own| own == operation);
        operations.all(is_mine) && self.constrains(&request["Constraints"])
    }

    fn constrains(&self, wanted: &Value) -> bool {
        let Some(own) = &self.constraints else { return true };
        if let Some(exact) = own["EncryptionContextEquals"].as_object() {
            return wanted["EncryptionContextEquals"].as_object() == Some(exact);
        }
        let Some(least) = own["EncryptionContextSubset"].as_object() else { return true };
        let has_all = |kind: &str| {
            wanted[kind].as_object().is_some_and(|pairs| least.iter().all(|(key, value)| pairs.get(key) == Some(value)))
        };
        has_all("EncryptionContextEquals") || has_all("EncryptionContextSubset")
    }
}

impl Key {
    /// Whether AWS manages it.
    pub fn is_aws_managed(&self) -> bool {
        self.manager == Manager::Aws
    }

    /// Whether it can be used.
    pub fn is_enabled(&self) -> bool {
        self.state == KeyState::Enabled
    }

    /// Its policy as KMS shows and evaluates it now.
    pub fn policy_now(&self, world: &World) -> String {
        principals::render(world, &self.policy, &self.pins)
    }

    /// `KeyMetadata` of DescribeKey.
    pub fn metadata(&self, place: &Place) -> Value {
        let state = match self.state {
            KeyState::Enabled => "Enabled",
            KeyState::Disabled => "Disabled",
            KeyState::PendingDeletion => "PendingDeletion",
        };
        let mut metadata = json!({
            "AWSAccountId": place.account,
            "KeyId": self.id,
            "Arn": self.arn,
            "CreationDate": self.created,
            "Enabled": self.is_enabled(),
            "Description": self.description,
            "KeyUsage": "ENCRYPT_DECRYPT",
            "KeyState": state,
            "Origin": "AWS_KMS",
            "KeyManager": if self.is_aws_managed() { "AWS" } else { "CUSTOMER" },
            "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
            "MultiRegion": self.multi_region,
        });
        if let Some(at) = self.deletion {
            metadata["DeletionDate"] = json!(at);
        }
        metadata
    }

    /// The error of an operation that needs a usable key, where it is not usable.
    ///
    /// # Errors
    /// `DisabledException` or `KMSInvalidStateException` with KMS's text.
    pub fn must_be_usable(&self) -> Result<(), ServiceError> {
        match self.state {
            KeyState::Enabled => Ok(()),
            KeyState::Disabled => Err(ServiceError::new("DisabledException", format!("{} is disabled.", self.arn))),
            KeyState::PendingDeletion => Err(self.is_pending()),
        }
    }

    /// The error of an operation that a key pending deletion refuses.
    ///
    /// # Errors
    /// `KMSInvalidStateException` with KMS's text.
    pub fn must_not_be_pending(&self) -> Result<(), ServiceError> {
        if self.state == KeyState::PendingDeletion { Err(self.is_pending()) } else { Ok(()) }
    }

    fn is_pending(&self) -> ServiceError {
        ServiceError::new("KMSInvalidStateException", format!("{} is pending deletion.", self.arn))
    }
}

/// A key by its ARN, in whichever account and Region it lies.
pub fn key<'a>(world: &'a World, key_arn: &str) -> Option<&'a Key> {
    let arn: Arn = key_arn.parse().ok()?;
    let place = Place::new(arn.account_id()?, arn.region_code()?);
    world.services.kms.get(&place)?.keys.get(arn.resource_after("key/")?)
}

/// Where a key lies that a call names, and its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub place: Place,
    pub id: String,
}

/// Finds the key that a call names: by id, key ARN, alias name or alias ARN. A key of another
/// account is found by ARN only; one of another Region never (KMS API Reference, DescribeKey, KeyId).
///
/// # Errors
/// `NotFoundException` with KMS's text.
pub(super) fn find(world: &World, call: &Call, named: &str) -> Result<Found, ServiceError> {
    let invalid = || ServiceError::new("NotFoundException", format!("Invalid keyId {named}"));
    let mut place = call.place.clone();
    let mut resource = named.to_owned();
    if named.starts_with("arn:") {
        let arn: Arn =
            named.parse().map_err(|_| ServiceError::new("InvalidArnException", format!("Invalid arn {named}")))?;
        if arn.service != "kms" || arn.region != call.place.region.as_str() {
            let text = format!("Invalid arn {}", arn.region);
            return Err(ServiceError::new("NotFoundException", text));
        }
        place.account = arn.account_id().ok_or_else(invalid)?;
        resource = arn.resource.strip_prefix("key/").unwrap_or(&arn.resource).to_owned();
    }
    let state = world.services.kms.get(&place);
    if resource.starts_with("alias/") {
        let arn = alias_arn(&place, &resource);
        let missing = || ServiceError::new("NotFoundException", format!("Alias {arn} is not found."));
        let alias = state.and_then(|state| state.aliases.get(&resource)).ok_or_else(missing)?;
        return Ok(Found { place, id: alias.target.clone() });
    }
    if state.is_some_and(|state| state.keys.contains_key(&resource)) {
        return Ok(Found { place, id: resource });
    }
    let arn = Arn::new(
        place.region.partition(),
        "kms",
        place.region.as_str(),
        place.account.as_str(),
        format!("key/{resource}"),
    );
    Err(ServiceError::new("NotFoundException", format!("Key '{arn}' does not exist")))
}

impl Found {
    /// The key.
    pub fn key<'a>(&self, world: &'a World) -> Result<&'a Key, ServiceError> {
        let state = world.services.kms.get(&self.place);
        state.and_then(|state| state.keys.get(&self.id)).ok_or_else(|| self.gone())
    }

    /// The key, to change it.
    pub fn key_mut<'a>(&self, world: &'a mut World) -> Result<&'a mut Key, ServiceError> {
        let gone = self.gone();
        world.services.kms.at(&self.place).keys.get_mut(&self.id).ok_or(gone)
    }

    fn gone(&self) -> ServiceError {
        ServiceError::new("NotFoundException", format!("Invalid keyId {}", self.id))
    }
}

/// The ARN of an alias.
pub(super) fn alias_arn(place: &Place, name: &str) -> String {
    Arn::new(place.region.partition(), "kms", place.region.as_str(), place.account.as_str(), name).to_string()
}
