//! `copy`: each recovery point, its route and its hops.

use std::time::Duration;

use serde_json::Value;

use super::{Page, View, fold, hanging, why_skipped};
use crate::output::plural;
use crate::output::table::short;
use crate::output::time;

/// What became of each recovery point.
pub fn result(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = String::new();
    for copy in document.items("copies") {
        text += &one(copy, page);
    }
    text + &summary(document)
}

fn one(copy: View<'_>, page: &Page) -> String {
    let state = match copy.text("state") {
        state @ ("completed" | "already-copied") => page.style.good(state),
        state @ ("failed" | "refused") => page.style.bad(state),
        state => page.style.warn(state),
    };
    let mut text = format!("{}: {state}\n", page.style.strong(short(copy.text("resource_arn"))));
    text += &format!("  {}\n", copy.text("recovery_point_arn"));
    let reason = copy.at("route").text("reason");
    if !reason.is_empty() {
        text += &fold(reason, 2, page.width);
    }
    for hop in copy.items("hops") {
        text += &one_hop(hop, page);
    }
    if !copy.text("failure").is_empty() {
        text += &fold(copy.text("failure"), 2, page.width);
    }
    let arrived = copy.text("destination_recovery_point_arn");
    if !arrived.is_empty() {
        text += &format!("  arrived as {arrived}\n");
    }
    text
}

fn one_hop(hop: View<'_>, page: &Page) -> String {
    let state = match (hop.text("state"), hop.text("action")) {
        ("", "skip") if hop.at("diagnosis").is_null() => "already there",
        ("", "skip") => "not started",
        ("", "attach") => "the plan's own copy, which has not begun",
        ("", _) if hop.at("prediction").at("allowed").0.as_bool() == Some(false) => "planned, and AWS will refuse it",
        ("", _) => "planned",
        (state, _) => state,
    };
    let mut facts = vec![state.to_owned()];
    if hop.text("action") == "attach" && !hop.text("state").is_empty() {
        facts.push("was running already".to_owned());
    }
    let (started, ended) = (time::parse(hop.text("started_at")), time::parse(hop.text("completed_at")));
    if let (Some(started), Some(ended)) = (started, ended) {
        let seconds = (ended - started).num_seconds().max(0).unsigned_abs();
        facts.push(format!("took {}", time::span(Duration::from_secs(seconds))));
    }
    match hop.at("key_verified").0.as_bool() {
        Some(true) => facts.push("under the expected key".to_owned()),
        Some(false) if state == "COMPLETED" => facts.push(wrong_key(hop).to_owned()),
        _ => {}
    }
    if let Some(delete_at) = time::parse(hop.text("delete_at")) {
        facts.push(format!("to be deleted {}", time::age(delete_at, page.now)));
    }
    let mut text = hanging(&format!("{} -> {}: {}", hop.text("from"), hop.text("to"), facts.join(", ")), 2, page);
    if !hop.text("status_message").is_empty() {
        text += &fold(&format!("AWS says: {}", hop.text("status_message")), 4, page.width);
    }
    text += &last_attempt(hop.at("last_attempt"), page);
    for check in hop.at("prediction").items("skipped") {
        let Some(why) = why_skipped(check) else { continue };
        text += &fold(&format!("not looked at: {} ({why})", check.text("check")), 4, page.width);
    }
    let diagnosis = hop.at("diagnosis");
    for reason in hop.at("prediction").items("reasons").chain((!diagnosis.is_null()).then_some(diagnosis)) {
        text += &fold(&format!("{}: {}", reason.text("check"), reason.text("message")), 4, page.width);
        text += &fold(&format!("remedy: {}", reason.text("remedy")), 4, page.width);
        for command in reason.items("commands") {
            text += &format!("      {}\n", command.0.as_str().unwrap_or_default());
        }
    }
    text
}

/// What became of the attempt before the one that is planned.
fn last_attempt(last: View<'_>, page: &Page) -> String {
    if last.is_null() {
        return String::new();
    }
    let when = time::parse(last.text("completed_at"));
    let when = when.map(|when| format!(" {}", time::age(when, page.now))).unwrap_or_default();
    let why = last.text("status_message");
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    let likely: Vec<&str> = last.at("likely").0.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let likely = if likely.is_empty() { String::new() } else { format!(" (likely {})", likely.join(" or ")) };
    let state = last.text("state");
    fold(
        &format!("last attempt: copy job {} ended{when} in {state}{why}{likely}", last.text("copy_job_id")),
        4,
        page.width,
    )
}

/// What is said of a copy whose key is not seen to be the expected one.
fn wrong_key(hop: View<'_>) -> &'static str {
    if hop.text("action") != "skip" && hop.at("diagnosis").is_null() {
        "whose key was not verified"
    } else {
        "under another key than expected"
    }
}

fn summary(document: View<'_>) -> String {
    let summary = document.at("summary");
    let words = ["completed", "already_copied", "running", "failed", "refused"];
    let running = if document.is("dry_run") { "planned" } else { "running" };
    let parts: Vec<String> = words
        .iter()
        .filter(|word| summary.number(word) > 0)
        .map(|word| {
            let shown = if *word == "running" { running.to_owned() } else { word.replace('_', " ") };
            format!("{} {shown}", summary.number(word))
        })
        .collect();
    if parts.is_empty() { "No recovery point to copy.\n".to_owned() } else { format!("{}.\n", plural::list(&parts)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::render::tests_page;

    #[test]
    fn a_hop_says_how_it_went_and_what_aws_said() {
        let document = json!({
            "copies": [{"recovery_point_arn": "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1",
                "resource_arn": "arn:aws:rds:us-east-1:111111111111:db:orders", "state": "failed",
                "route": {"hops": 2, "reason": "encrypted with aws/rds"}, "destination_recovery_point_arn": null,
                "hops": [
                    {"from": "source", "to": "intermediate", "action": "attach", "state": "COMPLETED", "key_verified": true,
                     "started_at": "2026-01-05T06:00:00Z", "completed_at": "2026-01-05T07:10:00Z", "delete_at": "2026-01-12T09:30:00Z",
                     "prediction": {"allowed": true, "reasons": []}, "diagnosis": null},
                    {"from": "intermediate", "to": "destination", "action": "start", "state": "FAILED", "key_verified": false,
                     "status_message": "The source snapshot KMS key does not exist", "prediction": null,
                     "diagnosis": {"check": "key-policy-denies", "message": "the key policy denies it", "remedy": "backupctl bootstrap"}}]}],
            "summary": {"completed": 0, "already_copied": 0, "running": 0, "failed": 1, "refused": 0}
        });
        assert_eq!(
            result(&document, &tests_page()),
            "db:orders: failed\n\
             \x20 arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1\n\
             \x20 encrypted with aws/rds\n\
             \x20 source -> intermediate: COMPLETED, was running already, took 1h 10m, under\n\
             \x20   the expected key, to be deleted in 7d\n\
             \x20 intermediate -> destination: FAILED\n\
             \x20   AWS says: The source snapshot KMS key does not exist\n\
             \x20   key-policy-denies: the key policy denies it\n\
             \x20   remedy: backupctl bootstrap\n\
             1 failed.\n"
        );
    }
}
