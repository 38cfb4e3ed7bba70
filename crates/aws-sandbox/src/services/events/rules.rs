//! Rules: made, changed, switched, listed, deleted.

use std::collections::BTreeMap;

use aws_policy::schedule::{Schedule, Service};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};

use super::paging::{Paging, page};
use super::pattern::Pattern;
use super::state::{Bus, DEFAULT_BUS, Rule, RuleState, bus_arn, bus_name, rule_arn};
use super::{Due, invalid};
use crate::services::iam;
use crate::services::tags::{Tag, tag_map};
use crate::world::{Access, Call, Moment, Place, ServiceError, World};

/// Rules on one bus (Amazon EventBridge quotas).
const MOST_RULES: usize = 300;
/// Characters of a pattern (same page).
const LONGEST_PATTERN: usize = 2048;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutRule {
    name: String,
    event_pattern: Option<String>,
    schedule_expression: Option<String>,
    state: Option<RuleState>,
    description: Option<String>,
    role_arn: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RuleName {
    name: String,
    event_bus_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListRules {
    name_prefix: Option<String>,
    event_bus_name: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

/// The permission on the rule that the input names as `Name` or `Rule`.
pub(super) fn needs_rule(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let name = input["Name"].as_str().or(input["Rule"].as_str()).unwrap_or_default();
    let bus = bus_name(input["EventBusName"].as_str());
    let action = format!("events:{}", call.operation);
    Ok(vec![Access::on(&action, rule_arn(&call.place, bus, name), &call.place.account)])
}

/// The answer to a bus that is not there.
pub(super) fn no_bus(bus: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Event bus {bus} does not exist."))
}

/// The answer to a rule that is not there.
pub(super) fn no_rule(rule: &str, bus: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Rule {rule} does not exist on EventBus {bus}."))
}

fn bus_at<'a>(world: &'a mut World, place: &Place, bus: &str) -> Result<&'a mut Bus, ServiceError> {
    world.services.events.at(place).bus_mut(bus).ok_or_else(|| no_bus(bus))
}

pub(super) fn rule_at<'a>(
    world: &'a mut World,
    place: &Place,
    bus: &str,
    rule: &str,
) -> Result<&'a mut Rule, ServiceError> {
    bus_at(world, place, bus)?.rules.get_mut(rule).ok_or_else(|| no_rule(rule, bus))
}

fn check(input: &PutRule, bus: &str) -> Result<(), ServiceError> {
    if input.event_pattern.is_none() && input.schedule_expression.is_none() {
        return Err(invalid("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    }
    if let Some(pattern) = &input.event_pattern {
        let reason = match Pattern::parse(pattern) {
            Ok(_) if pattern.chars().count() > LONGEST_PATTERN => {
                Some(format!("Event pattern is longer than {LONGEST_PATTERN} characters"))
            }
            Ok(_) => None,
            Err(reason) => Some(reason),
        };
        if let Some(reason) = reason {
            return Err(not_a_pattern(&reason));
        }
    }
    match &input.schedule_expression {
        Some(_) if bus != DEFAULT_BUS => Err(invalid("ScheduleExpression is supported only on the default event bus.")),
        Some(expression) if Schedule::of(Service::EventsRule, expression, Tz::UTC).is_err() => {
            Err(invalid("Parameter ScheduleExpression is not valid."))
        }
        _ => Ok(()),
    }
}

pub(super) fn not_a_pattern(reason: &str) -> ServiceError {
    ServiceError::new("InvalidEventPatternException", format!("Event pattern is not valid. Reason: {reason}"))
}

pub(super) fn put_rule(world: &mut World, call: &Call, input: PutRule) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref()).to_owned();
    check(&input, &bus)?;
    if let Some(role) = &input.role_arn {
        iam::may_pass_role(world, call, role, "events.amazonaws.com")?;
    }
    let bus_found = bus_at(world, &call.place, &bus)?;
    let is_new = !bus_found.rules.contains_key(&input.name);
    if is_new && bus_found.rules.len() >= MOST_RULES {
        return Err(ServiceError::new(
            "LimitExceededException",
            "The requested resource exceeds the maximum number allowed.",
        ));
    }
    let rule = bus_found.rules.entry(input.name.clone()).or_default();
    // What an update leaves out goes back to its default; targets and tags stay as they are.
    rule.pattern = input.event_pattern;
    rule.schedule = input.schedule_expression;
    rule.state = input.state.unwrap_or_default();
    rule.description = input.description;
    rule.role_arn = input.role_arn;
    if is_new {
        rule.tags = tag_map(input.tags);
        rule.created_by = call.place.account.to_string();
    }
    wind(world, &call.place, &bus, &input.name);
    Ok(json!({"RuleArn": rule_arn(&call.place, &bus, &input.name)}))
}

/// Sets the clock of a rule that has a schedule and is enabled.
pub(super) fn wind(world: &mut World, place: &Place, bus: &str, name: &str) {
    let now = world.now;
    let Ok(rule) = rule_at(world, place, bus, name) else { return };
    rule.generation += 1;
    let generation = rule.generation;
    let expression = rule.schedule.as_deref().filter(|_| rule.state != RuleState::Disabled);
    // "All scheduled events use UTC+0 time zone" (Amazon EventBridge User Guide, "Creating a scheduled rule"); a rate
    // counts from now.
    let schedule = expression.and_then(|expression| Schedule::parse(expression, Tz::UTC).ok());
    if let Some(at) = schedule.and_then(|schedule| schedule.next_fire(now.date(), now.date()).at()) {
        world.schedule(
            Moment::from_millis(at.timestamp_millis()),
            place,
            Due::Fire { rule: name.to_owned(), generation },
        );
    }
}

pub(super) fn delete_rule(world: &mut World, call: &Call, input: RuleName) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let rules = &mut bus_at(world, &call.place, bus)?.rules;
    if rules.get(&input.name).is_some_and(|rule| !rule.targets.is_empty()) {
        return Err(invalid("Rule can't be deleted since it has targets."));
    }
    rules.remove(&input.name);
    Ok(json!({}))
}

pub(super) fn enable_rule(world: &mut World, call: &Call, input: RuleName) -> Result<Value, ServiceError> {
    switch(world, call, &input, RuleState::Enabled)
}

pub(super) fn disable_rule(world: &mut World, call: &Call, input: RuleName) -> Result<Value, ServiceError> {
    switch(world, call, &input, RuleState::Disabled)
}

fn switch(world: &mut World, call: &Call, input: &RuleName, state: RuleState) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    rule_at(world, &call.place, bus, &input.name)?.state = state;
    wind(world, &call.place, bus, &input.name);
    Ok(json!({}))
}

/// A rule as `DescribeRule` and `ListRules` show it.
fn shown(place: &Place, bus: &str, name: &str, rule: &Rule) -> Value {
    let mut value = json!({
        "Name": name,
        "Arn": rule_arn(place, bus, name),
        "State": rule.state,
        "EventBusName": bus,
    });
    let optional = [
        ("EventPattern", &rule.pattern),
        ("ScheduleExpression", &rule.schedule),
        ("Description", &rule.description),
        ("RoleArn", &rule.role_arn),
    ];
    for (member, found) in optional {
        if let Some(found) = found {
            value[member] = json!(found);
        }
    }
    value
}

pub(super) fn describe_rule(world: &mut World, call: &Call, input: RuleName) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let rule = rule_at(world, &call.place, bus, &input.name)?;
    let mut value = shown(&call.place, bus, &input.name, rule);
    value["CreatedBy"] = json!(rule.created_by);
    Ok(value)
}

pub(super) fn needs_list(_world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let bus = bus_arn(&call.place, bus_name(input["EventBusName"].as_str()));
    Ok(vec![Access::on(&format!("events:{}", call.operation), bus, &call.place.account)])
}

pub(super) fn list_rules(world: &mut World, call: &Call, input: ListRules) -> Result<Value, ServiceError> {
    let bus = bus_name(input.event_bus_name.as_deref());
    let prefix = input.name_prefix.unwrap_or_default();
    let rules: &BTreeMap<String, Rule> = &bus_at(world, &call.place, bus)?.rules;
    let found = rules.iter().filter(|(name, _)| name.starts_with(&prefix));
    let items = found.map(|(name, rule)| shown(&call.place, bus, name, rule)).collect();
    page("Rules", items, &input.paging)
}
