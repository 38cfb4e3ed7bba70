//! From datapoints to an alarm's state.
//!
//! Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data" (the rules and the tables that
//! the tests hold), and "Alarm evaluation".

use super::state::{AlarmState, Comparison, MissingData, Settings};

/// A state, and why.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub(super) state: AlarmState,
    pub(super) reason: String,
    /// The datapoints that counted, newest first.
    pub(super) datapoints: Vec<f64>,
}

/// Judges the datapoints of the evaluation range, newest first.
pub(super) fn judge(settings: &Settings, current: AlarmState, datapoints: &[Option<f64>]) -> Verdict {
    let periods = usize::try_from(settings.evaluation_periods).unwrap_or_default();
    let needed = settings.datapoints_to_alarm.and_then(|count| usize::try_from(count).ok()).unwrap_or(periods);
    let known: Vec<f64> = datapoints.iter().copied().flatten().take(periods).collect();
    let breaching = known.iter().filter(|value| breaches(settings, **value)).count();
    // No more is filled in than lacks.
    let filled = periods - known.len();
    let missing = settings.treat_missing_data.unwrap_or_default();
    let is_alarm = match missing {
        _ if filled == 0 => breaching >= needed,
        MissingData::Breaching => breaching + filled >= needed,
        MissingData::NotBreaching => breaching >= needed,
        MissingData::Ignore => return verdict(settings, current, filled, known),
        MissingData::Missing if known.is_empty() => {
            return verdict(settings, AlarmState::InsufficientData, filled, known);
        }
        MissingData::Missing => breaching >= needed || is_old_enough(settings, datapoints, needed),
    };
    let state = if is_alarm { AlarmState::Alarm } else { AlarmState::Ok };
    verdict(settings, state, filled, known)
}

/// The oldest breaching datapoint is as old as the datapoints that it takes, and all that came later breaches or is
/// missing: the alarm does not wait for more (the same page, "Avoiding premature transitions to alarm state").
fn is_old_enough(settings: &Settings, datapoints: &[Option<f64>], needed: usize) -> bool {
    let is_breaching = |point: &Option<f64>| point.is_some_and(|value| breaches(settings, value));
    let oldest = datapoints.iter().rposition(is_breaching);
    oldest.is_some_and(|oldest| {
        oldest + 1 >= needed && datapoints[..oldest].iter().all(|point| point.is_none() || is_breaching(point))
    })
}

fn breaches(settings: &Settings, value: f64) -> bool {
    match settings.comparison_operator {
        Comparison::GreaterThanOrEqualToThreshold => value >= settings.threshold,
        Comparison::GreaterThanThreshold => value > settings.threshold,
        Comparison::LessThanThreshold => value < settings.threshold,
        Comparison::LessThanOrEqualToThreshold => value <= settings.threshold,
    }
}

fn verdict(settings: &Settings, state: AlarmState, filled: usize, datapoints: Vec<f64>) -> Verdict {
    let comparison = match settings.comparison_operator {
        Comparison::GreaterThanOrEqualToThreshold => "greater than or equal to",
        Comparison::GreaterThanThreshold => "greater than",
        Comparison::LessThanThreshold => "less than",
        Comparison::LessThanOrEqualToThreshold => "less than or equal to",
    };
    let of = |count: usize| if count == 1 { "1 datapoint".to_owned() } else { format!("{count} datapoints") };
    let threshold = settings.threshold;
    let not = if state == AlarmState::Alarm { "" } else { "not " };
    let (was, were) = (|count: usize| if count == 1 { "was" } else { "were" }, datapoints.len());
    let reason = if state == AlarmState::InsufficientData {
        format!("Insufficient Data: {} {} unknown.", of(filled), was(filled))
    } else if datapoints.is_empty() {
        let treated = if state == AlarmState::Alarm { "Breaching" } else { "NonBreaching" };
        format!(
            "Threshold Crossed: no datapoints were received for {} and {} missing {} treated as [{treated}].",
            if filled == 1 { "1 period".to_owned() } else { format!("{filled} periods") },
            of(filled),
            was(filled)
        )
    } else {
        let values: Vec<String> = datapoints.iter().map(|value| format!("{value:?}")).collect();
        format!(
            "Threshold Crossed: {} [{}] {} {not}{comparison} the threshold ({threshold:?}).",
            of(were),
            values.join(", "),
            was(were)
        )
    };
    Verdict { state, reason, datapoints }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(treated: &str) -> Settings {
        serde_json::from_value(json!({
            "MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3,
            "DatapointsToAlarm": 3, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": treated,
        }))
        .expect("settings")
    }

    /// The guide's table for three of three, oldest first: `0` within, `X` breaching, `-` missing; "kept" is the
    /// current state.
    #[test]
    fn the_guides_table_of_three_out_of_three() {
        let table = [
            ("0 - X - X", ["OK", "OK", "OK", "OK"]),
            ("0 - - - -", ["OK", "kept", "OK", "OK"]),
            ("- - - - -", ["INSUFFICIENT_DATA", "kept", "ALARM", "OK"]),
            ("0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("- - X - -", ["ALARM", "kept", "ALARM", "OK"]),
        ];
        for (points, expected) in table {
            let oldest_first = points.split(' ').map(|point| match point {
                "0" => Some(0.0),
                "X" => Some(1.0),
                _ => None,
            });
            let mut datapoints: Vec<Option<f64>> = oldest_first.collect();
            datapoints.reverse();
            for (treated, expected) in ["missing", "ignore", "breaching", "notBreaching"].into_iter().zip(expected) {
                for current in [AlarmState::Ok, AlarmState::Alarm] {
                    let verdict = judge(&settings(treated), current, &datapoints);
                    let expected = if expected == "kept" { current.as_str() } else { expected };
                    assert_eq!(verdict.state.as_str(), expected, "{points} {treated}: {}", verdict.reason);
                }
            }
        }
    }
}
