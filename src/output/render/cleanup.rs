//! `cleanup`: what goes, what stays and why, before consent and afterwards.

use serde_json::Value;

use super::{Page, View, fold, hanging, notes};
use crate::output::plural;
use crate::output::table::{Table, short};
use crate::output::time;

/// The listing before consent, or the result of `--dry-run`.
pub fn listing(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = String::new();
    if document.at("plan").text("action") == "delete" {
        text += "delete the backup plan and its selection\n";
    }
    for (action, title) in
        [("delete", "Recovery points to delete:"), ("keep", "Kept:"), ("blocked", "Not to be deleted:")]
    {
        let table = points(document, action, page);
        if !table.is_empty() {
            text += &format!("\n{}\n{table}", page.style.strong(title));
        }
    }
    let rest = infrastructure(document, page);
    if !rest.is_empty() {
        text += &format!("\n{rest}");
    }
    if text.is_empty() {
        text = "Nothing to delete.\n".to_owned();
    }
    let notes = notes(document, page);
    if notes.is_empty() { text } else { format!("{text}\n{notes}") }
}

/// What was done.
pub fn result(document: &Value, page: &Page) -> String {
    let view = View(document);
    let mut text = listing(document, page);
    let left: Vec<String> = view
        .items("left_behind")
        .map(|item| item.0.as_str().map_or_else(|| item.0.to_string(), str::to_owned))
        .collect();
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

fn points(document: View<'_>, action: &str, page: &Page) -> String {
    let mut table = Table::new(page.width, ["environment", "recovery point", "of", "created", "why"]);
    for point in document.items("recovery_points").filter(|point| point.text("action") == action) {
        let result = point.text("result");
        table.row([
            point.text("environment").to_owned(),
            short(point.text("recovery_point_arn")).to_owned(),
            short(point.text("resource_arn")).to_owned(),
            time::in_table(point.text("created_at"), page.now),
            if result.is_empty() { reason(point.text("reason")).to_owned() } else { result.to_owned() },
        ]);
    }
    let remedies = document.items("recovery_points").filter(|point| point.text("action") == action);
    let remedies = remedies.filter(|point| !point.text("remedy").is_empty()).map(|point| {
        let text = format!("{}: {}", short(point.text("recovery_point_arn")), point.text("remedy"));
        fold(&text, 2, page.width)
    });
    table.render() + &remedies.collect::<String>()
}

fn reason(reason: &str) -> &str {
    match reason {
        "last-copy" => "the last copy of a database that is gone or could not be seen",
        "not-ours" => "not made by this pipeline",
        "locked" => "the vault is locked",
        "legal-hold" => "under a legal hold",
        "kept-by-flag" => "kept by a flag",
        other => other,
    }
}

fn infrastructure(document: View<'_>, page: &Page) -> String {
    let mut text = String::new();
    for (list, noun) in [("vaults", "vault"), ("stacks", "stack")] {
        for item in document.items(list).filter(|item| item.text("action") != "none") {
            let why = if item.text("reason").is_empty() {
                String::new()
            } else {
                format!(" ({})", reason(item.text("reason")))
            };
            let result =
                if item.text("result").is_empty() { String::new() } else { format!(": {}", item.text("result")) };
            let action = if item.text("action") == "blocked" { "do not delete" } else { item.text("action") };
            let (place, name) = (item.text("environment"), item.text("name"));
            text += &hanging(&format!("{place}: {action} {noun} {name}{why}{result}"), 0, page);
        }
    }
    for key in document.items("keys") {
        let what = match key.text("action") {
            "schedule-deletion" => "schedule the deletion of key",
            "blocked" => "do not delete key",
            _ => "keep key",
        };
        let date = time::parse(key.text("deletion_date"))
            .map(|_| format!(", gone at {}", time::in_table(key.text("deletion_date"), page.now)))
            .unwrap_or_default();
        let uses = uses(key);
        let (place, arn) = (key.text("environment"), short(key.text("arn")));
        text += &hanging(&format!("{place}: {what} {arn}{date}{uses}"), 0, page);
    }
    text
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
            "plan": {"action": "delete", "result": null},
            "recovery_points": [point("delete", Value::Null), point("blocked", json!("last-copy"))],
            "vaults": [{"environment": "source", "name": "v", "action": "delete", "result": null}],
            "stacks": [{"environment": "source", "name": "s", "action": "blocked", "reason": "not-ours", "result": null}],
            "keys": [{"environment": "source", "arn": "arn:aws:kms:us-east-1:111111111111:key/1", "action": "schedule-deletion",
                "used_by": [], "deletion_date": "2026-02-04T09:30:00Z"}]
        });
        let text = listing(&document, &tests_page());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        for part in [
            "delete the backup plan and its selection\n",
            "Recovery points to delete:",
            "Not to be deleted:",
            "source: delete vault v\n",
            "source: do not delete stack s (not made by this pipeline)\n",
            "source: schedule the deletion of key key/1, gone at 2026-02-04 09:30Z (in 30d)\n",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    }
}
