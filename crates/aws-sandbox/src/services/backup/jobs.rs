//! What backup jobs and copy jobs have in common: where they are kept, who made them, and that one
//! resource has one job at a time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Due;
use super::messages;
use crate::world::faults::Target;
use crate::world::{Moment, Place, World};
use aws_policy::names::Arn;

/// The plan and rule that made a job or a recovery point, as the API's `CreatedBy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreatedBy {
    pub backup_plan_id: String,
    pub backup_plan_arn: String,
    pub backup_plan_name: String,
    pub backup_plan_version: String,
    pub backup_rule_id: String,
    pub backup_rule_name: String,
    pub backup_rule_cron: String,
    pub backup_rule_timezone: String,
}

/// Jobs in the order in which they were made, found by their id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Jobs<T> {
    next: u64,
    in_order: BTreeMap<u64, T>,
    by_id: BTreeMap<String, u64>,
}

impl<T> Default for Jobs<T> {
    fn default() -> Self {
        Self { next: 0, in_order: BTreeMap::new(), by_id: BTreeMap::new() }
    }
}

impl<T> Jobs<T> {
    /// Adds a job.
    pub(super) fn add(&mut self, id: &str, job: T) {
        self.in_order.insert(self.next, job);
        self.by_id.insert(id.to_ascii_lowercase(), self.next);
        self.next += 1;
    }

    /// A job by its id, whatever the case of its letters.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.in_order.get(self.by_id.get(&id.to_ascii_lowercase())?)
    }

    /// A job, to change it.
    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.in_order.get_mut(self.by_id.get(&id.to_ascii_lowercase())?)
    }

    /// The newest first, with the key that a page ends with, beginning after such a key.
    pub(super) fn newest_first(&self, after: Option<&str>) -> impl Iterator<Item = (String, &T)> {
        let end = after.and_then(|key| key.parse().ok()).unwrap_or(u64::MAX);
        self.in_order.range(..end).rev().map(|(sequence, job)| (sequence.to_string(), job))
    }

    /// All, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.in_order.values()
    }
}

/// Which kind of job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    Backup,
    Copy,
}

/// A job anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRef {
    pub place: Place,
    pub kind: JobKind,
    pub id: String,
}

/// Who works on a resource, and who waits for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Slot {
    holder: JobRef,
    waiting: Vec<JobRef>,
}

/// Where a resource lies.
fn resource_place(resource_arn: &str) -> Option<Place> {
    let arn: Arn = resource_arn.parse().ok()?;
    Some(Place::new(arn.account_id()?, arn.region_code()?))
}

/// Slots lie where the resource lies: a copy in another Region is a job on it as well.
fn home(resource_arn: &str, job: &JobRef) -> Place {
    resource_place(resource_arn).unwrap_or_else(|| job.place.clone())
}

/// Takes the resource for `job`, or queues the job up behind the one that has it
/// (AWS Backup quotas: one backup or copy job at a time for each resource).
pub(super) fn take_slot(world: &mut World, resource_arn: &str, job: &JobRef) -> bool {
    let slots = &mut world.services.backup.at(&home(resource_arn, job)).slots;
    match slots.get_mut(resource_arn) {
        None => {
            slots.insert(resource_arn.to_owned(), Slot { holder: job.clone(), waiting: Vec::new() });
            true
        }
        Some(slot) if slot.holder == *job => true,
        Some(slot) => {
            if !slot.waiting.contains(job) {
                slot.waiting.push(job.clone());
            }
            false
        }
    }
}

/// The job that works on a resource.
pub(super) fn holder<'a>(world: &'a World, resource_arn: &str, place: &Place) -> Option<&'a JobRef> {
    let home = resource_place(resource_arn).unwrap_or_else(|| place.clone());
    world.services.backup.get(&home)?.slots.get(resource_arn).map(|slot| &slot.holder)
}

/// Gives the resource to the next job in the queue, or takes `job` out of the queue.
pub(super) fn free_slot(world: &mut World, resource_arn: &str, job: &JobRef) {
    let slots = &mut world.services.backup.at(&home(resource_arn, job)).slots;
    let Some(slot) = slots.get_mut(resource_arn) else { return };
    slot.waiting.retain(|other| other != job);
    if slot.holder != *job {
        return;
    }
    if slot.waiting.is_empty() {
        slots.remove(resource_arn);
        return;
    }
    let next = slot.waiting.remove(0);
    slot.holder = next.clone();
    let due = match next.kind {
        JobKind::Backup => Due::BeginBackup { job: next.id },
        JobKind::Copy => Due::BeginCopy { job: next.id },
    };
    world.schedule(world.now, &next.place, due);
}

/// The message of the fault that strikes a job of a resource which runs now; for copy jobs `place` is
/// where the source vault lies.
pub(super) fn ordered_failure(world: &mut World, place: &Place, kind: JobKind, resource_arn: &str) -> Option<String> {
    let target = match kind {
        JobKind::Backup => Target::BackupJob,
        JobKind::Copy => Target::CopyJob,
    };
    world.failure_of(target, place, &json!({ "ResourceArn": resource_arn }))
}

/// The filters that both job lists have.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct JobFilter {
    pub(super) by_resource_arn: Option<String>,
    pub(super) by_state: Option<String>,
    pub(super) by_created_before: Option<Moment>,
    pub(super) by_created_after: Option<Moment>,
    pub(super) by_resource_type: Option<String>,
    pub(super) by_account_id: Option<String>,
    pub(super) by_complete_after: Option<Moment>,
    pub(super) by_complete_before: Option<Moment>,
    pub(super) by_parent_job_id: Option<String>,
    pub(super) by_message_category: Option<String>,
}

/// What the filters look at.
pub(super) struct Filtered<'a> {
    pub(super) resource_arn: &'a str,
    pub(super) resource_type: &'a str,
    pub(super) state: &'a str,
    pub(super) created: Moment,
    pub(super) completed: Option<Moment>,
    pub(super) category: &'static str,
    pub(super) account: &'a str,
}

impl JobFilter {
    /// Whether a job passes all of them. No job here has a parent.
    pub(super) fn admits(&self, job: &Filtered<'_>) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        let any = |wanted: &Option<String>, value: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == value || wanted == "*")
        };
        is(&self.by_resource_arn, job.resource_arn)
            && is(&self.by_resource_type, job.resource_type)
            && is(&self.by_state, job.state)
            && any(&self.by_account_id, job.account)
            && self.by_created_after.is_none_or(|after| job.created > after)
            && self.by_created_before.is_none_or(|before| job.created < before)
            && self.by_complete_after.is_none_or(|after| job.completed.is_some_and(|at| at > after))
            && self.by_complete_before.is_none_or(|before| job.completed.is_some_and(|at| at < before))
            && self.by_parent_job_id.is_none()
            && messages::category_admits(self.by_message_category.as_deref(), job.category)
    }
}
