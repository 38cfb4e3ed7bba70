//! CopyDBSnapshot (RDS User Guide, "Copying a DB snapshot").

use serde::Deserialize;
use serde_json::{Value, json};

use super::keys::Asked;
use super::names::{self, invalid};
use super::snapshots::{Pace, check_room, insert};
use super::state::{DbSnapshot, Grant, ShownId, SnapshotStatus, Tag, no_snapshot};
use super::{keys, options, tags};
use crate::services::iam;
use crate::world::{Call, CopiedId, Place, ServiceError, World};

/// Copies under way to one destination Region, for one account.
const COPIES: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Copy {
    #[serde(rename = "SourceDBSnapshotIdentifier")]
    source: String,
    #[serde(rename = "TargetDBSnapshotIdentifier")]
    target: String,
    kms_key_id: Option<String>,
    option_group_name: Option<String>,
    #[serde(default)]
    copy_tags: bool,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// A snapshot that the caller may copy, and where it lies.
struct Source {
    place: Place,
    snapshot: DbSnapshot,
}

impl Source {
    fn is_far(&self, target: &Place) -> bool {
        self.place.region != target.region
    }

    fn is_foreign(&self, target: &Place) -> bool {
        self.place.account != target.account
    }
}

pub(super) fn copy(world: &mut World, call: &Call, input: Copy) -> Result<Value, ServiceError> {
    let source = find_source(world, call, &input.source)?;
    let target = input.target.to_ascii_lowercase();
    names::check_new_snapshot(call, "TargetDBSnapshotIdentifier", &target)?;
    check_room(world.services.rds.at(&call.place), &target)?;
    check_copies(world, call, &source)?;
    check_key_named(call, &source, input.kms_key_id.as_deref())?;
    let option_group = target_group(world, call, &source, input.option_group_name)?;
    let mut set_tags = if input.copy_tags { source.snapshot.tags.clone() } else { Vec::new() };
    if !names::is_by_backup(call) && set_tags.iter().any(|tag| tag.key.starts_with("aws:")) {
        return Err(invalid("Tag keys cannot start with the reserved prefix \"aws:\"."));
    }
    tags::merge_for(call, &mut set_tags, input.tags)?;
    let (source_grant, grant) = take_keys(world, call, &source, input.kms_key_id.as_deref())?;
    let kms_key = grant.as_ref().map(|grant| grant.key.clone());
    iam::ensure_service_linked_role(world, &call.place.account, "rds.amazonaws.com");
    let snapshot = build(world, call, source, &target, kms_key, option_group, set_tags, (source_grant, grant));
    let snapshot = insert(world, &call.place, snapshot);
    let resource_id = snapshot.instance.resource_id.clone();
    world.services.rds.at(&call.place).last_copies.insert(resource_id, snapshot.arn.clone());
    Ok(json!({ "DBSnapshot": snapshot.show(&call.place, &call.place.account, world.now) }))
}

/// The source: by its name or ARN in the own place, by its ARN elsewhere. Another account's must be
/// shared with the caller's.
fn find_source(world: &World, call: &Call, text: &str) -> Result<Source, ServiceError> {
    let (place, identifier) = names::read(&call.place, text, "snapshot");
    let snapshot = world.services.rds.get(&place).and_then(|state| state.snapshots.get(&identifier));
    let snapshot =
        snapshot.filter(|snapshot| place.account == call.place.account || snapshot.is_shared_with(&call.place.account));
    let snapshot = snapshot.cloned().ok_or_else(|| no_snapshot(text))?;
    if snapshot.status != SnapshotStatus::Available {
        let message = format!("Source snapshot {text} is not in available state.");
        return Err(ServiceError::new("InvalidDBSnapshotState", message));
    }
    if place.region.partition() != call.place.region.partition() {
        return Err(invalid(format!("The snapshot {text} lies in another partition.")));
    }
    Ok(Source { place, snapshot })
}

fn check_copies(world: &mut World, call: &Call, source: &Source) -> Result<(), ServiceError> {
    let snapshots = world.services.rds.at(&call.place).snapshots.values();
    let under_way =
        snapshots.filter(|snapshot| snapshot.source_region.is_some() && snapshot.status == SnapshotStatus::Creating);
    if source.is_far(&call.place) && under_way.count() >= COPIES {
        let message = format!("Cannot copy more than {COPIES} snapshots across regions");
        return Err(ServiceError::new("SnapshotQuotaExceeded", message));
    }
    Ok(())
}

/// An encrypted copy to another Region, or of another account's snapshot, takes a key of its own.
fn check_key_named(call: &Call, source: &Source, key: Option<&str>) -> Result<(), ServiceError> {
    if source.snapshot.kms_key.is_none() || key.is_some() {
        return Ok(());
    }
    if source.is_far(&call.place) {
        return Err(invalid("Must specify new KMS key for cross region encrypted snapshot copy."));
    }
    if source.is_foreign(&call.place) {
        return Err(keys::not_accessible("target", "None"));
    }
    Ok(())
}

/// The copy's option group. Persistent options need a group that has them where the copy goes: the
/// one that is named, or one of the same name (AWS Backup Developer Guide, "Creating backup copies
/// across AWS Regions").
fn target_group(world: &World, call: &Call, source: &Source, named: Option<String>) -> Result<String, ServiceError> {
    if let Some(name) = &named {
        options::check(world, &call.place, name)?;
    }
    let own = &source.snapshot.option_group;
    let needed = options::persistent(world, &source.place, own);
    if source.place == call.place {
        return Ok(named.unwrap_or_else(|| own.clone()));
    }
    let instance = &source.snapshot.instance;
    let default = options::default_group(&instance.engine, &instance.engine_version);
    if needed.is_empty() {
        return Ok(named.unwrap_or(default));
    }
    let candidate = named.unwrap_or_else(|| own.clone());
    let there = options::persistent(world, &call.place, &candidate);
    if needed.iter().all(|option| there.contains(option)) {
        return Ok(candidate);
    }
    let message =
        format!("The snapshot requires a target option group with the following options: {}", needed.join(", "));
    Err(invalid(message))
}

type Grants = (Option<Grant>, Option<Grant>);

/// Grants on the source's key and on the copy's, asked for in the caller's name.
fn take_keys(world: &mut World, call: &Call, source: &Source, key: Option<&str>) -> Result<Grants, ServiceError> {
    let about = source.snapshot.instance.resource_id.clone();
    let source_grant = match &source.snapshot.kms_key {
        None => None,
        Some(key) => {
            let grant = keys::take(world, call, &source.place.region, key, &about);
            Some(grant.map_err(|error| in_rds_words(error, "source snapshot", key))?)
        }
    };
    let target = key.map(str::to_owned).or_else(|| source.snapshot.kms_key.clone());
    let grant = match target {
        None => None,
        Some(key) => match keys::take(world, call, &call.place.region, &key, &about) {
            Ok(grant) => Some(grant),
            Err(error) => {
                if let Some(grant) = &source_grant {
                    keys::retire(world, &call.place, grant);
                }
                return Err(in_rds_words(error, "target", &key));
            }
        },
    };
    Ok((source_grant, grant))
}

fn in_rds_words(error: ServiceError, which: &str, key: &str) -> ServiceError {
    tracing::debug!(%error, which, key, "KMS refused RDS's caller");
    keys::not_accessible(which, key)
}

#[expect(clippy::too_many_arguments, reason = "one snapshot has so many sources")]
fn build(
    world: &mut World,
    call: &Call,
    source: Source,
    identifier: &str,
    kms_key: Option<String>,
    option_group: String,
    tags: Vec<Tag>,
    (source_grant, grant): Grants,
) -> DbSnapshot {
    let place = &call.place;
    let is_far = source.is_far(place);
    let mut lineage = source.snapshot.lineage.clone();
    lineage.push(kms_key.clone());
    let pace = if is_incremental(world, place, &source, kms_key.as_ref(), &lineage) {
        Pace::INCREMENTAL_COPY
    } else if is_far {
        Pace::FULL_FAR_COPY
    } else {
        Pace::FULL_COPY
    };
    let seconds = pace.seconds(world, place, source.snapshot.instance.allocated_gib);
    // Copies of one database are queued (RDS User Guide, "Limitations" of copying).
    let snapshots = world.services.rds.at(place).snapshots.values();
    let same = snapshots
        .filter(|other| other.source.is_some() && other.instance.resource_id == source.snapshot.instance.resource_id);
    let busy_until = same.filter(|other| other.status == SnapshotStatus::Creating).map(|other| other.ends).max();
    let starts = busy_until.unwrap_or(world.now).max(world.now);
    let shown_id = match world.settings.copied_snapshot_id {
        CopiedId::Kept => source.snapshot.shown_id.clone(),
        CopiedId::Absent => ShownId::None,
        CopiedId::Another => ShownId::Other(format!("db-{}", world.ids.letters(place, "copied-snapshot", 26))),
    };
    DbSnapshot {
        arn: names::arn(place, "snapshot", identifier),
        identifier: identifier.to_owned(),
        number: 0,
        status: SnapshotStatus::Creating,
        created: world.now,
        original_created: source.snapshot.original_created,
        starts,
        ends: starts.plus_seconds(seconds),
        instance: source.snapshot.instance,
        shown_id,
        kms_key,
        option_group,
        lineage,
        source: Some(source.snapshot.arn),
        source_region: is_far.then(|| source.place.region.to_string()),
        shared_with: Vec::new(),
        tags,
        grant,
        source_grant,
        asked: Asked::by(call),
    }
}

/// Whether a copy carries only what has changed (RDS User Guide, "Incremental snapshot copying"):
/// within a place under the same key always; to another Region or account where the copy that was
/// made last is still there, under the same key and, across accounts, the same keys on every level.
fn is_incremental(
    world: &World,
    place: &Place,
    source: &Source,
    key: Option<&String>,
    lineage: &[Option<String>],
) -> bool {
    if source.place == *place {
        return source.snapshot.kms_key.as_ref() == key;
    }
    let state = world.services.rds.get(place);
    let last = state.and_then(|state| state.last_copies.get(&source.snapshot.instance.resource_id));
    let Some(last) = last.and_then(|arn| super::snapshot(world, arn)) else {
        return false;
    };
    let is_same = if source.is_foreign(place) { last.lineage == lineage } else { last.kms_key.as_ref() == key };
    is_same && last.status == SnapshotStatus::Available
}
