//! Alarms: put, found, set, deleted.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::actions::turn_to;
use super::state::{Alarm, AlarmState, Settings};
use super::tags::allowed;
use super::{access, access_to_known, alarm_arn, invalid, nothing, wind};
use crate::services::tags::Tag;
use crate::world::{Access, Call, ServiceError, World};
use aws_policy::names::Arn;

/// How many alarms a page has at most (CloudWatch API Reference, "DescribeAlarms").
const PAGE: usize = 100;
/// "An alarm's total current evaluation period can be no longer than seven days", a day where the period is under an
/// hour (CloudWatch API Reference, "PutMetricAlarm").
const LONGEST_SECONDS: i64 = 604_800;
const LONGEST_OF_SHORT_PERIODS_SECONDS: i64 = 86_400;

/// What an alarm can be made of beyond one statistic of one metric.
const ABSENT: &[&str] = &[
    "ActionConfiguration",
    "EvaluateLowSampleCountPercentile",
    "EvaluationCriteria",
    "EvaluationInterval",
    "EvaluationWindow",
    "ExtendedStatistic",
    "Metrics",
    "ThresholdMetricId",
    "Unit",
    "WarmUpConfiguration",
];
/// What an alarm on a metric cannot do without.
const NEEDED: &[&str] =
    &["MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Names {
    alarm_names: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetState {
    alarm_name: String,
    state_value: AlarmState,
    state_reason: String,
    state_reason_data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Describe {
    alarm_names: Option<Vec<String>>,
    alarm_name_prefix: Option<String>,
    alarm_types: Option<Vec<String>>,
    children_of_alarm_name: Option<String>,
    parents_of_alarm_name: Option<String>,
    state_value: Option<AlarmState>,
    action_prefix: Option<String>,
    max_records: Option<usize>,
    next_token: Option<String>,
}

fn name_in(input: &Value) -> &str {
    input["AlarmName"].as_str().unwrap_or_default()
}

/// Putting with tags takes the right to tag; the actions are a condition key (Service Authorization Reference,
/// "Amazon CloudWatch").
pub(super) fn needs_put(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let mut put = access_to_known(world, call, name_in(input));
    let actions = input["AlarmActions"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    put.context = put.context.with_all("cloudwatch:AlarmActions", actions);
    let mut needs = vec![put];
    if input["Tags"].as_array().is_some_and(|tags| !tags.is_empty()) {
        let arn = alarm_arn(&call.place, name_in(input));
        needs.push(Access::on("cloudwatch:TagResource", arn, &call.place.account));
    }
    Ok(needs)
}

pub(super) fn needs_name(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![access_to_known(world, call, name_in(input))])
}

pub(super) fn needs_names(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let names = input["AlarmNames"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(names.map(|name| access_to_known(world, call, name)).collect())
}

/// Describing is asked for on all alarms, whichever are named.
pub(super) fn needs_any(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![access(call, "*")])
}

/// The settings of an input that has the members of an alarm on one metric.
fn settings_of(call: &Call, input: &Value) -> Result<Settings, ServiceError> {
    if let Some(name) = ABSENT.iter().find(|name| !input[**name].is_null()) {
        return Err(invalid(format!(
            "The sandbox has alarms on one statistic of one metric, every minute, without {name}."
        )));
    }
    if let Some(name) = NEEDED.iter().find(|name| input[**name].is_null()) {
        return Err(invalid(format!("An alarm on a metric must have {name}.")));
    }
    let settings: Settings = serde_json::from_value(input.clone()).map_err(|error| {
        invalid(format!("The sandbox has comparisons with a fixed threshold only, and no other values: {error}"))
    })?;
    check_periods(&settings)?;
    let actions = [&settings.ok_actions, &settings.alarm_actions, &settings.insufficient_data_actions];
    for action in actions.into_iter().flatten() {
        check_action(call, action)?;
    }
    Ok(settings)
}

fn check_periods(settings: &Settings) -> Result<(), ServiceError> {
    if settings.period % 60 != 0 {
        return Err(invalid("Periods in the sandbox are multiples of 60 seconds: it has no high-resolution metrics."));
    }
    let total = settings.period.saturating_mul(settings.evaluation_periods);
    let longest = if settings.period < 3600 { LONGEST_OF_SHORT_PERIODS_SECONDS } else { LONGEST_SECONDS };
    if total > longest {
        return Err(invalid(format!(
            "Metrics cannot be checked across more than {longest} seconds (EvaluationPeriods * Period must be <= {longest})"
        )));
    }
    if settings.datapoints_to_alarm.is_some_and(|count| count > settings.evaluation_periods) {
        return Err(invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods."));
    }
    Ok(())
}

/// An action is a topic of the alarm's own Region.
fn check_action(call: &Call, action: &str) -> Result<(), ServiceError> {
    let arn: Option<Arn> = action.parse().ok().filter(|arn: &Arn| arn.service == "sns");
    let Some(arn) = arn else {
        return Err(invalid(format!("Invalid arn syntax: {action}: the actions of the sandbox are topics.")));
    };
    let region = call.place.region.as_str();
    if arn.region != region {
        return Err(invalid(format!("Invalid region {} specified. Only {region} is supported.", arn.region)));
    }
    Ok(())
}

/// A new alarm starts without enough data; an old one keeps its state and its tags ("PutMetricAlarm").
pub(super) fn put(world: &mut World, call: &Call, input: Value) -> Result<Value, ServiceError> {
    let settings = settings_of(call, &input)?;
    let tags: Vec<Tag> = serde_json::from_value(input["Tags"].clone()).unwrap_or_default();
    let tags = allowed(tags)?;
    let now = world.now;
    let name = name_in(&input).to_owned();
    let alarms = &mut world.services.cloudwatch.at(&call.place).alarms;
    if let Some(known) = alarms.get_mut(&name) {
        known.settings = settings;
        known.configured = now;
    } else {
        let alarm = Alarm {
            settings,
            tags,
            configured: now,
            state: AlarmState::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            updated: now,
            turned: now,
        };
        alarms.insert(name, alarm);
    }
    forget_unread(world, call);
    wind(world, &call.place);
    Ok(nothing())
}

/// Metrics that no alarm reads any more are not kept.
fn forget_unread(world: &mut World, call: &Call) {
    let state = world.services.cloudwatch.at(&call.place);
    let read: Vec<String> = state.alarms.values().map(|alarm| alarm.settings.metric()).collect();
    state.series.retain(|metric, _| read.contains(metric));
}

fn no_alarm(name: &str) -> ServiceError {
    ServiceError::new("ResourceNotFound", format!("Alarm {name} does not exist."))
}

/// One name that is wrong, and no alarm is deleted ("DeleteAlarms").
pub(super) fn delete(world: &mut World, call: &Call, input: Names) -> Result<Value, ServiceError> {
    let alarms = &mut world.services.cloudwatch.at(&call.place).alarms;
    if let Some(name) = input.alarm_names.iter().find(|name| !alarms.contains_key(*name)) {
        return Err(no_alarm(name));
    }
    alarms.retain(|name, _| !input.alarm_names.contains(name));
    forget_unread(world, call);
    Ok(nothing())
}

/// The state lasts until the alarm is evaluated again, and its actions are taken ("SetAlarmState").
pub(super) fn set_state(world: &mut World, call: &Call, input: SetState) -> Result<Value, ServiceError> {
    let known = world.services.cloudwatch.get(&call.place).map(|state| &state.alarms);
    if !known.is_some_and(|alarms| alarms.contains_key(&input.alarm_name)) {
        return Err(no_alarm(&input.alarm_name));
    }
    if input.state_reason_data.as_deref().is_some_and(|data| serde_json::from_str::<Value>(data).is_err()) {
        return Err(ServiceError::new("InvalidFormat", "StateReasonData is not valid JSON"));
    }
    let SetState { alarm_name, state_value, state_reason, state_reason_data } = input;
    turn_to(world, &call.place, &alarm_name, state_value, state_reason, state_reason_data);
    Ok(nothing())
}

pub(super) fn describe(world: &mut World, call: &Call, input: Describe) -> Result<Value, ServiceError> {
    if input.alarm_names.is_some() && input.alarm_name_prefix.is_some() {
        return Err(invalid("AlarmNames and AlarmNamePrefix cannot both be specified."));
    }
    if input.children_of_alarm_name.is_some() || input.parents_of_alarm_name.is_some() {
        return Err(invalid("The sandbox has no composite alarms, whose children and parents could be listed."));
    }
    let asks_metric_alarms =
        input.alarm_types.as_ref().is_none_or(|types| types.is_empty() || types.iter().any(|one| one == "MetricAlarm"));
    let none = BTreeMap::new();
    let alarms = world.services.cloudwatch.get(&call.place).map_or(&none, |state| &state.alarms);
    let wanted = alarms.iter().filter(|(name, alarm)| {
        asks_metric_alarms
            && input.alarm_names.as_ref().is_none_or(|names| names.is_empty() || names.contains(name))
            && input.alarm_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix))
            && input.state_value.is_none_or(|state| alarm.state == state)
            && input.action_prefix.as_ref().is_none_or(|prefix| acts_on(&alarm.settings, prefix))
            && input.next_token.as_ref().is_none_or(|last| *name > last)
    });
    let size = input.max_records.unwrap_or(PAGE);
    let mut page: Vec<(&String, &Alarm)> = wanted.take(size + 1).collect();
    let is_more = page.len() > size;
    page.truncate(size);
    let last = page.last().map(|(name, _)| (*name).clone());
    let shown: Vec<Value> = page.into_iter().map(|(name, alarm)| shown(call, name, alarm)).collect();
    let mut answer = json!({ "MetricAlarms": shown, "CompositeAlarms": [] });
    if let (true, Some(last)) = (is_more, last) {
        answer["NextToken"] = json!(last);
    }
    Ok(answer)
}

fn acts_on(settings: &Settings, prefix: &str) -> bool {
    let actions = [&settings.ok_actions, &settings.alarm_actions, &settings.insufficient_data_actions];
    actions.into_iter().flatten().any(|action| action.starts_with(prefix))
}

fn shown(call: &Call, name: &str, alarm: &Alarm) -> Value {
    let Ok(Value::Object(settings)) = serde_json::to_value(&alarm.settings) else { return nothing() };
    let mut shown: Map<String, Value> = settings;
    let rest = [
        ("AlarmName", json!(name)),
        ("AlarmArn", json!(alarm_arn(&call.place, name))),
        ("AlarmConfigurationUpdatedTimestamp", json!(alarm.configured)),
        ("StateValue", json!(alarm.state)),
        ("StateReason", json!(alarm.reason)),
        ("StateUpdatedTimestamp", json!(alarm.updated)),
        ("StateTransitionedTimestamp", json!(alarm.turned)),
    ];
    shown.extend(rest.into_iter().map(|(member, value)| (member.to_owned(), value)));
    if let Some(data) = &alarm.reason_data {
        shown.insert("StateReasonData".to_owned(), json!(data));
    }
    Value::Object(shown)
}
