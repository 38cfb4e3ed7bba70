//! Backup plans and their versions.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::errors::{already_exists, invalid_parameter, invalid_request, limit_exceeded, not_found};
use super::jobs::CreatedBy;
use super::paging::{Paging, page_of_map};
use super::rules::{PlanDocument, Rule};
use super::selections::Selection;
use super::tags;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// Plans in one account and Region, and versions of one plan (AWS Backup quotas).
const PLANS: usize = 300;
const VERSIONS: usize = 2_000;

/// A backup plan.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Plan {
    pub id: String,
    pub arn: String,
    pub created: Moment,
    pub creator_request_id: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Oldest first, never empty.
    pub versions: Vec<PlanVersion>,
    pub deleted: Option<Moment>,
    pub last_execution: Option<Moment>,
    pub selections: BTreeMap<String, Selection>,
}

/// One state of a plan's document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlanVersion {
    pub id: String,
    pub created: Moment,
    pub document: PlanDocument,
}

impl Plan {
    /// The version in force.
    pub fn current(&self) -> Option<&PlanVersion> {
        self.versions.last().filter(|_| self.deleted.is_none())
    }

    fn member(&self, version: &PlanVersion) -> Value {
        json!({
            "BackupPlanArn": self.arn,
            "BackupPlanId": self.id,
            "CreationDate": version.created,
            "DeletionDate": self.deleted,
            "VersionId": version.id,
            "BackupPlanName": version.document.backup_plan_name,
            "CreatorRequestId": self.creator_request_id,
            "LastExecutionDate": self.last_execution,
            "AdvancedBackupSettings": advanced(&version.document),
        })
    }

    fn answer(&self, version: &PlanVersion) -> Value {
        json!({
            "BackupPlanId": self.id,
            "BackupPlanArn": self.arn,
            "CreationDate": version.created,
            "VersionId": version.id,
            "AdvancedBackupSettings": advanced(&version.document),
        })
    }

    /// Who made what `rule` of this plan makes.
    pub(super) fn created_by(&self, version: &PlanVersion, rule: &Rule) -> CreatedBy {
        CreatedBy {
            backup_plan_id: self.id.clone(),
            backup_plan_arn: self.arn.clone(),
            backup_plan_name: version.document.backup_plan_name.clone(),
            backup_plan_version: version.id.clone(),
            backup_rule_id: rule.rule_id.clone(),
            backup_rule_name: rule.rule_name.clone(),
            backup_rule_cron: rule.expression().to_owned(),
            backup_rule_timezone: rule.timezone().to_owned(),
        }
    }
}

fn advanced(document: &PlanDocument) -> Option<&Vec<Value>> {
    Some(&document.advanced_backup_settings).filter(|settings| !settings.is_empty())
}

/// The ARN of a plan, as IAM and events have it.
pub(super) fn plan_arn(place: &Place, id: &str) -> String {
    let resource = format!("backup-plan:{id}");
    Arn::new(place.region.partition(), "backup", place.region.as_str(), place.account.as_str(), resource).to_string()
}

/// A plan that was not deleted.
///
/// # Errors
/// `ResourceNotFoundException`.
pub(super) fn plan<'a>(world: &'a World, place: &Place, id: &str) -> Result<&'a Plan, ServiceError> {
    let state = world.services.backup.get(place);
    state
        .and_then(|state| state.plans.get(id))
        .filter(|plan| plan.deleted.is_none())
        .ok_or_else(|| not_found(format!("Cannot find Backup plan with ID {id}")))
}

pub(super) fn plan_mut<'a>(world: &'a mut World, place: &Place, id: &str) -> Result<&'a mut Plan, ServiceError> {
    plan(world, place, id)?;
    world.services.backup.at(place).plans.get_mut(id).ok_or_else(|| not_found("Cannot find Backup plan"))
}

/// The permission of an operation on one plan.
pub(super) fn needs(_: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let id = input["BackupPlanId"].as_str().unwrap_or("*");
    let access = Access::on(&format!("backup:{}", call.operation), plan_arn(&call.place, id), &call.place.account);
    Ok(vec![tags::with_request_tags(access, &input["BackupPlanTags"])])
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateInput {
    backup_plan: PlanDocument,
    #[serde(default)]
    backup_plan_tags: BTreeMap<String, String>,
    creator_request_id: Option<String>,
}

/// A request id that matches returns the plan that it made (API_CreateBackupPlan). The same document once more is refused
/// whatever the request id, as operators report (ministryofjustice/modernisation-platform #4909, ansible/ansible #53655);
/// AWS documents only that "a plan that already exists" is.
pub(super) fn create(world: &mut World, call: &Call, input: CreateInput) -> Result<Value, ServiceError> {
    let document = input.backup_plan.checked()?;
    tags::check(&input.backup_plan_tags)?;
    let state = world.services.backup.at(&call.place);
    let live = || state.plans.values().filter_map(|plan| Some((plan, plan.current()?)));
    if let Some(request) = &input.creator_request_id
        && let Some((plan, version)) = live().find(|(plan, _)| plan.creator_request_id.as_ref() == Some(request))
    {
        return Ok(plan.answer(version));
    }
    if let Some((plan, _)) = live().find(|(_, version)| version.document.without_ids() == document) {
        return Err(already_exists(
            "Backup plan with the same plan document already exists",
            &plan.arn,
            plan.creator_request_id.as_deref(),
        ));
    }
    if live().count() >= PLANS {
        return Err(limit_exceeded(format!("Backup plan limit exceeded. Limit is {PLANS}.")));
    }
    let id = world.ids.uuid(&call.place, "backup-plan");
    let version = new_version(world, &call.place, document, None);
    let plan = Plan {
        arn: plan_arn(&call.place, &id),
        id: id.clone(),
        created: world.now,
        creator_request_id: input.creator_request_id,
        tags: input.backup_plan_tags,
        versions: vec![version.clone()],
        deleted: None,
        last_execution: None,
        selections: BTreeMap::new(),
    };
    let answer = plan.answer(&version);
    world.services.backup.at(&call.place).plans.insert(id.clone(), plan);
    schedule_rules(world, &call.place, &id);
    Ok(answer)
}

/// A rule keeps its id from version to version as long as it keeps its name.
fn new_version(
    world: &mut World,
    place: &Place,
    mut document: PlanDocument,
    previous: Option<&PlanDocument>,
) -> PlanVersion {
    for rule in &mut document.rules {
        let known = previous.and_then(|document| document.rules.iter().find(|old| old.rule_name == rule.rule_name));
        rule.rule_id = known.map_or_else(|| world.ids.uuid(place, "backup-rule"), |known| known.rule_id.clone());
    }
    let id = STANDARD.encode(world.ids.uuid(place, "backup-plan-version"));
    PlanVersion { id, created: world.now, document }
}

/// Sets the clock for every rule of the version in force.
fn schedule_rules(world: &mut World, place: &Place, plan_id: &str) {
    let Ok(plan) = plan(world, place, plan_id) else { return };
    let Some(version) = plan.current() else { return };
    let (version_id, created, rules) = (version.id.clone(), version.created, version.document.rules.clone());
    for rule in rules {
        if let Some(at) = rule.next_fire(world.now, created) {
            let due = Due::Fire { plan: plan_id.to_owned(), version: version_id.clone(), rule: rule.rule_id.clone() };
            world.schedule(at, place, due);
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateInput {
    backup_plan_id: String,
    backup_plan: PlanDocument,
}

pub(super) fn update(world: &mut World, call: &Call, input: UpdateInput) -> Result<Value, ServiceError> {
    let document = input.backup_plan.checked()?;
    let existing = plan(world, &call.place, &input.backup_plan_id)?;
    if existing.versions.len() >= VERSIONS {
        return Err(limit_exceeded(format!("Backup plan version limit exceeded. Limit is {VERSIONS}.")));
    }
    let previous = existing.current().map(|version| version.document.clone());
    let version = new_version(world, &call.place, document, previous.as_ref());
    let plan = plan_mut(world, &call.place, &input.backup_plan_id)?;
    plan.versions.push(version.clone());
    let answer = plan.answer(&version);
    schedule_rules(world, &call.place, &input.backup_plan_id);
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetInput {
    backup_plan_id: String,
    version_id: Option<String>,
    max_scheduled_runs_preview: Option<usize>,
}

pub(super) fn get(world: &mut World, call: &Call, input: GetInput) -> Result<Value, ServiceError> {
    let state = world.services.backup.get(&call.place);
    let id = &input.backup_plan_id;
    let missing = || not_found(format!("Cannot find Backup plan with ID {id}"));
    let plan = state.and_then(|state| state.plans.get(id)).ok_or_else(missing)?;
    let version = match &input.version_id {
        Some(wanted) => plan
            .versions
            .iter()
            .find(|version| version.id == *wanted)
            .ok_or_else(|| not_found(format!("Cannot find Backup plan with ID {id} and version {wanted}")))?,
        None => plan.current().ok_or_else(missing)?,
    };
    let mut answer = plan.member(version);
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("BackupPlanName");
    }
    answer["BackupPlan"] = serde_json::to_value(&version.document).unwrap_or_default();
    if let Some(wanted) = input.max_scheduled_runs_preview.filter(|wanted| *wanted > 0) {
        answer["ScheduledRunsPreview"] = Value::Array(preview(version, world.now, wanted));
    }
    Ok(answer)
}

/// The next runs of all rules, soonest first.
fn preview(version: &PlanVersion, now: Moment, wanted: usize) -> Vec<Value> {
    let mut runs: Vec<(Moment, &str)> = Vec::new();
    for rule in &version.document.rules {
        let times =
            std::iter::successors(rule.next_fire(now, version.created), |at| rule.next_fire(*at, version.created));
        runs.extend(times.take(wanted).map(|at| (at, rule.rule_id.as_str())));
    }
    runs.sort();
    let view =
        |(at, rule): (Moment, &str)| json!({ "ExecutionTime": at, "RuleId": rule, "RuleExecutionType": "SNAPSHOTS" });
    runs.into_iter().take(wanted).map(view).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdInput {
    backup_plan_id: String,
}

pub(super) fn delete(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let now = world.now;
    let plan = plan_mut(world, &call.place, &input.backup_plan_id)?;
    if !plan.selections.is_empty() {
        return Err(invalid_request("Related backup plan selections must be deleted prior to backup plan deletion"));
    }
    plan.deleted = Some(now);
    Ok(json!({
        "BackupPlanId": plan.id,
        "BackupPlanArn": plan.arn,
        "DeletionDate": now,
        "VersionId": plan.versions.last().map(|version| &version.id),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    #[serde(default)]
    include_deleted: bool,
    #[serde(flatten)]
    paging: Paging,
}

/// Listing is granted on `*` only.
pub(super) fn list_needs(_: &World, call: &Call, _: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("backup:{}", call.operation), &call.place.account)])
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let none = BTreeMap::new();
    let plans = world.services.backup.get(&call.place).map_or(&none, |state| &state.plans);
    let page = page_of_map(&input.paging, plans, |plan| input.include_deleted || plan.deleted.is_none())?;
    let list: Vec<Value> = page.items.iter().filter_map(|plan| Some(plan.member(plan.versions.last()?))).collect();
    Ok(json!({ "BackupPlansList": list, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VersionsInput {
    backup_plan_id: String,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list_versions(world: &mut World, call: &Call, input: VersionsInput) -> Result<Value, ServiceError> {
    let plan = plan(world, &call.place, &input.backup_plan_id)?;
    let after = input.paging.after()?;
    let skipped = match after {
        Some(key) => key.parse::<usize>().map_err(|_| invalid_parameter("The specified NextToken is invalid."))?,
        None => 0,
    };
    let numbered = plan.versions.iter().enumerate().skip(skipped);
    let page = input.paging.page(numbered.map(|(index, version)| ((index + 1).to_string(), plan.member(version))))?;
    Ok(json!({ "BackupPlanVersionsList": page.items, "NextToken": page.next_token }))
}
