//! Backup vaults: create, describe, list, delete.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{already_exists, insufficient_privileges, invalid_parameter, invalid_request, limit_exceeded};
use super::paging::{Paging, page_of_map};
use super::recovery_points::{PointStatus, RecoveryPoint};
use super::tags;
use crate::services::iam::principals::{self, Pins};
use crate::services::kms;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// Vaults in one account and Region (AWS Backup quotas).
const VAULTS: usize = 300;
/// `NumberOfRecoveryPoints` is approximate (API_DescribeBackupVault): how late it is at most, in seconds.
pub(crate) const COUNT_LAG_MAX_SECONDS: i64 = 3600;
/// A vault counts as filled for this many seconds after its last recovery point has gone
/// (field reports: deletion is asynchronous, `DeleteBackupVault` fails for a while).
const EMPTY_LAG_SECONDS: i64 = 60;
/// What a caller needs on the key of a new vault (AWS Backup Developer Guide, "Creating a vault").
const KEY_ACTIONS: &[&str] =
    &["kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:RetireGrant"];
/// Vaults that AWS never deletes (AWS Backup Developer Guide, "Deleting a backup vault").
const UNDELETABLE: &[&str] = &["Default", "aws/efs/automatic-backup-vault"];

/// A backup vault.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Vault {
    pub name: String,
    pub arn: String,
    /// The key that copies into the vault are encrypted under.
    pub key_arn: String,
    /// Whether that is `aws/backup`.
    pub default_key: bool,
    pub created: Moment,
    pub creator_request_id: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub policy: Option<VaultPolicy>,
    pub lock: Option<Lock>,
    /// What it holds, by ARN.
    pub points: BTreeMap<String, RecoveryPoint>,
    counts: Vec<(Moment, usize)>,
    /// What is deleted and stands in lists that are late.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<(Moment, RecoveryPoint)>,
}

/// A vault's access policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct VaultPolicy {
    /// As it was put.
    pub text: String,
    /// The roles and users that it names, by their unique ids.
    pub pins: Pins,
}

/// A vault lock: a retention range, unchangeable from `date` on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub min_days: Option<i64>,
    pub max_days: Option<i64>,
    /// When it becomes immutable; `None` is governance mode, which can always be lifted.
    pub date: Option<Moment>,
}

impl Lock {
    /// Whether the range admits this retention; `None` is for ever.
    pub fn admits(&self, days: Option<i64>) -> bool {
        match days {
            None => self.max_days.is_none(),
            Some(days) => {
                self.min_days.is_none_or(|least| days >= least) && self.max_days.is_none_or(|most| days <= most)
            }
        }
    }
}

impl Vault {
    /// Puts a recovery point in.
    pub(super) fn insert(&mut self, now: Moment, point: RecoveryPoint) {
        self.points.insert(point.arn.clone(), point);
        self.count(now);
    }

    /// Takes a recovery point out; lists that are late show it for as long as it was.
    pub(super) fn remove(&mut self, now: Moment, arn: &str, list_lag_seconds: i64) {
        let Some(point) = self.points.remove(arn) else { return };
        self.count(now);
        self.gone.retain(|(at, _)| at.plus_seconds(list_lag_seconds) > now);
        if list_lag_seconds > 0 {
            self.gone.push((now, RecoveryPoint { status: PointStatus::Completed, ..point }));
        }
    }

    /// What lists show: what is deleted since they were made up stands in them still.
    pub(super) fn as_listed(&self, world: &World) -> Cow<'_, BTreeMap<String, RecoveryPoint>> {
        let mut still = self.gone.iter().filter(|(at, _)| !world.is_listed(*at)).peekable();
        if still.peek().is_none() {
            return Cow::Borrowed(&self.points);
        }
        let still = still.map(|(_, point)| (point.arn.clone(), point.clone()));
        Cow::Owned(still.chain(self.points.clone()).collect())
    }

    fn count(&mut self, now: Moment) {
        let settled =
            self.counts.iter().rposition(|(at, _)| at.plus_seconds(COUNT_LAG_MAX_SECONDS) <= now).unwrap_or(0);
        self.counts.drain(..settled);
        self.counts.push((now, self.points.len()));
    }

    /// The access policy's text as it is now: a role that was made anew is not the one it names.
    pub fn policy_text(&self, world: &World) -> Option<String> {
        self.policy.as_ref().map(|policy| principals::render(world, &policy.text, &policy.pins))
    }

    /// How many recovery points the vault says that it has.
    fn said_count(&self, now: Moment, lag_seconds: i64) -> usize {
        let mut settled = self.counts.iter().rev().filter(|(at, _)| at.plus_seconds(lag_seconds) <= now);
        settled.next().map_or(0, |(_, count)| *count)
    }

    /// Whether AWS takes it for empty.
    fn seems_empty(&self, now: Moment) -> bool {
        self.points.is_empty() && self.counts.last().is_none_or(|(at, _)| at.plus_seconds(EMPTY_LAG_SECONDS) <= now)
    }

    /// The members that describing and listing share. `EncryptionKeyType` has no value for an AWS
    /// managed key.
    fn view(&self, world: &World) -> Value {
        let lock = self.lock.as_ref();
        json!({
            "BackupVaultName": self.name,
            "BackupVaultArn": self.arn,
            "VaultType": "BACKUP_VAULT",
            "VaultState": "AVAILABLE",
            "EncryptionKeyArn": self.key_arn,
            "CreationDate": self.created,
            "CreatorRequestId": self.creator_request_id,
            "NumberOfRecoveryPoints": self.said_count(world.now, world.settings.count_lag_seconds),
            "Locked": lock.is_some(),
            "MinRetentionDays": lock.and_then(|lock| lock.min_days),
            "MaxRetentionDays": lock.and_then(|lock| lock.max_days),
            "LockDate": lock.and_then(|lock| lock.date),
            "EncryptionKeyType": key_type(world, Some(&self.key_arn)),
        })
    }
}

/// `CUSTOMER_MANAGED_KMS_KEY` for a customer's key; AWS Backup's enumeration has no word for a key
/// that AWS manages for the customer, such as `aws/rds`.
pub(super) fn key_type(world: &World, key_arn: Option<&str>) -> Option<&'static str> {
    let key = kms::key(world, key_arn?)?;
    (!key.is_aws_managed()).then_some("CUSTOMER_MANAGED_KMS_KEY")
}

/// The ARN of a vault of this name in `place`.
pub fn vault_arn(place: &Place, name: &str) -> String {
    let resource = format!("backup-vault:{name}");
    Arn::new(place.region.partition(), "backup", place.region.as_str(), place.account.as_str(), resource).to_string()
}

/// The name in a vault's ARN; the whole text where it is none.
pub(super) fn vault_name(arn: &str) -> &str {
    arn.rsplit_once("backup-vault:").map_or(arn, |(_, name)| name)
}

/// Where a vault ARN points: place and name.
pub(super) fn locate(vault_arn: &str) -> Option<(Place, String)> {
    let arn: Arn = vault_arn.parse().ok()?;
    let name = arn.resource_after("backup-vault:").filter(|_| arn.service == "backup")?;
    let place = Place::new(arn.account_id()?, arn.region_code()?);
    (place.region.partition().as_str() == arn.partition).then(|| (place, name.to_owned()))
}

/// The vault, if it exists.
pub fn find<'a>(world: &'a World, place: &Place, name: &str) -> Option<&'a Vault> {
    world.services.backup.get(place)?.vaults.get(name)
}

/// The vault, or the refusal that AWS gives where there is none.
pub(super) fn vault<'a>(world: &'a World, place: &Place, name: &str) -> Result<&'a Vault, ServiceError> {
    find(world, place, name).ok_or_else(insufficient_privileges)
}

pub(super) fn vault_mut<'a>(world: &'a mut World, place: &Place, name: &str) -> Result<&'a mut Vault, ServiceError> {
    world.services.backup.at(place).vaults.get_mut(name).ok_or_else(insufficient_privileges)
}

/// A permission on a vault, with its access policy.
pub(super) fn access(world: &World, place: &Place, action: &str, name: &str) -> Access {
    let arn = vault_arn(place, name);
    let access = Access::on(action, arn.clone(), &place.account);
    match find(world, place, name).and_then(|vault| vault.policy_text(world)) {
        Some(policy) => access.with_policy(format!("access policy of {arn}"), policy),
        None => access,
    }
}

/// The permission of an operation that names one vault: `backup:<operation>` on it.
pub(super) fn needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let name = input["BackupVaultName"].as_str().unwrap_or_default();
    Ok(vec![access(world, &call.place, &format!("backup:{}", call.operation), name)])
}

/// AWS answers for vaults of the caller's own account only.
pub(super) fn own_account(call: &Call, asked: Option<&str>) -> Result<(), ServiceError> {
    match asked {
        Some(account) if account != call.place.account.as_str() => Err(insufficient_privileges()),
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateInput {
    backup_vault_name: String,
    #[serde(default)]
    backup_vault_tags: BTreeMap<String, String>,
    encryption_key_arn: Option<String>,
    creator_request_id: Option<String>,
}

/// A caller needs rights on the vault, on AWS Backup's storage and on the key.
pub(super) fn create_needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let name = input["BackupVaultName"].as_str().unwrap_or_default();
    let create = Access::on("backup:CreateBackupVault", vault_arn(&call.place, name), &call.place.account);
    let mut needs = vec![
        tags::with_request_tags(create, &input["BackupVaultTags"]),
        Access::on_any("backup-storage:MountCapsule", &call.place.account),
    ];
    if let Some(key) = input["EncryptionKeyArn"].as_str() {
        check_key(world, call, key)?;
        let via = format!("backup.{}.amazonaws.com", call.place.region);
        for action in KEY_ACTIONS {
            let access = kms::access(world, action, key, call)?.with_key("kms:ViaService", via.clone());
            needs.push(match *action {
                "kms:CreateGrant" => access.with_key("kms:GrantIsForAWSResource", "true"),
                _ => access,
            });
        }
    }
    Ok(needs)
}

/// A key is named by its ARN, never by an alias (API_BackupVaultListMember), and can be used.
fn check_key(world: &World, call: &Call, key: &str) -> Result<(), ServiceError> {
    let arn: Arn = key.parse().map_err(|_| invalid_parameter(format!("Invalid KMS key ARN: {key}")))?;
    let is_key = arn.service == "kms" && arn.resource_after("key/").is_some();
    if !is_key || arn.region != call.place.region.as_str() {
        return Err(invalid_parameter(format!("Invalid KMS key ARN: {key}")));
    }
    if kms::key(world, key).is_some_and(|key| !key.is_enabled()) {
        return Err(invalid_parameter("KMS key is either disabled or pending deletion or access to KMS key is denied"));
    }
    Ok(())
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateInput) -> Result<Value, ServiceError> {
    let name = input.backup_vault_name;
    let arn = vault_arn(&call.place, &name);
    if let Some(existing) = find(world, &call.place, &name) {
        let same = existing.creator_request_id.is_some() && existing.creator_request_id == input.creator_request_id;
        if same {
            return Ok(created(existing));
        }
        return Err(already_exists(
            "Backup vault with the same name already exists",
            &arn,
            existing.creator_request_id.as_deref(),
        ));
    }
    if world.services.backup.get(&call.place).is_some_and(|state| state.vaults.len() >= VAULTS) {
        return Err(limit_exceeded(format!("Backup vault limit exceeded. Limit is {VAULTS}.")));
    }
    tags::check(&input.backup_vault_tags)?;
    let default_key = kms::aws_managed_key(world, &call.place, "backup");
    let key_arn = input.encryption_key_arn.unwrap_or_else(|| default_key.clone());
    let vault = Vault {
        name: name.clone(),
        arn,
        default_key: key_arn == default_key,
        key_arn,
        created: world.now,
        creator_request_id: input.creator_request_id,
        tags: input.backup_vault_tags,
        policy: None,
        lock: None,
        points: BTreeMap::new(),
        counts: Vec::new(),
        gone: Vec::new(),
    };
    let answer = created(&vault);
    world.services.backup.at(&call.place).vaults.insert(name, vault);
    Ok(answer)
}

fn created(vault: &Vault) -> Value {
    json!({ "BackupVaultName": vault.name, "BackupVaultArn": vault.arn, "CreationDate": vault.created })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NameInput {
    pub(super) backup_vault_name: String,
    pub(super) backup_vault_account_id: Option<String>,
}

pub(super) fn describe(world: &mut World, call: &Call, input: NameInput) -> Result<Value, ServiceError> {
    own_account(call, input.backup_vault_account_id.as_deref())?;
    Ok(vault(world, &call.place, &input.backup_vault_name)?.view(world))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    by_vault_type: Option<String>,
    by_shared: Option<bool>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let none = BTreeMap::new();
    let vaults = world.services.backup.get(&call.place).map_or(&none, |state| &state.vaults);
    let ordinary = input.by_vault_type.as_deref().is_none_or(|kind| kind == "BACKUP_VAULT");
    // Vaults are shared through AWS RAM only when they are logically air-gapped.
    let own = !input.by_shared.unwrap_or(false);
    let page = page_of_map(&input.paging, vaults, |_| ordinary && own)?;
    let list: Vec<Value> = page.items.iter().map(|vault| vault.view(world)).collect();
    Ok(json!({ "BackupVaultList": list, "NextToken": page.next_token }))
}

pub(super) fn delete(world: &mut World, call: &Call, input: NameInput) -> Result<Value, ServiceError> {
    let name = &input.backup_vault_name;
    let vault = vault(world, &call.place, name)?;
    if UNDELETABLE.contains(&name.as_str()) {
        return Err(invalid_request(format!("Backup vault {name} cannot be deleted.")));
    }
    if !vault.seems_empty(world.now) {
        return Err(invalid_request("Backup vault cannot be deleted because it contains recovery points.")
            .with("Code", "ERROR_9101")
            .with("Context", vault.points.len().to_string()));
    }
    world.services.backup.at(&call.place).vaults.remove(name);
    Ok(Value::Null)
}
