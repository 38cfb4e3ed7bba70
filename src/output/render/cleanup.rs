//! `cleanup`: what goes, what stays and why, before consent and afterwards.

use serde_json::Value;

use super::{Page, View, fold, hanging, notes};
use crate::output::plural;
use crate::output::table::short;
use crate::output::time;

/// The listing before consent.
pub fn listing(document: &Value, page: &Page) -> String {
    let document = View(document);
    with_notes(list(document, Told::Before, page), document, page)
}

/// Whether the listing before consent was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It was, with its notes.
    Shown,
    /// Nobody was asked.
    NotShown,
}

/// Whether it is told before or after.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Before,
    Afterwards,
}

fn list(document: View<'_>, told: Told, page: &Page) -> String {
    let mut text = String::new();
    text += &plans(document, told, page);
    let meant = if told == Told::Before { "Recovery points to delete:" } else { "Recovery points that were to go:" };
    for (action, title) in [("delete", meant), ("keep", "Kept:"), ("blocked", "Not to be deleted:")] {
        let points = points(document, action, page);
        if !points.is_empty() {
            text += &format!("\n{}\n{points}", page.style.strong(title));
        }
    }
    let rest = infrastructure(document, told, page);
    if !rest.is_empty() {
        text += &format!("\n{rest}");
    }
    if text.is_empty() {
        text = "Nothing to delete.\n".to_owned();
    }
    text.trim_start_matches('\n').to_owned()
}

fn with_notes(text: String, document: View<'_>, page: &Page) -> String {
    let notes = notes(document, page);
    if notes.is_empty() { text } else { format!("{text}\n{notes}") }
}

/// What was done, or what a dry run says.
pub fn result(document: &Value, before: Listing, page: &Page) -> String {
    let view = View(document);
    let told = if view.is("dry_run") { Told::Before } else { Told::Afterwards };
    let mut text = list(view, told, page);
    if before == Listing::NotShown {
        text = with_notes(text, view, page);
    }
    let left: Vec<&str> = view.items("left_behind").filter_map(|item| item.0.as_str()).collect();
    if !left.is_empty() {
        text += &format!("\nLeft behind:\n{}", left.iter().map(|item| format!("  {item}\n")).collect::<String>());
    }
    let summary = view.at("summary");
    let count = |word: &str| summary.number(word);
    let meant = view.items("recovery_points").filter(|point| point.text("action") == "delete").count() as u64;
    let (deleted, verb) = if view.is("dry_run") { (meant, "to delete") } else { (count("deleted"), "deleted") };
    text + &format!(
        "\nRecovery points: {deleted} {verb}, {} failed, {} kept, {} blocked, {} pending.\n",
        count("failed"),
        count("kept"),
        count("blocked"),
        count("pending")
    )
}

/// The plans: each that goes, and each that stands in the way with what adopts and what deletes it.
fn plans(document: View<'_>, told: Told, page: &Page) -> String {
    let mut text = String::new();
    for plan in document.items("plans") {
        let (place, name, id) = (plan.text("environment"), plan.text("name"), plan.text("id"));
        match plan.text("action") {
            "delete" => {
                let became = outcome(plan.text("result"), told);
                text += &hanging(&format!("{place}: delete backup plan {name} and its selections{became}"), 0, page);
            }
            "blocked" => {
                let why = plan.text("reason");
                text += &hanging(&format!("{place}: do not delete backup plan {name} ({id}): {why}"), 0, page);
                text += &fold(&format!("its tags: {}", tags(plan)), 2, page.width);
                let commands: Vec<&str> = plan.items("commands").filter_map(|command| command.0.as_str()).collect();
                if let [adopt, delete @ ..] = &commands[..] {
                    text += &format!("  to adopt it:\n    {adopt}\n  to delete it:\n");
                    text += &delete.iter().map(|command| format!("    {command}\n")).collect::<String>();
                }
            }
            _ => {}
        }
    }
    text
}

/// A plan's tags.
fn tags(plan: View<'_>) -> String {
    let tags = plan.entries("tags").map(|(key, value)| format!("{key}={}", value.0.as_str().unwrap_or_default()));
    let tags: Vec<String> = tags.collect();
    if tags.is_empty() { "none".to_owned() } else { tags.join(", ") }
}

/// What became of something that was to go.
fn outcome(result: &str, told: Told) -> String {
    match (result, told) {
        ("", Told::Before) => String::new(),
        ("", Told::Afterwards) => ": not deleted".to_owned(),
        (result, _) => format!(": {result}"),
    }
}

/// Each recovery point with why it stays or what became of it, and under it what it is called and what would free it.
fn points(document: View<'_>, action: &str, page: &Page) -> String {
    let mut text = String::new();
    for point in document.items("recovery_points").filter(|point| point.text("action") == action) {
        let (place, of) = (point.text("environment"), short(point.text("resource_arn")));
        let created = time::in_table(point.text("created_at"), page.now);
        let reason = reason(point.text("reason"), point.text("database_id"));
        let what = if point.text("result").is_empty() { reason.as_str() } else { point.text("result") };
        let what = if what.is_empty() { String::new() } else { format!(": {what}") };
        text += &hanging(&format!("{place}: {of}, {created}{what}"), 0, page);
        text += &format!("  {}\n", short(point.text("recovery_point_arn")));
        if !point.text("remedy").is_empty() {
            text += &fold(point.text("remedy"), 2, page.width);
        }
    }
    text
}

fn reason(reason: &str, database: &str) -> String {
    let text = match reason {
        "last-copy" if database.is_empty() => {
            "nothing says which database it is of, so it may be the last copy of one that is gone; only \
             `--include-last-copy` deletes it"
        }
        "last-copy" => {
            return format!(
                "the last copy of {database}, a database that is gone or could not be seen; only `--include-last-copy` \
                 deletes it"
            );
        }
        "not-ours" => "neither stack nor plan shows that this pipeline made it",
        "denied" => "a policy refuses its deletion",
        "locked" => "the vault is locked",
        "legal-hold" => "under a legal hold",
        "kept-by-flag" => "kept by a flag",
        other => other,
    };
    text.to_owned()
}

fn infrastructure(document: View<'_>, told: Told, page: &Page) -> String {
    let mut text = String::new();
    for lock in document.items("locks").filter(|lock| lock.text("action") == "delete") {
        let (place, vault) = (lock.text("environment"), lock.text("vault"));
        let became = outcome(lock.text("result"), told);
        text += &hanging(&format!("{place}: take the lock off vault {vault}{became}"), 0, page);
    }
    for (list, noun) in [("vaults", "vault"), ("stacks", "stack")] {
        for item in document.items(list).filter(|item| item.text("action") != "none") {
            let (place, name) = (item.text("environment"), item.text("name"));
            let why = why(document, item);
            let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
            let (action, became) = match item.text("action") {
                "delete" => ("delete", outcome(item.text("result"), told)),
                "blocked" => ("do not delete", String::new()),
                action => (action, String::new()),
            };
            text += &hanging(&format!("{place}: {action} {noun} {name}{why}{became}"), 0, page);
            if !item.text("remedy").is_empty() {
                text += &fold(item.text("remedy"), 2, page.width);
            }
        }
    }
    for key in document.items("keys") {
        let date = time::parse(key.text("deletion_date")).map(|_| time::in_table(key.text("deletion_date"), page.now));
        let date = date.map(|date| format!("gone at {date}"));
        let (what, became) = match (key.text("action"), date) {
            ("schedule-deletion", Some(date)) => ("schedule the deletion of", format!(", {date}")),
            ("schedule-deletion", None) if told == Told::Afterwards => {
                ("schedule the deletion of", ": not done".to_owned())
            }
            ("schedule-deletion", None) => ("schedule the deletion of", String::new()),
            ("blocked", _) => ("do not delete", String::new()),
            (_, Some(date)) => ("leave", format!(", whose deletion is scheduled, {date}")),
            (_, None) => ("keep", String::new()),
        };
        let (place, arn) = (key.text("environment"), short(key.text("arn")));
        text += &hanging(&format!("{place}: {what} {arn}{became}{}", uses(key)), 0, page);
    }
    text
}

/// Why a vault or a stack stays. It is told with the stack, and of a vault without one with the vault.
fn why<'a>(document: View<'a>, item: View<'a>) -> &'a str {
    let of_the_stack = || {
        let stack = document.items("stacks").find(|stack| stack.text("environment") == item.text("environment"));
        stack.filter(|stack| stack.text("action") == "none").map_or("", |stack| stack.text("reason"))
    };
    if item.at("reason").is_null() { of_the_stack() } else { item.text("reason") }
}

/// By what a key is used, and what could not be looked at.
fn uses(key: View<'_>) -> String {
    let (mut seen, mut unseen) = (Vec::new(), Vec::new());
    for text in key.items("used_by").filter_map(|item| item.0.as_str()) {
        match text.strip_prefix("unseen: ") {
            Some(why) => unseen.push(why.to_owned()),
            None => seen.push(text.to_owned()),
        }
    }
    let mut text = String::new();
    if !seen.is_empty() {
        text += &format!(", used by {}", plural::list(&seen));
    }
    if !unseen.is_empty() {
        text += &format!(", whose uses could not be looked at: {}", plural::list(&unseen));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::render::tests_page;

    #[test]
    fn what_goes_and_what_stays_is_listed_with_its_reason() {
        let point = |action: &str, reason: Value| {
            json!({"environment": "destination", "recovery_point_arn": "arn:aws:backup:us-west-2:222222222222:recovery-point:1",
                "resource_arn": "arn:aws:rds:us-east-1:111111111111:db:orders", "created_at": "2026-01-05T05:00:00Z",
                "action": action, "reason": reason, "result": null})
        };
        let document = json!({
            "plans": [
                {"environment": "source", "id": "1", "name": "daily", "action": "delete", "result": null},
                {"environment": "source", "id": "2", "name": "other", "tags": {"team": "a"}, "action": "blocked",
                    "reason": "it lacks this pipeline's tag", "commands": ["aws adopt", "aws delete"], "result": null},
            ],
            "recovery_points": [point("delete", Value::Null), point("blocked", json!("last-copy"))],
            "vaults": [{"environment": "source", "name": "v", "action": "delete", "result": null}],
            "stacks": [{"environment": "source", "name": "s", "action": "blocked", "reason": "the vault keeps 1 recovery point", "result": null}],
            "keys": [{"environment": "source", "arn": "arn:aws:kms:us-east-1:111111111111:key/1", "action": "schedule-deletion",
                "used_by": [], "deletion_date": "2026-02-04T09:30:00Z"}]
        });
        let text = listing(&document, &tests_page());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        for part in [
            "source: delete backup plan daily and its selections\n",
            "source: do not delete backup plan other (2): it lacks this pipeline's tag\n",
            "  to adopt it:\n    aws adopt\n  to delete it:\n    aws delete\n",
            "Recovery points to delete:",
            "Not to be deleted:",
            "source: delete vault v\n",
            "source: do not delete stack s (the vault keeps 1 recovery point)\n",
            "source: schedule the deletion of key/1, gone at 2026-02-04 09:30Z (in 30d)\n",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    }
}
