//! Legal holds: what they hold is neither deleted nor changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::errors::{invalid_parameter, limit_exceeded, not_found};
use super::paging::{Paging, page_of_map};
use super::recovery_points::{PointStatus, RecoveryPoint};
use super::tags;
use super::tokens;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::Arn;

/// Active holds of an account (AWS Backup quotas).
const HOLDS: usize = 50;

/// A legal hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LegalHold {
    pub id: String,
    pub arn: String,
    pub title: String,
    pub description: String,
    pub created: Moment,
    pub cancelled: Option<Moment>,
    pub cancel_description: Option<String>,
    pub retain_until: Option<Moment>,
    pub selection: Option<HoldSelection>,
    pub tags: BTreeMap<String, String>,
}

/// What a hold selects; every criterion that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HoldSelection {
    pub vault_names: Vec<String>,
    pub resource_identifiers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_range: Option<DateRange>,
}

/// Creation dates, both ends included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DateRange {
    pub from_date: Moment,
    pub to_date: Moment,
}

impl LegalHold {
    fn status(&self) -> &'static str {
        if self.cancelled.is_some() { "CANCELED" } else { "ACTIVE" }
    }

    fn covers(&self, vault_name: &str, point: &RecoveryPoint) -> bool {
        let Some(selection) = &self.selection else { return false };
        let listed = |list: &[String], value: &str| list.is_empty() || list.iter().any(|item| item == value);
        listed(&selection.vault_names, vault_name)
            && listed(&selection.resource_identifiers, &point.resource_arn)
            && selection
                .date_range
                .as_ref()
                .is_none_or(|range| (range.from_date..=range.to_date).contains(&point.created))
    }

    fn view(&self) -> Value {
        json!({
            "Title": self.title,
            "Status": self.status(),
            "Description": self.description,
            "LegalHoldId": self.id,
            "LegalHoldArn": self.arn,
            "CreationDate": self.created,
            "CancellationDate": self.cancelled,
        })
    }
}

/// Whether an active hold holds a recovery point.
pub(super) fn holds(world: &World, place: &Place, vault_name: &str, point: &RecoveryPoint) -> bool {
    let holds = world.services.backup.get(place).into_iter().flat_map(|state| state.legal_holds.values());
    holds.into_iter().any(|hold| hold.cancelled.is_none() && hold.covers(vault_name, point))
}

fn hold_arn(place: &Place, id: &str) -> String {
    let resource = format!("legal-hold:{id}");
    Arn::new(place.region.partition(), "backup", place.region.as_str(), place.account.as_str(), resource).to_string()
}

/// The permission of an operation on one hold, or on all.
pub(super) fn needs(_: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let arn = input["LegalHoldId"].as_str().map_or_else(|| hold_arn(&call.place, "*"), |id| hold_arn(&call.place, id));
    let access = Access::on(&format!("backup:{}", call.operation), arn, &call.place.account);
    Ok(vec![tags::with_request_tags(access, &input["Tags"])])
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateInput {
    title: String,
    description: String,
    idempotency_token: Option<String>,
    recovery_point_selection: Option<HoldSelection>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

pub(super) fn create(world: &mut World, call: &Call, input: CreateInput) -> Result<Value, ServiceError> {
    let token = input.idempotency_token.as_deref();
    if let Some(answer) = tokens::recall(world, call, token) {
        return Ok(answer);
    }
    tags::check(&input.tags)?;
    if input
        .recovery_point_selection
        .as_ref()
        .and_then(|it| it.date_range.as_ref())
        .is_some_and(|range| range.from_date > range.to_date)
    {
        return Err(invalid_parameter("FromDate must not be after ToDate"));
    }
    let state = world.services.backup.at(&call.place);
    if state.legal_holds.values().filter(|hold| hold.cancelled.is_none()).count() >= HOLDS {
        return Err(limit_exceeded(format!("Legal hold limit exceeded. Limit is {HOLDS}.")));
    }
    let id = world.ids.uuid(&call.place, "legal-hold");
    let hold = LegalHold {
        arn: hold_arn(&call.place, &id),
        id: id.clone(),
        title: input.title,
        description: input.description,
        created: world.now,
        cancelled: None,
        cancel_description: None,
        retain_until: None,
        selection: input.recovery_point_selection,
        tags: input.tags,
    };
    let mut answer = hold.view();
    // A hold that is made is not cancelled, and CreateLegalHold has no member for it.
    if let Some(members) = answer.as_object_mut() {
        members.remove("CancellationDate");
    }
    answer["RecoveryPointSelection"] = json!(hold.selection);
    world.services.backup.at(&call.place).legal_holds.insert(id, hold);
    tokens::remember(world, call, input.idempotency_token.as_deref(), &answer);
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CancelInput {
    legal_hold_id: String,
    cancel_description: String,
    retain_record_in_days: Option<i64>,
}

fn missing(id: &str) -> ServiceError {
    not_found(format!("Legal hold {id} does not exist."))
}

/// What expired while it was held goes as soon as the last hold has gone.
pub(super) fn cancel(world: &mut World, call: &Call, input: CancelInput) -> Result<Value, ServiceError> {
    let now = world.now;
    let state = world.services.backup.at(&call.place);
    let hold = state.legal_holds.get_mut(&input.legal_hold_id).ok_or_else(|| missing(&input.legal_hold_id))?;
    if hold.cancelled.is_some() {
        return Err(ServiceError::new("InvalidResourceStateException", "The legal hold is cancelled already."));
    }
    hold.cancelled = Some(now);
    hold.cancel_description = Some(input.cancel_description);
    hold.retain_until = input.retain_record_in_days.map(|days| now.plus_seconds(days * 86_400));
    let hold = hold.clone();
    let due: Vec<Due> = state
        .vaults
        .values()
        .flat_map(|vault| vault.points.values().map(move |point| (vault, point)))
        .filter(|(vault, point)| hold.covers(&vault.name, point) && point.expires.is_some_and(|at| at <= now))
        .map(|(vault, point)| Due::Expire { vault: vault.name.clone(), point: point.arn.clone() })
        .collect();
    for due in due {
        world.schedule(now, &call.place, due);
    }
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IdInput {
    legal_hold_id: String,
}

pub(super) fn get(world: &mut World, call: &Call, input: IdInput) -> Result<Value, ServiceError> {
    let state = world.services.backup.get(&call.place);
    let hold = state
        .and_then(|state| state.legal_holds.get(&input.legal_hold_id))
        .ok_or_else(|| missing(&input.legal_hold_id))?;
    let mut view = hold.view();
    view["CancelDescription"] = json!(hold.cancel_description);
    view["RetainRecordUntil"] = json!(hold.retain_until);
    view["RecoveryPointSelection"] = json!(hold.selection);
    Ok(view)
}

pub(super) fn list(world: &mut World, call: &Call, paging: Paging) -> Result<Value, ServiceError> {
    let none = BTreeMap::new();
    let holds = world.services.backup.get(&call.place).map_or(&none, |state| &state.legal_holds);
    let page = page_of_map(&paging, holds, |_| true)?;
    let list: Vec<Value> = page.items.iter().map(|hold| hold.view()).collect();
    Ok(json!({ "LegalHolds": list, "NextToken": page.next_token }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PointsInput {
    legal_hold_id: String,
    #[serde(flatten)]
    paging: Paging,
}

/// Expired and deleting recovery points are left out (AWS Backup Developer Guide, "Legal holds").
pub(super) fn list_points(world: &mut World, call: &Call, input: PointsInput) -> Result<Value, ServiceError> {
    let state = world.services.backup.get(&call.place);
    let hold = state
        .and_then(|state| state.legal_holds.get(&input.legal_hold_id))
        .ok_or_else(|| missing(&input.legal_hold_id))?;
    let after = input.paging.after()?.unwrap_or_default();
    let mut held: Vec<(String, Value)> = Vec::new();
    for vault in state.into_iter().flat_map(|state| state.vaults.values()) {
        for point in vault.points.values() {
            let counts = point.status == PointStatus::Completed && point.arn > after;
            if counts && hold.covers(&vault.name, point) {
                let view = json!({
                    "RecoveryPointArn": point.arn,
                    "ResourceArn": point.resource_arn,
                    "ResourceType": point.resource_type,
                    "BackupVaultName": vault.name,
                });
                held.push((point.arn.clone(), view));
            }
        }
    }
    held.sort_by(|one, other| one.0.cmp(&other.0));
    let page = input.paging.page(held.into_iter())?;
    Ok(json!({ "RecoveryPoints": page.items, "NextToken": page.next_token }))
}
