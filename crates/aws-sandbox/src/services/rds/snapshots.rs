//! DB snapshots: taken, described, finished, deleted.

use serde::Deserialize;
use serde_json::{Value, json};

use super::keys::Asked;
use super::list::{Paging, names_it};
use super::names;
use super::state::{DbInstance, DbSnapshot, Grant, ShownId, SnapshotStatus, State, Tag};
use super::{Due, keys, tags};
use crate::world::{Call, Moment, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// Manual snapshots in one Region; those that AWS Backup manages do not count
/// (RDS User Guide, "Quotas and constraints").
const MANUAL_SNAPSHOTS: usize = 100;

/// How long reading and writing takes: seconds before anything, and seconds for each GiB in tenths.
/// AWS publishes no numbers; these give minutes for small and an hour for large databases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) start_seconds: i64,
    pub(super) tenths_per_gib: i64,
}

impl Pace {
    /// The first snapshot of a volume, and copies that carry everything.
    pub(super) const FULL: Pace = Pace { start_seconds: 180, tenths_per_gib: 40 };
    /// Snapshots and copies that carry what has changed.
    pub(super) const INCREMENTAL: Pace = Pace { start_seconds: 120, tenths_per_gib: 4 };
    /// A full copy within a Region.
    pub(super) const FULL_COPY: Pace = Pace { start_seconds: 300, tenths_per_gib: 150 };
    /// A full copy to another Region.
    pub(super) const FULL_FAR_COPY: Pace = Pace { start_seconds: 300, tenths_per_gib: 250 };
    /// An incremental copy.
    pub(super) const INCREMENTAL_COPY: Pace = Pace { start_seconds: 240, tenths_per_gib: 25 };

    /// Seconds for a size, up to a tenth more by chance.
    pub(super) fn seconds(self, world: &mut World, place: &Place, gib: i64) -> i64 {
        let plain = self.start_seconds + gib.max(1) * self.tenths_per_gib / 10;
        plain + world.ids.number(place, "snapshot-pace", plain / 10)
    }
}

/// Refuses a snapshot that would exceed the quota, or whose name is taken.
pub(super) fn check_room(state: &State, identifier: &str) -> Result<(), ServiceError> {
    if state.snapshots.contains_key(identifier) {
        let message =
            format!("Cannot create the snapshot because a snapshot with the identifier {identifier} already exists.");
        return Err(ServiceError::new("DBSnapshotAlreadyExists", message));
    }
    let manual = state.snapshots.keys().filter(|identifier| !names::is_backup(identifier)).count();
    if !names::is_backup(identifier) && manual >= MANUAL_SNAPSHOTS {
        let message = format!("Cannot create more than {MANUAL_SNAPSHOTS} manual snapshots");
        return Err(ServiceError::new("SnapshotQuotaExceeded", message));
    }
    Ok(())
}

/// Puts a new snapshot there and schedules its end.
pub(super) fn insert(world: &mut World, place: &Place, mut snapshot: DbSnapshot) -> DbSnapshot {
    let state = world.services.rds.at(place);
    state.next_number += 1;
    snapshot.number = state.next_number;
    state.snapshots.insert(snapshot.identifier.clone(), snapshot.clone());
    let due = Due::Snapshot { identifier: snapshot.identifier.clone(), number: snapshot.number };
    world.schedule(snapshot.ends, place, due);
    snapshot
}

/// Takes a snapshot of an instance; answers when it will be there.
pub(super) fn take(
    world: &mut World,
    call: &Call,
    instance: &DbInstance,
    identifier: &str,
    new_tags: Vec<Tag>,
) -> Result<Moment, ServiceError> {
    let identifier = identifier.to_ascii_lowercase();
    names::check_new_snapshot(call, "DBSnapshotIdentifier", &identifier)?;
    check_room(world.services.rds.at(&call.place), &identifier)?;
    if !["available", "stopped", "stopping"].contains(&instance.status.as_str()) {
        let message = format!(
            "Cannot create a snapshot because the database instance {} is not currently in the available state.",
            instance.identifier
        );
        return Err(ServiceError::new("InvalidDBInstanceState", message));
    }
    keys::check_usable(world, call, instance.kms_key.as_deref())?;
    let mut set_tags = if instance.copy_tags_to_snapshot { instance.tags.clone() } else { Vec::new() };
    tags::merge_for(call, &mut set_tags, new_tags)?;
    let snapshots = &world.services.rds.at(&call.place).snapshots;
    let is_first = !snapshots
        .values()
        .any(|snapshot| snapshot.source.is_none() && snapshot.instance.resource_id == instance.resource_id);
    let pace = if is_first { Pace::FULL } else { Pace::INCREMENTAL };
    let seconds = pace.seconds(world, &call.place, instance.allocated_gib);
    let snapshot = DbSnapshot {
        arn: names::arn(&call.place, "snapshot", &identifier),
        identifier,
        number: 0,
        status: SnapshotStatus::Creating,
        created: world.now,
        original_created: world.now,
        starts: world.now,
        ends: world.now.plus_seconds(seconds),
        instance: instance.clone(),
        shown_id: ShownId::Own,
        kms_key: instance.kms_key.clone(),
        option_group: instance.option_group.clone(),
        lineage: vec![instance.kms_key.clone()],
        source: None,
        source_region: None,
        shared_with: Vec::new(),
        tags: set_tags,
        grant: None,
        source_grant: None,
        asked: Asked::by(call),
    };
    Ok(insert(world, &call.place, snapshot).ends)
}

#[derive(Deserialize)]
pub(super) struct Create {
    #[serde(rename = "DBSnapshotIdentifier")]
    snapshot: String,
    #[serde(rename = "DBInstanceIdentifier")]
    instance: String,
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
}

pub(super) fn create(world: &mut World, call: &Call, input: Create) -> Result<Value, ServiceError> {
    let identifier = names::read(&call.place, &input.instance, "db").1;
    let instance = world.services.rds.at(&call.place).instance(&identifier)?.clone();
    take(world, call, &instance, &input.snapshot, input.tags)?;
    let now = world.now;
    let snapshot = world.services.rds.at(&call.place).snapshot(&input.snapshot.to_ascii_lowercase())?;
    Ok(json!({ "DBSnapshot": snapshot.show(&call.place, &call.place.account, now) }))
}

/// A snapshot is finished; it fails where one of its keys cannot be used any more.
pub(super) fn finish(world: &mut World, place: &Place, identifier: &str, number: u64) {
    let snapshot = world.services.rds.at(place).snapshots.get(identifier);
    let Some(snapshot) = snapshot.filter(|snapshot| snapshot.number == number).cloned() else {
        return;
    };
    let status = outcome(world, &snapshot);
    if let Some(grant) = &snapshot.source_grant {
        keys::retire(world, place, grant);
    }
    if let Some(snapshot) = world.services.rds.at(place).snapshots.get_mut(identifier) {
        snapshot.status = status;
        snapshot.source_grant = None;
    }
}

fn outcome(world: &mut World, snapshot: &DbSnapshot) -> SnapshotStatus {
    let source_key = snapshot.source_grant.as_ref().map(|grant| &grant.key);
    let own_word = if snapshot.source.is_some() { "target" } else { "specified" };
    for (word, key) in [("source snapshot", source_key), (own_word, snapshot.kms_key.as_ref())] {
        if let Some(key) = key.filter(|key| !keys::is_usable(world, &snapshot.asked, key)) {
            return SnapshotStatus::Failed(keys::not_accessible(word, key).message);
        }
    }
    // "Don't delete a source snapshot until the target is available" (RDS User Guide, "Copying a DB snapshot").
    match &snapshot.source {
        Some(source) if super::snapshot(world, source).is_none() => {
            SnapshotStatus::Failed(format!("The source snapshot {source} no longer exists."))
        }
        _ => SnapshotStatus::Available,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    #[serde(rename = "DBInstanceIdentifier")]
    instance: Option<String>,
    #[serde(rename = "DBSnapshotIdentifier")]
    snapshot: Option<String>,
    snapshot_type: Option<String>,
    #[serde(default)]
    include_shared: bool,
    #[serde(default)]
    include_public: bool,
    dbi_resource_id: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

impl Describe {
    /// Whether a snapshot of `owner` belongs into the list that `viewer` asks for
    /// (RDS API Reference, "DescribeDBSnapshots").
    fn reaches(&self, owner: &AccountId, viewer: &AccountId, snapshot: &DbSnapshot) -> bool {
        let is_public = snapshot.shared_with.iter().any(|account| account == "all");
        let is_shared = snapshot.is_shared_with(viewer);
        if owner == viewer {
            return match self.snapshot_type.as_deref() {
                Some("shared") => false,
                Some("public") => is_public,
                Some(kind) => kind == snapshot.kind(),
                None => true,
            };
        }
        match self.snapshot_type.as_deref() {
            Some("shared") => is_shared && !is_public,
            Some("public") => is_public,
            // A shared snapshot is described by its ARN without further ado.
            _ if self.snapshot.as_deref() == Some(&snapshot.arn) => is_shared,
            Some(_) => false,
            None => (self.include_shared && is_shared && !is_public) || (self.include_public && is_public),
        }
    }

    fn matches(&self, snapshot: &DbSnapshot) -> bool {
        let same = |wanted: &Option<String>, value: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
        };
        let is_named = same(&self.snapshot, &snapshot.identifier) || self.snapshot.as_deref() == Some(&snapshot.arn);
        let is_of_instance = same(&self.instance, &snapshot.instance.identifier)
            || self.instance.as_deref() == Some(&snapshot.instance.arn);
        is_named && is_of_instance && same(&self.dbi_resource_id, &snapshot.instance.resource_id)
    }
}

pub(super) fn describe(world: &mut World, call: &Call, input: Describe) -> Result<Value, ServiceError> {
    const KINDS: &[&str] = &["automated", "manual", "shared", "public", "awsbackup"];
    let filters =
        input.paging.filters(&["db-instance-id", "db-snapshot-id", "dbi-resource-id", "snapshot-type", "engine"])?;
    if let Some(kind) = input.snapshot_type.as_deref().filter(|kind| !KINDS.contains(kind)) {
        return Err(names::invalid(format!("Invalid value for snapshot type: {kind}")));
    }
    let viewer = &call.place.account;
    let mut shown = Vec::new();
    for (place, state) in world.services.rds.iter().filter(|(place, _)| place.region == call.place.region) {
        for snapshot in state.snapshots.values() {
            let passes = filters.iter().all(|filter| match filter.name.as_str() {
                "db-instance-id" => names_it(&filter.values, &snapshot.instance.identifier, &snapshot.instance.arn),
                "db-snapshot-id" => names_it(&filter.values, &snapshot.identifier, &snapshot.arn),
                "dbi-resource-id" => filter.values.contains(&snapshot.instance.resource_id),
                "snapshot-type" => filter.values.iter().any(|kind| kind == snapshot.kind()),
                _ => filter.values.contains(&snapshot.instance.engine),
            });
            let is_told = input.snapshot.is_some() || world.is_listed(snapshot.created);
            if passes && is_told && input.matches(snapshot) && input.reaches(&place.account, viewer, snapshot) {
                shown.push(snapshot.show(place, viewer, world.now));
            }
        }
    }
    if let Some(identifier) = input.snapshot.as_ref().filter(|_| shown.is_empty()) {
        return Err(super::state::no_snapshot(identifier));
    }
    input.paging.page("DBSnapshots", shown)
}

#[derive(Deserialize)]
pub(super) struct Delete {
    #[serde(rename = "DBSnapshotIdentifier")]
    snapshot: String,
}

pub(super) fn delete(world: &mut World, call: &Call, input: Delete) -> Result<Value, ServiceError> {
    let (owner, identifier) = names::read(&call.place, &input.snapshot, "snapshot");
    names::check_manager(call, &identifier)?;
    let snapshot = world.services.rds.at(&call.place).snapshots.get(&identifier).filter(|_| owner == call.place);
    let snapshot = snapshot.cloned().ok_or_else(|| super::state::no_snapshot(&identifier))?;
    if snapshot.status == SnapshotStatus::Creating {
        let message = format!(
            "Cannot delete the snapshot because it is not currently in the available or failed state: {identifier}"
        );
        return Err(ServiceError::new("InvalidDBSnapshotState", message));
    }
    let grants: Vec<Grant> = snapshot.grant.iter().cloned().collect();
    for grant in &grants {
        keys::retire(world, &call.place, grant);
    }
    let now = world.now;
    world.services.rds.at(&call.place).snapshots.remove(&identifier);
    let mut shown = snapshot.show(&call.place, &call.place.account, now);
    shown["Status"] = json!("deleted");
    Ok(json!({ "DBSnapshot": shown }))
}
