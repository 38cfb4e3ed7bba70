//! The metrics that AWS services publish, as far as an alarm reads them.

use super::state::{Dimension, Minute, Series, metric_key};
use super::{MINUTE_SECONDS, minute_of};
use crate::services::sqs;
use crate::world::{Moment, Place, World};

/// "A queue stays active for up to six hours" after it held its last message (Amazon SQS Developer Guide, "Available
/// CloudWatch metrics for Amazon SQS").
const ACTIVE_SECONDS: i64 = 6 * 3600;
const QUEUES: &str = "AWS/SQS";
const VISIBLE: &str = "ApproximateNumberOfMessagesVisible";

/// A service publishes a value. What no alarm reads is not kept.
pub fn note(world: &mut World, place: &Place, namespace: &str, name: &str, dimension: (&str, &str), value: f64) {
    if world.services.cloudwatch.get(place).is_none() {
        return;
    }
    let dimension = Dimension { name: dimension.0.to_owned(), value: dimension.1.to_owned() };
    let at = minute_of(world.now);
    put(world, place, &metric_key(namespace, name, &[dimension]), at, value);
}

fn put(world: &mut World, place: &Place, metric: &str, at: Moment, value: f64) {
    let Some(state) = world.services.cloudwatch.get(place) else { return };
    let Some(seconds) = state.looked_at(metric) else { return };
    let oldest = at.plus_seconds(-seconds - MINUTE_SECONDS);
    let series = world.services.cloudwatch.at(place).series.entry(metric.to_owned()).or_default();
    series.minutes.retain(|minute| minute.at >= oldest);
    match series.minutes.back_mut().filter(|minute| minute.at == at) {
        Some(minute) => {
            minute.count += 1.0;
            minute.sum += value;
            minute.least = minute.least.min(value);
            minute.most = minute.most.max(value);
        }
        None => series.minutes.push_back(Minute { at, count: 1.0, sum: value, least: value, most: value }),
    }
}

/// SQS publishes by the minute how many messages the active queues have; of the others there is nothing.
pub(super) fn sample_queues(world: &mut World, place: &Place) {
    let now = world.now;
    let at = minute_of(now).plus_seconds(-MINUTE_SECONDS);
    let Some(state) = world.services.cloudwatch.get(place) else { return };
    let mut queues: Vec<String> = Vec::new();
    for settings in state.alarms.values().map(|alarm| &alarm.settings) {
        if let ([dimension], QUEUES, VISIBLE) =
            (settings.dimensions.as_slice(), settings.namespace.as_str(), settings.metric_name.as_str())
            && dimension.name == "QueueName"
            && !queues.contains(&dimension.value)
        {
            queues.push(dimension.value.clone());
        }
    }
    for queue in queues {
        let Some((visible, all)) = sqs::messages_in(world, place, &queue) else { continue };
        let dimension = Dimension { name: "QueueName".to_owned(), value: queue };
        let metric = metric_key(QUEUES, VISIBLE, &[dimension]);
        let series: &mut Series = world.services.cloudwatch.at(place).series.entry(metric.clone()).or_default();
        if all > 0 {
            series.active_until = Some(now.plus_seconds(ACTIVE_SECONDS));
        }
        if series.active_until.is_some_and(|until| until > now) {
            put(world, place, &metric, at, visible as f64);
        }
    }
}
