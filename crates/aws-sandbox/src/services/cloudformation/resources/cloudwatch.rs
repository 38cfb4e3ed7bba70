//! `AWS::CloudWatch::Alarm`.

use serde_json::{Map, Value, json};

use super::schema::{Kind, Property, TAGS};
use super::{Failure, Hand, Made, Outcome, ResourceType, get, tag_changes, tag_list, tags_of};
use crate::services::Service;
use crate::world::ServiceError;

const DIMENSION: Kind =
    Kind::Object(&[Property::required("Name", Kind::Text), Property::required("Value", Kind::Text)]);

/// The properties that `PutMetricAlarm` takes under the same name, beside the alarm's own name and its tags. What
/// alarms have beyond one statistic of one metric is handed on, and the service says what it lacks.
const SETTINGS: &[Property] = &[
    Property::new("ActionsEnabled", Kind::Boolean),
    Property::new("AlarmActions", Kind::List(&Kind::Text)),
    Property::new("AlarmDescription", Kind::Text),
    Property::required("ComparisonOperator", Kind::Text),
    Property::new("DatapointsToAlarm", Kind::Integer),
    Property::new("Dimensions", Kind::List(&DIMENSION)),
    Property::new("EvaluateLowSampleCountPercentile", Kind::Text),
    Property::required("EvaluationPeriods", Kind::Integer),
    Property::new("ExtendedStatistic", Kind::Text),
    Property::new("InsufficientDataActions", Kind::List(&Kind::Text)),
    Property::new("MetricName", Kind::Text),
    Property::new("Metrics", Kind::Json),
    Property::new("Namespace", Kind::Text),
    Property::new("OKActions", Kind::List(&Kind::Text)),
    Property::new("Period", Kind::Integer),
    Property::new("Statistic", Kind::Text),
    Property::new("Threshold", Kind::Number),
    Property::new("ThresholdMetricId", Kind::Text),
    Property::new("TreatMissingData", Kind::Text),
    Property::new("Unit", Kind::Text),
];

const PROPERTIES: &[Property] = &{
    let mut all = [Property::new("AlarmName", Kind::Text).replaces(); SETTINGS.len() + 2];
    all[1] = Property::new("Tags", TAGS);
    let mut index = 0;
    while index < SETTINGS.len() {
        all[index + 2] = SETTINGS[index];
        index += 1;
    }
    all
};

pub const TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::CloudWatch::Alarm",
    properties: PROPERTIES,
    seconds: (5, 5),
    tags: Some("Tags"),
    custom_name: Some("AlarmName"),
    identifier: Some("AlarmName"),
    create: create_alarm,
    update: update_alarm,
    delete: |hand, name, _| hand.call_unless_gone(Service::CloudWatch, "DeleteAlarms", json!({ "AlarmNames": [name] })),
    read: Some(read_alarm),
}];

fn alarm(hand: &Hand<'_>, name: &str) -> Made {
    Made::new(name, json!({ "Arn": hand.arn("cloudwatch", &format!("alarm:{name}")) }))
}

fn put(hand: &mut Hand<'_>, name: &str, properties: &Value, tags: Value) -> Outcome<()> {
    let settings = SETTINGS.iter().map(|property| (property.name.to_owned(), get(properties, property.name)));
    let mut input: Map<String, Value> = settings.collect();
    input.insert("AlarmName".to_owned(), json!(name));
    input.insert("Tags".to_owned(), tags);
    hand.call(Service::CloudWatch, "PutMetricAlarm", Value::Object(input)).map(drop)
}

fn create_alarm(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = hand.name(properties, "AlarmName", 255);
    put(hand, &name, properties, tag_list(&tags_of(properties, "Tags"), "Key", "Value"))?;
    Ok(alarm(hand, &name))
}

/// Putting an alarm again overwrites its settings and leaves its tags.
fn update_alarm(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<Made> {
    if SETTINGS.iter().any(|property| old.get(property.name) != new.get(property.name)) {
        put(hand, name, new, Value::Null)?;
    }
    let arn = hand.arn("cloudwatch", &format!("alarm:{name}"));
    let (set, gone) = tag_changes(old, new, "Tags");
    if !set.is_empty() {
        let input = json!({ "ResourceARN": arn, "Tags": tag_list(&set, "Key", "Value") });
        hand.call(Service::CloudWatch, "TagResource", input)?;
    }
    if !gone.is_empty() {
        hand.call(Service::CloudWatch, "UntagResource", json!({ "ResourceARN": arn, "TagKeys": gone }))?;
    }
    Ok(alarm(hand, name))
}

fn read_alarm(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::CloudWatch, "DescribeAlarms", json!({ "AlarmNames": [name] }))?;
    let Some(found) = answer["MetricAlarms"].as_array().and_then(|alarms| alarms.first()) else {
        let error = ServiceError::new("ResourceNotFound", format!("Alarm {name} does not exist."));
        return Err(Failure::Service(Service::CloudWatch, error));
    };
    let mut live: Map<String, Value> =
        SETTINGS.iter().map(|property| (property.name.to_owned(), get(found, property.name))).collect();
    live.insert("AlarmName".to_owned(), json!(name));
    Ok((alarm(hand, name), Value::Object(live)))
}
