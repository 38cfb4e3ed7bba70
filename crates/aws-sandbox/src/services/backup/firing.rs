//! A rule's time has come: what its plan's selections select at that moment is backed up.

use std::collections::BTreeSet;

use super::Due;
use super::backup_jobs::{self, NewBackupJob};
use super::plans::{Plan, PlanVersion, plan, plan_mut};
use super::rds_calls::{self, Instance};
use super::rules::Rule;
use super::selections::{BACKUP_SERVICE, Conditions, Parameter, Selection, SelectionDocument};
use super::settings;
use crate::services::{Service, iam};
use crate::world::{Access, Call, Caller, Place, World};
use aws_policy::context::Context;
use aws_policy::names::Arn;

/// Fires a rule, if its plan's version is still in force, and sets the clock for the next time.
pub(super) fn fire(world: &mut World, place: &Place, plan_id: &str, version_id: &str, rule_id: &str) {
    let Some((found, version, rule)) = in_force(world, place, plan_id, version_id, rule_id) else { return };
    if let Some(next) = rule.next_fire(world.now, version.created) {
        let due = Due::Fire { plan: plan_id.to_owned(), version: version_id.to_owned(), rule: rule_id.to_owned() };
        world.schedule(next, place, due);
    }
    let now = world.now;
    if let Ok(plan) = plan_mut(world, place, plan_id) {
        plan.last_execution = Some(now);
    }
    let created_by = found.created_by(&version, &rule);
    for selection in found.selections.values() {
        for resource_arn in selected(world, place, selection) {
            let delay = world.settings.start_delay_seconds;
            let new = NewBackupJob {
                vault_name: rule.target_backup_vault_name.clone(),
                resource_arn,
                role_arn: selection.document.iam_role_arn.clone(),
                created_by: Some(created_by.clone()),
                lifecycle: rule.lifecycle.clone(),
                recovery_point_tags: rule.recovery_point_tags.clone(),
                copy_actions: rule.copy_actions.clone(),
                windows: (rule.start_window(), rule.completion_window()),
                delay_seconds: world.ids.number(place, "scheduled-begin", delay),
            };
            backup_jobs::create(world, place, new);
        }
    }
}

fn in_force(
    world: &World,
    place: &Place,
    plan_id: &str,
    version_id: &str,
    rule_id: &str,
) -> Option<(Plan, PlanVersion, Rule)> {
    let found = plan(world, place, plan_id).ok()?;
    let version = found.current().filter(|version| version.id == version_id)?;
    let rule = version.document.rules.iter().find(|rule| rule.rule_id == rule_id)?;
    Some((found.clone(), version.clone(), rule.clone()))
}

/// The resources of a selection, in the order of their ARNs. Databases that it names by their whole
/// ARN need no finding; the others AWS Backup finds with the selection's role, and without the right
/// to look it finds none.
fn selected(world: &mut World, place: &Place, selection: &Selection) -> Vec<String> {
    let document = &selection.document;
    let opted_in = settings::is_opted_in(world, place, "RDS");
    let uses_tags = !document.list_of_tags.is_empty() || document.conditions != Conditions::default();
    let finder = finder(world, place, &document.iam_role_arn);
    let may_find = !uses_tags || finder.is_some();
    let here = place.region.as_str();
    let named = document
        .resources
        .iter()
        .filter(|arn| arn.parse::<Arn>().is_ok_and(|arn| arn.region == here && arn.account == place.account.as_str()));
    let mut candidates: Vec<Instance> = named.filter_map(|arn| rds_calls::instance(world, arn)).collect();
    if let Some(role) = finder {
        candidates.extend(rds_calls::instances(world, &role, &place.region).unwrap_or_default());
    }
    candidates.retain(|candidate| selects(document, candidate, opted_in, may_find));
    let arns: BTreeSet<String> = candidates.into_iter().map(|candidate| candidate.arn).collect();
    arns.into_iter().collect()
}

/// The selection's role, if it may look for tagged resources.
fn finder(world: &mut World, place: &Place, role_arn: &str) -> Option<Caller> {
    let service = Caller::service(BACKUP_SERVICE, &place.account);
    let role = iam::assume_role(world, &service, role_arn, "AWSBackup-Selection").ok()?;
    let call = Call {
        caller: role.clone(),
        place: place.clone(),
        service: Service::Backup,
        operation: "CreateBackupSelection",
        request_id: world.ids.request_id(),
        context: Context::new(),
    };
    world.authorize(&call, &Access::on_any("tag:GetResources", &place.account)).ok().map(|()| role)
}

/// Resources and ListOfTags widen (any of them; neither means everything), Conditions narrow (all of
/// them), NotResources take out (API_BackupSelection). Opting out of a type takes out what no ARN of
/// that type names (API_UpdateRegionSettings).
pub(super) fn selects(document: &SelectionDocument, candidate: &Instance, opted_in: bool, may_find: bool) -> bool {
    let named = document.resources.iter().any(|pattern| names_type(pattern) && matches(pattern, &candidate.arn));
    let everything = document.resources.iter().any(|pattern| pattern == "*")
        || (document.resources.is_empty() && document.list_of_tags.is_empty());
    let tagged = document.list_of_tags.iter().any(|condition| {
        let key = tag_key(&condition.condition_key);
        candidate.tags.get(key) == Some(&condition.condition_value)
    });
    let taken_out = document.not_resources.iter().any(|pattern| matches(pattern, &candidate.arn));
    let reached = named || ((everything || (tagged && may_find)) && opted_in);
    let narrowed = document.conditions == Conditions::default() || (may_find && meets(document, candidate));
    reached && narrowed && !taken_out
}

/// Whether an ARN of a selection says which type it means.
fn names_type(pattern: &str) -> bool {
    pattern.parse::<Arn>().is_ok_and(|arn| arn.service == "rds")
}

fn meets(document: &SelectionDocument, candidate: &Instance) -> bool {
    let value = |parameter: &Parameter| candidate.tags.get(tag_key(&parameter.condition_key)).map(String::as_str);
    let like = |parameter: &Parameter| value(parameter).is_some_and(|value| matches(&parameter.condition_value, value));
    let equals = |parameter: &Parameter| value(parameter) == Some(parameter.condition_value.as_str());
    let conditions = &document.conditions;
    conditions.string_equals.iter().all(equals)
        && !conditions.string_not_equals.iter().any(equals)
        && conditions.string_like.iter().all(like)
        && !conditions.string_not_like.iter().any(like)
}

fn tag_key(key: &str) -> &str {
    key.strip_prefix("aws:ResourceTag/").unwrap_or(key)
}

/// `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use serde_json::json;

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    fn document(members: serde_json::Value) -> SelectionDocument {
        let mut document = json!({ "SelectionName": "s", "IamRoleArn": "arn:aws:iam::111111111111:role/backup" });
        for (key, value) in members.as_object().expect("an object") {
            document[key] = value.clone();
        }
        serde_json::from_value(document).expect("a selection")
    }

    fn orders() -> Instance {
        let tags = BTreeMap::from([("backup".to_owned(), "daily".to_owned()), ("team".to_owned(), "core".to_owned())]);
        Instance { arn: ORDERS.to_owned(), tags }
    }

    fn tag(key: &str, value: &str) -> serde_json::Value {
        json!({ "ConditionType": "STRINGEQUALS", "ConditionKey": key, "ConditionValue": value })
    }

    // API_BackupSelection: Resources and ListOfTags are OR, Conditions are AND, NotResources exclude.
    #[test]
    fn a_selection_selects_as_documented() {
        let all = "arn:aws:rds:*:*:db:*";
        let backup = json!([{ "ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "daily" }]);
        let weekly = json!([{ "ConditionKey": "aws:ResourceTag/backup", "ConditionValue": "week*" }]);
        let table = [
            (json!({ "Resources": [ORDERS] }), true, "named"),
            (json!({ "Resources": ["arn:aws:rds:us-east-1:111111111111:db:other"] }), false, "another"),
            (json!({ "Resources": [all] }), true, "all of the type"),
            (json!({ "Resources": ["*"] }), true, "all"),
            (json!({}), true, "nothing said is everything"),
            (json!({ "Resources": [all], "NotResources": [ORDERS] }), false, "taken out"),
            (json!({ "ListOfTags": [tag("x", "y"), tag("backup", "daily")] }), true, "any of the tags"),
            (json!({ "ListOfTags": [tag("backup", "Daily")] }), false, "case counts"),
            (json!({ "Resources": [all], "Conditions": { "StringEquals": backup } }), true, "condition met"),
            (json!({ "Resources": [all], "Conditions": { "StringNotEquals": backup } }), false, "condition not met"),
            (json!({ "Resources": [all], "Conditions": { "StringLike": weekly } }), false, "not alike"),
            (json!({ "Resources": [all], "Conditions": { "StringNotLike": weekly } }), true, "rightly not alike"),
            (
                json!({ "Resources": [all], "Conditions": { "StringEquals": backup, "StringLike": weekly } }),
                false,
                "all of the conditions",
            ),
        ];
        for (members, expected, words) in table {
            assert_eq!(selects(&document(members), &orders(), true, true), expected, "{words}");
        }
    }

    // API_UpdateRegionSettings: a resource type named in the selection is backed up even when opted out.
    #[test]
    fn opting_out_spares_what_an_arn_names() {
        assert!(selects(&document(json!({ "Resources": [ORDERS] })), &orders(), false, true));
        assert!(selects(&document(json!({ "Resources": ["arn:aws:rds:*:*:db:*"] })), &orders(), false, true));
        assert!(!selects(&document(json!({ "ListOfTags": [tag("backup", "daily")] })), &orders(), false, true));
        assert!(!selects(&document(json!({ "Resources": ["*"] })), &orders(), false, true));
    }
}
