//! An event as one line, for people or for machines.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::style::Style;
use super::table::short;
use super::time;
use crate::operations::Event;

/// The line for a person: the time of the run's clock, then what happened.
pub fn line(event: &Event, at: SystemTime, style: Style) -> String {
    let clock = DateTime::<Utc>::from(at).format("%H:%M:%SZ").to_string();
    format!("{}  {}", style.faint(&clock), text(event, style))
}

/// What happened, in words.
pub fn text(event: &Event, style: Style) -> String {
    match event {
        Event::Step { message } => format!("{message} …"),
        Event::StepDone { message } => style.good(message),
        Event::Note { message } => format!("{} {message}", style.warn("note:")),
        Event::Stack { environment, logical_id, resource_type, status, reason } => {
            let painted = match status.as_str() {
                failed if failed.contains("FAILED") || failed.contains("ROLLBACK") => style.bad(status),
                done if done.ends_with("_COMPLETE") => style.good(status),
                _ => status.clone(),
            };
            let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{environment}: {resource_type} {logical_id} {painted}{reason}")
        }
        Event::CopyJob { environment, copy_job_id, resource_arn, state } => {
            format!("{environment}: copy of {} {state} (copy job {copy_job_id})", short(resource_arn))
        }
        Event::RecoveryPoint { environment, recovery_point_arn, result } => {
            format!("{environment}: {} {result}", short(recovery_point_arn))
        }
        Event::Unselected { environment } => {
            style.warn(&format!("The backup plan selects nothing any more ({environment})"))
        }
        Event::Paused { environment } => style.warn(&format!("The event path is paused ({environment})")),
        Event::Waiting { what, until, .. } => match until {
            Some(until) => format!("waiting for {what}, until {} at most", until.format("%Y-%m-%d %H:%MZ")),
            None => format!("waiting for {what}"),
        },
    }
}

/// The line for a machine: one JSON object with `at`, `elapsed_seconds` and the event's own fields.
pub fn ndjson(event: &Event, at: SystemTime, started: SystemTime) -> String {
    let mut object = Map::new();
    object.insert("at".into(), time::rfc3339(at).into());
    let elapsed = at.duration_since(started).unwrap_or_default().as_secs();
    object.insert("elapsed_seconds".into(), elapsed.into());
    if let Ok(Value::Object(fields)) = serde_json::to_value(event) {
        object.extend(fields);
    }
    Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::pipeline::EnvironmentName;

    fn stack() -> Event {
        Event::Stack {
            environment: EnvironmentName::Source,
            logical_id: "Key".into(),
            resource_type: "AWS::KMS::Key".into(),
            status: "CREATE_FAILED".into(),
            reason: Some("no".into()),
        }
    }

    #[test]
    fn a_line_begins_with_the_runs_clock() {
        let at = UNIX_EPOCH + Duration::from_secs(1_767_592_805);
        assert_eq!(line(&stack(), at, Style::PLAIN), "06:00:05Z  source: AWS::KMS::Key Key CREATE_FAILED: no");
    }

    #[test]
    fn a_machine_gets_the_events_own_fields() {
        let started = UNIX_EPOCH + Duration::from_secs(1_767_592_800);
        let text = ndjson(&stack(), started + Duration::from_secs(5), started);
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["at"], "2026-01-05T06:00:05Z");
        assert_eq!(value["elapsed_seconds"], 5);
        assert_eq!(value["event"], "stack");
        assert_eq!(value["environment"], "source");
        assert!(!text.contains('\n'));
    }

    #[test]
    fn each_event_is_a_line() {
        let environment = EnvironmentName::Destination;
        let resource_arn = || "arn:aws:rds:us-east-1:111111111111:db:orders".to_owned();
        let waiting = |until| Event::Waiting { what: "copy job 0A1B".into(), until, resume: "backupctl copy".into() };
        let events = [
            Event::Step { message: "Looking for databases".into() },
            Event::StepDone { message: "Found 1 database".into() },
            Event::Note { message: "an answer came late".into() },
            stack(),
            Event::CopyJob {
                environment,
                copy_job_id: "0A1B".into(),
                resource_arn: resource_arn(),
                state: "RUNNING".into(),
            },
            Event::RecoveryPoint { environment, recovery_point_arn: resource_arn(), result: "deleted".into() },
            Event::Unselected { environment },
            Event::Paused { environment },
            waiting(None),
            waiting(Some(DateTime::UNIX_EPOCH)),
        ];
        let lines = events.map(|event| line(&event, UNIX_EPOCH, Style::PLAIN));
        insta::assert_snapshot!(lines.join("\n"));
    }
}
