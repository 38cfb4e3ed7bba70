//! Targets of rules.

use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use super::paging::{Paging, page};
use super::rules::{no_bus, rule_at};
use super::state::{Target, bus_name};
use crate::services::iam;
use crate::world::{Access, Call, ServiceError, World};
use aws_policy::names::Arn;

/// Targets of one rule (Amazon EventBridge quotas).
const MOST_TARGETS: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutTargets {
    rule: String,
    event_bus_name: Option<String>,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RemoveTargets {
    rule: String,
    event_bus_name: Option<String>,
    ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListTargets {
    rule: String,
    event_bus_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListByTarget {
    target_arn: String,
    event_bus_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// `PutTargets` carries the condition key `events:TargetArn`.
pub(super) fn needs_put(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut needed = super::rules::needs_rule(world, call, input)?;
    let targets = input["Targets"].as_array().into_iter().flatten();
    let arns = targets.filter_map(|target| target["Arn"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    for access in &mut needed {
        access.context = std::mem::take(&mut access.context).with_all("events:TargetArn", arns.clone());
    }
    Ok(needed)
}

pub(super) fn put_targets(world: &mut World, call: &Call, input: PutTargets) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref()).to_owned();
    rule_at(world, &call.place, &bus, &input.rule)?;
    for target in &input.targets {
        check(call, target)?;
        if let Some(role) = &target.role_arn {
            iam::may_pass_role(world, call, role, "events.amazonaws.com")?;
        }
    }
    let rule = rule_at(world, &call.place, &bus, &input.rule)?;
    let mut targets = rule.targets.clone();
    for target in input.targets {
        match targets.iter_mut().find(|other| other.id == target.id) {
            Some(other) => *other = target,
            None => targets.push(target),
        }
    }
    if targets.len() > MOST_TARGETS {
        return Err(ServiceError::new(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        ));
    }
    rule.targets = targets;
    Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
}

/// The refusals of `PutTargets` (seen in public reports: hashicorp/terraform-provider-aws #31444;
/// aws-samples/amazon-eventbridge-resource-policy-samples #10).
fn check(call: &Call, target: &Target) -> Result<(), ServiceError> {
    let not_valid = |reason: &str| invalid(format!("Parameter {} is not valid. Reason: {reason}", target.arn));
    let arn: Arn = target.arn.parse().map_err(|_| not_valid("Provided Arn is not in correct format."))?;
    let inputs = [target.input.is_some(), target.input_path.is_some(), target.input_transformer.is_some()];
    if inputs.iter().filter(|given| **given).count() > 1 {
        return Err(invalid(format!(
            "Only one of Input, InputPath, or InputTransformer must be provided for target {}.",
            target.id
        )));
    }
    let is_bus = arn.service == "events" && arn.resource.starts_with("event-bus/");
    let elsewhere = arn.region != call.place.region.as_str();
    if is_bus && target.role_arn.is_none() {
        if arn.account != call.place.account.as_str() {
            return Err(invalid(format!("RoleArn is required for target {}.", target.arn)));
        }
        if elsewhere {
            return Err(invalid("Cross-region api call is not allowed."));
        }
    }
    if !is_bus && elsewhere && !arn.region.is_empty() {
        return Err(not_valid("Provided Arn is not in correct format."));
    }
    let queue = target.dead_letter_config.as_ref().and_then(|config| config.arn.as_deref());
    if let Some(queue) = queue {
        let queue: Arn = queue.parse().map_err(|_| invalid(format!("Parameter {queue} is not valid.")))?;
        if queue.service != "sqs" || queue.region != call.place.region.as_str() || queue.resource.ends_with(".fifo") {
            return Err(invalid(format!(
                "Parameter {queue} is not valid. Reason: not a standard queue of this Region."
            )));
        }
    }
    Ok(())
}

pub(super) fn remove_targets(world: &mut World, call: &Call, input: RemoveTargets) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let rule = rule_at(world, &call.place, bus, &input.rule)?;
    rule.targets.retain(|target| !input.ids.contains(&target.id));
    Ok(json!({"FailedEntryCount": 0, "FailedEntries": []}))
}

pub(super) fn list_targets(world: &mut World, call: &Call, input: ListTargets) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let rule = rule_at(world, &call.place, bus, &input.rule)?;
    page("Targets", rule.targets.iter().map(|target| json!(target)).collect(), &input.paging)
}

pub(super) fn list_by_target(world: &mut World, call: &Call, input: ListByTarget) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let found = world.services.events.at(&call.place).bus(bus).ok_or_else(|| no_bus(bus))?;
    let rules = found.rules.iter().filter(|(_, rule)| rule.targets.iter().any(|target| target.arn == input.target_arn));
    page("RuleNames", rules.map(|(name, _)| json!(name)).collect(), &input.paging)
}
