//! An alarm turns: who is told.

use serde_json::{Map, Value, json};

use super::alarm_arn;
use super::evaluation::Verdict;
use super::state::{Alarm, AlarmState};
use crate::services::{Service, events};
use crate::world::{Caller, Place, World};
use aws_policy::context::Context;

const CLOUDWATCH: &str = "cloudwatch.amazonaws.com";

/// Puts an alarm into another state, tells EventBridge of it and takes the state's actions.
pub(super) fn turn(world: &mut World, place: &Place, name: &str, verdict: Verdict) {
    let data = json!({
        "version": "1.0",
        "queryDate": world.now.iso(),
        "recentDatapoints": verdict.datapoints.iter().rev().collect::<Vec<_>>(),
    });
    turn_to(world, place, name, verdict.state, verdict.reason, Some(data.to_string()));
}

pub(super) fn turn_to(
    world: &mut World,
    place: &Place,
    name: &str,
    state: AlarmState,
    reason: String,
    data: Option<String>,
) {
    let now = world.now;
    let Some(alarm) = world.services.cloudwatch.at(place).alarms.get_mut(name) else { return };
    let before = alarm.clone();
    alarm.state = state;
    alarm.reason = reason;
    alarm.reason_data = data;
    alarm.updated = now;
    if before.state == state {
        return;
    }
    alarm.turned = now;
    let after = alarm.clone();
    let arn = alarm_arn(place, name);
    let detail = state_change(world, name, &before, &after);
    events::emit(world, place, "aws.cloudwatch", "CloudWatch Alarm State Change", vec![arn.clone()], detail);
    if !after.settings.actions_enabled {
        return;
    }
    let actions = match state {
        AlarmState::Ok => &after.settings.ok_actions,
        AlarmState::Alarm => &after.settings.alarm_actions,
        AlarmState::InsufficientData => &after.settings.insufficient_data_actions,
    };
    // The service names itself and the alarm (Amazon CloudWatch User Guide, "Notifying users on alarm changes").
    let context = Context::new().with("aws:SourceArn", &arn).with("aws:SourceAccount", place.account.as_str());
    let caller = Caller::service(CLOUDWATCH, &place.account);
    for topic in actions {
        let input = json!({
            "TopicArn": topic,
            "Subject": format!("{}: \"{name}\" in {}", state.as_str(), place.region),
            "Message": message(place, name, &before, &after).to_string(),
        });
        if let Err(error) = world.call(&caller, &place.region, Service::Sns, "Publish", input, &context) {
            tracing::warn!(alarm = arn, topic, %error, "an alarm's action failed");
        }
    }
}

/// The event's detail (Amazon CloudWatch User Guide, "Alarm events and EventBridge").
fn state_change(world: &mut World, name: &str, before: &Alarm, after: &Alarm) -> Value {
    let settings = &after.settings;
    let dimensions: Map<String, Value> =
        settings.dimensions.iter().map(|one| (one.name.clone(), Value::from(one.value.clone()))).collect();
    let stands = |alarm: &Alarm| {
        let mut stands = json!({
            "value": alarm.state.as_str(),
            "reason": alarm.reason,
            "timestamp": alarm.updated.date().format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        });
        if let Some(data) = &alarm.reason_data {
            stands["reasonData"] = json!(data);
        }
        stands
    };
    let metric = json!({ "namespace": settings.namespace, "name": settings.metric_name, "dimensions": dimensions });
    let id = world.ids.request_id();
    let mut configuration = json!({"metrics": [{
        "id": id,
        "metricStat": { "metric": metric, "period": settings.period, "stat": settings.statistic },
        "returnData": true,
    }]});
    if let Some(description) = &settings.alarm_description {
        configuration["description"] = json!(description);
    }
    json!({
        "alarmName": name,
        "state": stands(after),
        "previousState": stands(before),
        "configuration": configuration,
    })
}

/// What a topic is sent.
fn message(place: &Place, name: &str, before: &Alarm, after: &Alarm) -> Value {
    let settings = &after.settings;
    json!({
        "AlarmName": name,
        "AlarmDescription": settings.alarm_description,
        "AWSAccountId": place.account,
        "AlarmConfigurationUpdatedTimestamp": after.configured.iso(),
        "NewStateValue": after.state,
        "NewStateReason": after.reason,
        "StateChangeTime": after.turned.iso(),
        "Region": place.region,
        "AlarmArn": alarm_arn(place, name),
        "OldStateValue": before.state,
        "OKActions": settings.ok_actions,
        "AlarmActions": settings.alarm_actions,
        "InsufficientDataActions": settings.insufficient_data_actions,
        "Trigger": {
            "MetricName": settings.metric_name,
            "Namespace": settings.namespace,
            "StatisticType": "Statistic",
            "Statistic": settings.statistic,
            "Dimensions": settings.dimensions.iter().map(|one| json!({"value": one.value, "name": one.name})).collect::<Vec<_>>(),
            "Period": settings.period,
            "EvaluationPeriods": settings.evaluation_periods,
            "ComparisonOperator": settings.comparison_operator,
            "Threshold": settings.threshold,
            "TreatMissingData": settings.treat_missing_data,
        },
    })
}
