//! Amazon CloudWatch: alarms on one statistic of one metric, and of the metrics those that an alarm reads.

mod actions;
mod alarms;
mod evaluation;
mod metrics;
mod state;
mod tags;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::metrics::note;
pub use self::state::State;
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Moment, Operation, Place, ServiceError, World};
use aws_policy::names::Arn;

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "monitoring",
    model: include_str!("../../models/monitoring.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "CloudWatch",
    throttled: ("Throttling", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "InternalServiceError",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("DeleteAlarms", Change, alarms::needs_names, alarms::delete),
    operation!("DescribeAlarms", Read, alarms::needs_any, alarms::describe),
    operation!("ListTagsForResource", Read, tags::needs_tags, tags::list),
    operation!("PutMetricAlarm", Change, alarms::needs_put, alarms::put),
    operation!("SetAlarmState", Change, alarms::needs_name, alarms::set_state),
    operation!("TagResource", Change, tags::needs_tags, tags::tag),
    operation!("UntagResource", Change, tags::needs_tags, tags::untag),
];

/// What happens in it by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Due {
    /// A minute is over.
    Minute,
}

/// "For an alarm with a period of a minute or more, CloudWatch evaluates it every minute" (Amazon CloudWatch User
/// Guide, "Alarm evaluation"), and metrics of AWS services come by the minute.
const MINUTE_SECONDS: i64 = 60;

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    let Due::Minute = due;
    metrics::sample_queues(world, place);
    for name in world.services.cloudwatch.at(place).names() {
        evaluate(world, place, &name);
    }
    let state = world.services.cloudwatch.at(place);
    state.is_ticking = false;
    wind(world, place);
}

/// The clock goes while there are alarms.
fn wind(world: &mut World, place: &Place) {
    let now = world.now;
    let state = world.services.cloudwatch.at(place);
    if state.is_ticking || state.alarms.is_empty() {
        return;
    }
    state.is_ticking = true;
    world.schedule(minute_of(now).plus_seconds(MINUTE_SECONDS), place, Due::Minute);
}

/// The full minute at or before an instant.
fn minute_of(at: Moment) -> Moment {
    Moment::from_millis(at.millis() - at.millis().rem_euclid(MINUTE_SECONDS * 1000))
}

fn evaluate(world: &mut World, place: &Place, name: &str) {
    let now = minute_of(world.now);
    let Some(state) = world.services.cloudwatch.get(place) else { return };
    let Some(alarm) = state.alarms.get(name) else { return };
    let settings = &alarm.settings;
    let datapoints = state.datapoints(settings, now, settings.evaluation_range());
    let verdict = evaluation::judge(settings, alarm.state, &datapoints);
    if verdict.state != alarm.state {
        actions::turn(world, place, name, verdict);
    }
}

fn alarm_arn(place: &Place, name: &str) -> String {
    let resource = format!("alarm:{name}");
    Arn::new(place.region.partition(), "cloudwatch", place.region.as_str(), place.account.as_str(), &resource)
        .to_string()
}

fn access(call: &Call, name: &str) -> Access {
    Access::on(&format!("cloudwatch:{}", call.operation), alarm_arn(&call.place, name), &call.place.account)
}

/// The access with the alarm's tags as condition keys.
fn access_to_known(world: &World, call: &Call, name: &str) -> Access {
    let known = world.services.cloudwatch.get(&call.place).and_then(|state| state.alarms.get(name));
    let tags = known.into_iter().flat_map(|alarm| &alarm.tags);
    tags.fold(access(call, name), |access, (key, value)| access.with_key(&format!("aws:ResourceTag/{key}"), value))
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", message)
}

fn nothing() -> Value {
    serde_json::json!({})
}
