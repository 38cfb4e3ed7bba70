//! What CloudWatch keeps in one place: alarms by name, and the metrics that they read.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::world::Moment;

/// What exists in one place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) alarms: BTreeMap<String, Alarm>,
    /// Keyed by [`metric_key`] of each.
    pub(super) series: BTreeMap<String, Series>,
    pub(super) is_ticking: bool,
}

/// One alarm.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Alarm {
    pub(super) settings: Settings,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) configured: Moment,
    pub(super) state: AlarmState,
    pub(super) reason: String,
    pub(super) reason_data: Option<String>,
    pub(super) updated: Moment,
    /// When the state was another one last.
    pub(super) turned: Moment,
}

/// How an alarm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum AlarmState {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "ALARM")]
    Alarm,
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl AlarmState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            AlarmState::Ok => "OK",
            AlarmState::Alarm => "ALARM",
            AlarmState::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

fn yes() -> bool {
    true
}

/// How an alarm was put, by the names of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Settings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) alarm_description: Option<String>,
    #[serde(default = "yes")]
    pub(super) actions_enabled: bool,
    #[serde(rename = "OKActions", default)]
    pub(super) ok_actions: Vec<String>,
    #[serde(default)]
    pub(super) alarm_actions: Vec<String>,
    #[serde(default)]
    pub(super) insufficient_data_actions: Vec<String>,
    pub(super) metric_name: String,
    pub(super) namespace: String,
    pub(super) statistic: Statistic,
    #[serde(default)]
    pub(super) dimensions: Vec<Dimension>,
    pub(super) period: i64,
    pub(super) evaluation_periods: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) datapoints_to_alarm: Option<i64>,
    pub(super) threshold: f64,
    pub(super) comparison_operator: Comparison,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) treat_missing_data: Option<MissingData>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Statistic {
    SampleCount,
    Average,
    Sum,
    Minimum,
    Maximum,
}

/// The comparisons with a fixed threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::enum_variant_names, reason = "the API's own words")]
pub(super) enum Comparison {
    GreaterThanOrEqualToThreshold,
    GreaterThanThreshold,
    LessThanThreshold,
    LessThanOrEqualToThreshold,
}

/// What is made of minutes without data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum MissingData {
    Breaching,
    NotBreaching,
    Ignore,
    #[default]
    Missing,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Dimension {
    pub(super) name: String,
    pub(super) value: String,
}

/// One metric's data by the minute, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Series {
    pub(super) minutes: VecDeque<Minute>,
    /// Until when a queue counts as active.
    pub(super) active_until: Option<Moment>,
}

/// What came in one minute.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Minute {
    pub(super) at: Moment,
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Settings {
    /// The metric that it reads.
    pub(super) fn metric(&self) -> String {
        metric_key(&self.namespace, &self.metric_name, &self.dimensions)
    }

    /// How many of the last periods are looked at. "The exact number of data points it attempts to retrieve depends on
    /// the length of the alarm period and whether it is based on a metric with standard resolution or high resolution":
    /// in every example there are two more than the evaluation periods (Amazon CloudWatch User Guide, "Configuring how
    /// CloudWatch alarms treat missing data").
    pub(super) fn evaluation_range(&self) -> usize {
        usize::try_from(self.evaluation_periods).unwrap_or_default() + 2
    }
}

impl State {
    pub(super) fn names(&self) -> Vec<String> {
        self.alarms.keys().cloned().collect()
    }

    /// Over how many seconds a metric is looked at; none where no alarm reads it.
    pub(super) fn looked_at(&self, metric: &str) -> Option<i64> {
        let readers = self.alarms.values().map(|alarm| &alarm.settings).filter(|settings| settings.metric() == metric);
        readers.map(|settings| settings.period * i64::try_from(settings.evaluation_range()).unwrap_or_default()).max()
    }

    /// The last datapoints of an alarm's metric, newest first.
    pub(super) fn datapoints(&self, settings: &Settings, end: Moment, range: usize) -> Vec<Option<f64>> {
        let minutes = self.series.get(&settings.metric()).map(|series| &series.minutes);
        let newest_first = (0_i64..).take(range);
        let window = newest_first.map(|index| {
            let until = end.plus_seconds(-index * settings.period);
            let from = until.plus_seconds(-settings.period);
            let within = minutes.into_iter().flatten().filter(|minute| minute.at >= from && minute.at < until);
            let total = within.copied().reduce(|one, other| Minute {
                at: one.at,
                count: one.count + other.count,
                sum: one.sum + other.sum,
                least: one.least.min(other.least),
                most: one.most.max(other.most),
            })?;
            Some(match settings.statistic {
                Statistic::SampleCount => total.count,
                Statistic::Average => total.sum / total.count,
                Statistic::Sum => total.sum,
                Statistic::Minimum => total.least,
                Statistic::Maximum => total.most,
            })
        });
        window.collect()
    }
}

/// A metric's identity: its namespace, its name and all of its dimensions, whose order does not count.
pub(super) fn metric_key(namespace: &str, name: &str, dimensions: &[Dimension]) -> String {
    let mut sorted: Vec<&Dimension> = dimensions.iter().collect();
    sorted.sort();
    let dimensions = sorted.iter().map(|one| format!(" {}={}", one.name, one.value));
    format!("{namespace} {name}{}", dimensions.collect::<String>())
}
