//! Backup selections: which resources a plan backs up, and under which role.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{
    already_exists, invalid_parameter, limit_exceeded, not_found, role_may_not_find_resources, role_not_assumable,
};
use super::paging::{Paging, page_of_map};
use super::plans::{plan, plan_mut};
use crate::services::iam;
use crate::world::{Access, Call, Caller, Moment, ServiceError, World};
use aws_policy::names::Arn;

/// Selections of a plan, ARNs of a selection, and tag conditions of a selection (AWS Backup quotas).
const SELECTIONS: usize = 100;
const PLAIN_ARNS: usize = 500;
const WILDCARD_ARNS: usize = 30;
const TAG_CONDITIONS: usize = 30;
/// The service that assumes the role of a selection or a job.
pub(super) const BACKUP_SERVICE: &str = "backup.amazonaws.com";

/// A selection.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Selection {
    pub id: String,
    pub created: Moment,
    pub creator_request_id: Option<String>,
    pub document: SelectionDocument,
}

/// A selection as the API has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SelectionDocument {
    pub selection_name: String,
    pub iam_role_arn: String,
    #[serde(default)]
    pub resources: Vec<String>,
    #[serde(default)]
    pub list_of_tags: Vec<TagCondition>,
    #[serde(default)]
    pub not_resources: Vec<String>,
    #[serde(default)]
    pub conditions: Conditions,
}

/// One `STRINGEQUALS` on a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagCondition {
    pub condition_type: String,
    pub condition_key: String,
    pub condition_value: String,
}

/// Conditions on tags by operator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Conditions {
    pub string_equals: Vec<Parameter>,
    pub string_not_equals: Vec<Parameter>,
    pub string_like: Vec<Parameter>,
    pub string_not_like: Vec<Parameter>,
}

/// A tag and its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Parameter {
    pub condition_key: String,
    pub condition_value: String,
}

impl Conditions {
    fn len(&self) -> usize {
        self.string_equals.len() + self.string_not_equals.len() + self.string_like.len() + self.string_not_like.len()
    }
}

impl SelectionDocument {
    fn check(&self) -> Result<(), ServiceError> {
        for arn in self.resources.iter().chain(&self.not_resources) {
            if arn != "*" && arn.parse::<Arn>().is_err() {
                return Err(invalid_parameter(format!(
                    "Invalid ARN: {arn}. Provided ARN is not in the correct format"
                )));
            }
        }
        for list in [&self.resources, &self.not_resources] {
            let wild = list.iter().filter(|arn| arn.contains('*')).count();
            if list.len() > PLAIN_ARNS || wild > WILDCARD_ARNS {
                return Err(invalid_parameter(format!(
                    "A selection takes at most {PLAIN_ARNS} ARNs without wildcards, or {WILDCARD_ARNS} with"
                )));
            }
        }
        if self.list_of_tags.iter().any(|condition| condition.condition_type != "STRINGEQUALS") {
            return Err(invalid_parameter("ListOfTags supports only STRINGEQUALS"));
        }
        if self.list_of_tags.len() > TAG_CONDITIONS || self.conditions.len() > TAG_CONDITIONS {
            return Err(limit_exceeded(format!("A selection takes at most {TAG_CONDITIONS} conditions")));
        }
        Ok(())
    }
}

/// Assumes the role that a request passes to AWS Backup, as AWS Backup does at once.
///
/// # Errors
/// The caller may not pass it, or AWS Backup may not assume it.
pub(super) fn passed_role(world: &mut World, call: &Call, role_arn: &str) -> Result<Caller, ServiceError> {
    let arn: Arn = role_arn.parse().map_err(|_| role_not_assumable(role_arn))?;
    if arn.account != call.place.account.as_str() {
        return Err(invalid_parameter(format!("IAM Role {role_arn} is not in account {}", call.place.account)));
    }
    iam::may_pass_role(world, call, role_arn, BACKUP_SERVICE)?;
    let service = Caller::service(BACKUP_SERVICE, &call.place.account);
    iam::assume_role(world, &service, role_arn, "AWSBackup").map_err(|_| role_not_assumable(role_arn))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateInput {
    backup_plan_id: String,
    backup_selection: SelectionDocument,
    creator_request_id: Option<String>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateInput) -> Result<Value, ServiceError> {
    let document = input.backup_selection;
    let existing = plan(world, &call.place, &input.backup_plan_id)?;
    let twin = existing.selections.values().find(|selection| {
        selection.document.selection_name == document.selection_name
            || (selection.creator_request_id.is_some() && selection.creator_request_id == input.creator_request_id)
    });
    if let Some(twin) = twin {
        if twin.creator_request_id.is_some() && twin.creator_request_id == input.creator_request_id {
            return Ok(created(&input.backup_plan_id, twin));
        }
        return Err(already_exists(
            "Backup selection with the same name already exists in the backup plan",
            &existing.arn,
            twin.creator_request_id.as_deref(),
        ));
    }
    if existing.selections.len() >= SELECTIONS {
        return Err(limit_exceeded(format!("Backup selection limit exceeded. Limit is {SELECTIONS}.")));
    }
    document.check()?;
    let role = passed_role(world, call, &document.iam_role_arn)?;
    let find = Access::on_any("tag:GetResources", &call.place.account);
    let as_role = Call { caller: role, ..call.clone() };
    world.authorize(&as_role, &find).map_err(|_| role_may_not_find_resources(&document.iam_role_arn))?;
    let selection = Selection {
        id: world.ids.uuid(&call.place, "backup-selection"),
        created: world.now,
        creator_request_id: input.creator_request_id,
        document,
    };
    let answer = created(&input.backup_plan_id, &selection);
    plan_mut(world, &call.place, &input.backup_plan_id)?.selections.insert(selection.id.clone(), selection);
    Ok(answer)
}

fn created(plan_id: &str, selection: &Selection) -> Value {
    json!({ "SelectionId": selection.id, "BackupPlanId": plan_id, "CreationDate": selection.created })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdInput {
    backup_plan_id: String,
    selection_id: String,
}

fn missing(id: &str) -> ServiceError {
    not_found(format!("Cannot find Backup selection with ID {id}"))
}

pub(super) fn get(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let plan = plan(world, &call.place, &input.backup_plan_id)?;
    let selection = plan.selections.get(&input.selection_id).ok_or_else(|| missing(&input.selection_id))?;
    Ok(json!({
        "BackupSelection": selection.document,
        "SelectionId": selection.id,
        "BackupPlanId": plan.id,
        "CreationDate": selection.created,
        "CreatorRequestId": selection.creator_request_id,
    }))
}

pub(super) fn delete(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let plan = plan_mut(world, &call.place, &input.backup_plan_id)?;
    plan.selections.remove(&input.selection_id).ok_or_else(|| missing(&input.selection_id))?;
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListInput {
    backup_plan_id: String,
    #[serde(flatten)]
    paging: Paging,
}

pub(super) fn list(world: &mut World, call: &Call, input: ListInput) -> Result<Value, ServiceError> {
    let plan = plan(world, &call.place, &input.backup_plan_id)?;
    let page = page_of_map(&input.paging, &plan.selections, |_| true)?;
    let list: Vec<Value> = page
        .items
        .iter()
        .map(|selection| {
            json!({
                "SelectionId": selection.id,
                "SelectionName": selection.document.selection_name,
                "BackupPlanId": plan.id,
                "CreationDate": selection.created,
                "CreatorRequestId": selection.creator_request_id,
                "IamRoleArn": selection.document.iam_role_arn,
            })
        })
        .collect();
    Ok(json!({ "BackupSelectionsList": list, "NextToken": page.next_token }))
}
