//! DB instances.

use serde::Deserialize;
use serde_json::{Value, json};

use super::list::{Paging, names_it};
use super::names::{self, invalid};
use super::state::{DbInstance, Grant, Tag};
use super::{Due, keys, options, rename, snapshots, tags};
use crate::services::iam;
use crate::world::{Call, Place, ServiceError, World};

/// DB instances in one Region, by default (RDS User Guide, "Quotas and constraints").
const INSTANCES: usize = 40;

/// A DB instance for a scenario.
#[derive(Debug, Clone, Default)]
pub struct NewInstance {
    /// In the form `DBInstanceIdentifier`.
    pub identifier: String,
    /// In the form `postgres`.
    pub engine: String,
    pub engine_version: String,
    /// The size of its storage, in GiB.
    pub allocated_gib: i64,
    /// The key's ARN where its storage is encrypted.
    pub kms_key: Option<String>,
    /// The option group; the engine's default one where it is `None`.
    pub option_group: Option<String>,
    /// Its tags, key and value.
    pub tags: Vec<(String, String)>,
}

/// Puts an instance there, `available`, without asking anybody.
pub fn add_instance(world: &mut World, place: &Place, new: NewInstance) {
    iam::ensure_service_linked_role(world, &place.account, "rds.amazonaws.com");
    let tags = new.tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    let mut instance = blank(world, place, &new.identifier, &new.engine, &new.engine_version);
    instance.status = "available".into();
    instance.allocated_gib = new.allocated_gib;
    instance.kms_key = new.kms_key;
    instance.tags = tags;
    if let Some(group) = new.option_group {
        instance.option_group = group;
    }
    world.services.rds.at(place).instances.insert(instance.identifier.clone(), instance);
}

fn port(engine: &str) -> i64 {
    match engine {
        "postgres" => 5432,
        "mysql" | "mariadb" => 3306,
        engine if engine.starts_with("oracle") || engine.starts_with("custom-oracle") => 1521,
        engine if engine.starts_with("sqlserver") => 1433,
        _ => 50_000,
    }
}

/// An instance with what RDS chooses where it is not told.
fn blank(world: &mut World, place: &Place, identifier: &str, engine: &str, version: &str) -> DbInstance {
    let identifier = identifier.to_ascii_lowercase();
    DbInstance {
        arn: names::arn(place, "db", &identifier),
        identifier,
        pending_identifier: None,
        resource_id: format!("db-{}", world.ids.letters(place, "db-instance", 26)),
        status: "creating".into(),
        class: "db.m6g.large".into(),
        engine: engine.into(),
        engine_version: version.into(),
        allocated_gib: 20,
        kms_key: None,
        grant: None,
        option_group: options::default_group(engine, version),
        master_username: "admin".into(),
        database: None,
        port: port(engine),
        created: world.now,
        backup_retention_days: 1,
        backup_window: "02:00-02:30".into(),
        maintenance_window: "sun:12:00-sun:12:30".into(),
        multi_az: false,
        deletion_protection: false,
        copy_tags_to_snapshot: false,
        storage_type: "gp3".into(),
        tags: Vec::new(),
    }
}

#[derive(Deserialize)]
pub(super) struct Describe {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn describe(world: &mut World, call: &Call, input: Describe) -> Result<Value, ServiceError> {
    let filters = input.paging.filters(&["db-cluster-id", "db-instance-id", "dbi-resource-id", "domain", "engine"])?;
    let state = world.services.rds.at(&call.place);
    let wanted = input.identifier.map(|text| names::read(&call.place, &text, "db").1);
    if let Some(identifier) = &wanted {
        state.instance(identifier)?;
    }
    let is_wanted = |instance: &&DbInstance| {
        wanted.as_ref().is_none_or(|identifier| *identifier == instance.identifier)
            && filters.iter().all(|filter| match filter.name.as_str() {
                "db-instance-id" => names_it(&filter.values, &instance.identifier, &instance.arn),
                "dbi-resource-id" => filter.values.contains(&instance.resource_id),
                "engine" => filter.values.contains(&instance.engine),
                // No instance belongs to a cluster or a domain.
                _ => false,
            })
    };
    let shown = state.instances.values().filter(is_wanted).map(|instance| instance.show(&call.place)).collect();
    input.paging.page("DBInstances", shown)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Create {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: String,
    #[serde(rename = "DBInstanceClass")]
    class: String,
    engine: String,
    engine_version: Option<String>,
    #[serde(rename = "DBName")]
    database: Option<String>,
    allocated_storage: Option<i64>,
    master_username: Option<String>,
    storage_encrypted: Option<bool>,
    kms_key_id: Option<String>,
    option_group_name: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(flatten)]
    changes: Changes,
}

/// What both CreateDBInstance and ModifyDBInstance set.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Changes {
    backup_retention_period: Option<i64>,
    preferred_backup_window: Option<String>,
    preferred_maintenance_window: Option<String>,
    #[serde(rename = "MultiAZ")]
    multi_az: Option<bool>,
    deletion_protection: Option<bool>,
    copy_tags_to_snapshot: Option<bool>,
    storage_type: Option<String>,
    port: Option<i64>,
}

fn set<T>(member: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *member = value;
    }
}

impl Changes {
    fn apply(self, instance: &mut DbInstance) -> Result<(), ServiceError> {
        if let Some(days) = self.backup_retention_period.filter(|days| !(0..=35).contains(days)) {
            return Err(invalid(format!("Invalid backup retention period: {days}. It must be between 0 and 35.")));
        }
        set(&mut instance.backup_retention_days, self.backup_retention_period);
        set(&mut instance.backup_window, self.preferred_backup_window);
        set(
            &mut instance.maintenance_window,
            self.preferred_maintenance_window.map(|window| window.to_ascii_lowercase()),
        );
        set(&mut instance.multi_az, self.multi_az);
        set(&mut instance.deletion_protection, self.deletion_protection);
        set(&mut instance.copy_tags_to_snapshot, self.copy_tags_to_snapshot);
        set(&mut instance.storage_type, self.storage_type);
        set(&mut instance.port, self.port);
        Ok(())
    }
}

fn default_version(engine: &str) -> &'static str {
    match engine {
        "postgres" => "17.4",
        "mysql" => "8.4.5",
        "mariadb" => "11.4.5",
        engine if engine.starts_with("oracle") => "19.0.0.0.ru-2025-04.rur-2025-04.r1",
        engine if engine.starts_with("sqlserver") => "16.00.4185.3.v1",
        _ => "11.5.9.0.sb00063198.r1",
    }
}

pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    names::check_new("DBInstanceIdentifier", &input.identifier, 63)?;
    let identifier = input.identifier.to_ascii_lowercase();
    if input.engine.starts_with("aurora") {
        return Err(invalid(format!("The engine {} needs a DB cluster.", input.engine)));
    }
    let Some(allocated_gib) = input.allocated_storage else {
        return Err(invalid("The parameter AllocatedStorage must be provided and must not be blank."));
    };
    let Some(master_username) = input.master_username else {
        return Err(invalid("The parameter MasterUsername must be provided and must not be blank."));
    };
    let state = world.services.rds.at(&call.place);
    if rename::is_taken(state, &identifier) {
        return Err(ServiceError::new("DBInstanceAlreadyExists", "DB instance already exists"));
    }
    if state.instances.len() >= INSTANCES {
        let message = format!("Cannot create more than {INSTANCES} DB instances");
        return Err(ServiceError::new("InstanceQuotaExceeded", message));
    }
    let mut set_tags = Vec::new();
    tags::merge(&mut set_tags, input.tags)?;
    if let Some(group) = &input.option_group_name {
        options::check(world, &call.place, group)?;
    }
    let version = input.engine_version.unwrap_or_else(|| default_version(&input.engine).into());
    let mut instance = blank(world, &call.place, &identifier, &input.engine, &version);
    input.changes.apply(&mut instance)?;
    instance.grant = instance_key(world, call, input.storage_encrypted, input.kms_key_id, &instance.resource_id)?;
    instance.kms_key = instance.grant.as_ref().map(|grant| grant.key.clone());
    instance.class = input.class;
    instance.allocated_gib = allocated_gib;
    instance.master_username = master_username;
    instance.database = input.database;
    instance.tags = set_tags;
    set(&mut instance.option_group, input.option_group_name);
    iam::ensure_service_linked_role(world, &call.place.account, "rds.amazonaws.com");
    let shown = instance.show(&call.place);
    let seconds = 300 + world.ids.number(&call.place, "db-instance-pace", 240);
    settle_in(world, &call.place, &instance, seconds);
    world.services.rds.at(&call.place).instances.insert(identifier, instance);
    Ok(json!({ "DBInstance": shown }))
}

/// The key of a new instance; `aws/rds` where it is encrypted and no key is named.
fn instance_key(
    world: &mut World,
    call: &Call,
    encrypted: Option<bool>,
    key: Option<String>,
    resource_id: &str,
) -> Result<Option<Grant>, ServiceError> {
    if encrypted != Some(true) {
        return match key {
            None => Ok(None),
            Some(_) => {
                let message = "StorageEncrypted must be true where KmsKeyId is specified.";
                Err(ServiceError::new("InvalidParameterCombination", message))
            }
        };
    }
    let key = key.unwrap_or_else(|| keys::default_key(world, &call.place));
    let grant = keys::take(world, call, &call.place.region, &key, resource_id);
    grant.map(Some).map_err(|_| keys::not_accessible("specified", &key))
}

pub(super) fn settle_in(world: &mut World, place: &Place, instance: &DbInstance, seconds: i64) {
    let due = Due::Instance { identifier: instance.identifier.clone(), resource_id: instance.resource_id.clone() };
    world.schedule(world.now.plus_seconds(seconds), place, due);
}

/// An instance reaches the state that it was on its way to.
pub(super) fn arrive(world: &mut World, place: &Place, identifier: &str, resource_id: &str) {
    let state = world.services.rds.at(place);
    let Some(instance) = state.instances.get_mut(identifier).filter(|instance| instance.resource_id == resource_id)
    else {
        return;
    };
    match instance.status.as_str() {
        "deleting" => {
            let gone = state.instances.remove(identifier);
            if let Some(grant) = gone.and_then(|instance| instance.grant) {
                keys::retire(world, place, &grant);
            }
        }
        "stopping" => instance.status = "stopped".into(),
        "renaming" => rename::finish(state, place, identifier),
        "creating" | "starting" | "modifying" => instance.status = "available".into(),
        _ => {}
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Modify {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: String,
    #[serde(rename = "DBInstanceClass")]
    class: Option<String>,
    allocated_storage: Option<i64>,
    engine_version: Option<String>,
    option_group_name: Option<String>,
    #[serde(rename = "NewDBInstanceIdentifier")]
    new_identifier: Option<String>,
    #[serde(default)]
    apply_immediately: bool,
    #[serde(flatten)]
    changes: Changes,
}

/// Changes take effect at once; only a new name waits for the maintenance window.
pub(super) fn modify(world: &mut World, call: &Call, input: Modify) -> Result<Value, ServiceError> {
    let identifier = names::read(&call.place, &input.identifier, "db").1;
    if let Some(group) = &input.option_group_name {
        options::check(world, &call.place, group)?;
    }
    let state = world.services.rds.at(&call.place);
    if let Some(new) = &input.new_identifier {
        rename::check(state, &identifier, new)?;
    }
    let instance = state.instance_mut(&identifier)?;
    if instance.status != "available" {
        return Err(wrong_state(&identifier));
    }
    if let Some(size) = input.allocated_storage.filter(|size| *size < instance.allocated_gib) {
        return Err(invalid(format!(
            "Invalid storage size for engine name {}: {size}. Storage can't be reduced.",
            instance.engine
        )));
    }
    input.changes.apply(instance)?;
    set(&mut instance.class, input.class);
    set(&mut instance.allocated_gib, input.allocated_storage);
    set(&mut instance.engine_version, input.engine_version);
    set(&mut instance.option_group, input.option_group_name);
    rename::ask(world, &call.place, &identifier, input.new_identifier, input.apply_immediately);
    Ok(json!({ "DBInstance": world.services.rds.at(&call.place).instance(&identifier)?.show(&call.place) }))
}

fn wrong_state(identifier: &str) -> ServiceError {
    ServiceError::new("InvalidDBInstanceState", format!("Instance {identifier} is not in available state."))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Delete {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: String,
    #[serde(default)]
    skip_final_snapshot: bool,
    #[serde(rename = "FinalDBSnapshotIdentifier")]
    final_snapshot: Option<String>,
}

pub(super) fn delete(world: &mut World, call: &Call, input: Delete) -> Result<Value, ServiceError> {
    let combination = |message: &str| Err(ServiceError::new("InvalidParameterCombination", message));
    let identifier = names::read(&call.place, &input.identifier, "db").1;
    let instance = world.services.rds.at(&call.place).instance(&identifier)?.clone();
    match (input.skip_final_snapshot, &input.final_snapshot) {
        (false, None) => {
            return combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
        }
        (true, Some(_)) => {
            return combination("FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is true.");
        }
        _ => {}
    }
    if instance.deletion_protection {
        return combination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
    }
    if instance.status == "deleting" {
        let message = format!("Instance {identifier} is already being deleted.");
        return Err(ServiceError::new("InvalidDBInstanceState", message));
    }
    let mut seconds = 120 + world.ids.number(&call.place, "db-instance-pace", 120);
    if let Some(name) = input.final_snapshot {
        let ends = snapshots::take(world, call, &instance, &name, Vec::new())?;
        seconds += (ends - world.now).as_secs() as i64;
    }
    let instance = world.services.rds.at(&call.place).instance_mut(&identifier)?;
    instance.status = "deleting".into();
    let instance = instance.clone();
    settle_in(world, &call.place, &instance, seconds);
    Ok(json!({ "DBInstance": instance.show(&call.place) }))
}
