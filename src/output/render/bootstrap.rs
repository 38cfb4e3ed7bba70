//! `bootstrap`: what will change, and what was done.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::{Page, View, fold, notes};
use crate::output::style::Style;
use crate::pipeline::environment::EnvironmentName;

/// Lines of a difference that are shown around what differs.
const AROUND: usize = 2;

/// The differences, before consent or for `--dry-run`.
pub fn changes(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = String::new();
    for environment in document.items("environments") {
        text += &stack_changes(environment, page);
    }
    for setting in document.items("settings") {
        if setting.text("action") != "none" {
            let (place, environment) = (setting.text("turned_on_in"), setting.text("environment"));
            let whose = if place == environment { String::new() } else { format!(" (for {environment})") };
            text += &format!("{place}: {} {}{whose}\n", setting.text("action"), setting.text("setting"));
        }
    }
    text += &plan(document, page);
    if text.is_empty() {
        text = "Nothing to change.\n".to_owned();
    }
    text + &notes(document, page)
}

/// What stands now.
pub fn result(document: &Value, page: &Page) -> String {
    let view = View(document);
    if view.is("dry_run") {
        return changes(document, page);
    }
    let mut text = String::new();
    for environment in view.items("environments") {
        let stack = environment.at("stack");
        let end = format!(": {}", status(stack.text("status"), page.style));
        let plain_end = format!(": {}", status(stack.text("status"), Style::PLAIN));
        text += &headed(environment, &format!("stack {}", stack.text("name")), &end, &plain_end, page);
        if !stack.text("failure").is_empty() {
            text += &fold(stack.text("failure"), 2, page.width);
        }
        for (name, value) in stack.entries("outputs") {
            if matches!(name, "VaultArn" | "KeyArn" | "FunctionArn" | "CopyRoleArn") {
                text += &format!("  {name:<12} {}\n", value.0.as_str().unwrap_or_default());
            }
        }
    }
    text += &plan_stands(view);
    text += &notes(view, page);
    text + &stands(view)
}

/// What stands in the end: a run that was asked for a part says nothing of the rest.
fn stands(view: View<'_>) -> String {
    let is_whole = view.items("environments").count() == EnvironmentName::ALL.len() && !view.at("plan").is_null();
    let what = if is_whole { "The pipeline is deployed" } else { "Everything requested is deployed" };
    if view.is("changed") {
        format!("{what}.\n\nnext: `backupctl doctor` evaluates every call that its copies will make\n")
    } else {
        format!("{what}; nothing had to be changed.\n")
    }
}

fn stack_changes(environment: View<'_>, page: &Page) -> String {
    let stack = environment.at("stack");
    let action = stack.text("action");
    if action == "none" {
        return String::new();
    }
    let verb = match action {
        "import" => "adopt vault and key into",
        "continue-rollback" => "continue the rollback of",
        "wait" => "wait for",
        "blocked" => "leave alone",
        other => other,
    };
    let mut text = headed(environment, &format!("{verb} stack {}", stack.text("name")), "", "", page);
    for why in ["reason", "failure"] {
        if !stack.text(why).is_empty() {
            text += &fold(stack.text(why), 2, page.width);
        }
    }
    for change in stack.items("changes") {
        text += &resource_change(change, page);
    }
    for repair in stack.items("repairs") {
        text += &format!("  ! {}\n", repair.0.as_str().unwrap_or_default());
    }
    text
}

fn resource_change(change: View<'_>, page: &Page) -> String {
    let (sign, word) = match change.text("action") {
        "Add" => ("+", ""),
        "Import" => ("=", "  is adopted"),
        "Remove" => ("-", "  is removed"),
        "SyncWithActual" => ("=", "  is as the template says"),
        _ => (">", ""),
    };
    let kept = ["AWS::Backup::BackupVault", "AWS::KMS::Key"].contains(&change.text("resource_type"));
    let replacement = match change.text("replacement") {
        "True" => "  is replaced",
        // What AWS says of a vault whose key is modified in place.
        "Conditional" if kept => "  stays (the stack policy forbids to replace it)",
        "Conditional" => "  may be replaced",
        _ => word,
    };
    let mut text =
        format!("  {sign} {:<30} {}{replacement}\n", change.text("resource_type"), change.text("logical_id"));
    for property in change.items("properties") {
        text += &property_change(property, 6, page);
    }
    text
}

/// A property's change: on one line where it fits, else line by line.
fn property_change(property: View<'_>, margin: usize, page: &Page) -> String {
    let (name, blank) = (property.text("name"), " ".repeat(margin));
    let side = |key: &str| (!property.at(key).is_null()).then(|| readable(property.text(key)));
    let (before, after) = (side("before"), side("after"));
    let short = |side: &Option<String>| side.clone().unwrap_or_else(|| "(not set)".to_owned());
    let line = format!("{blank}{name}: {} -> {}", short(&before), short(&after));
    let one_line = |side: &Option<String>| side.as_ref().is_none_or(|text| !text.contains('\n'));
    if before == after {
        return format!("{blank}{name}\n");
    }
    if one_line(&before) && one_line(&after) && line.chars().count() <= page.width {
        return line + "\n";
    }
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    format!("{blank}{name}:\n{}", difference(&before, &after, margin + 2, page.style))
}

/// JSON is laid out, so that a difference shows the line and not the whole document.
fn readable(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => format!("{value:#}"),
        _ => text.trim_end().to_owned(),
    }
}

/// The lines that differ, with a little of what stands around them.
fn difference(before: &str, after: &str, margin: usize, style: Style) -> String {
    let blank = " ".repeat(margin);
    // The last line is a line like the others.
    let (before, after) = (ended(before), ended(after));
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut text = String::new();
    for (index, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            text += &format!("{blank}  …\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let value = change.value().trim_end_matches('\n');
            text += &match change.tag() {
                ChangeTag::Equal => format!("{blank}  {value}\n"),
                ChangeTag::Delete => format!("{blank}{}\n", style.bad(&format!("- {value}"))),
                ChangeTag::Insert => format!("{blank}{}\n", style.good(&format!("+ {value}"))),
            };
        }
    }
    text
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

/// One line about a stack, or two where it does not fit: what, then where.
fn headed(environment: View<'_>, what: &str, end: &str, plain_end: &str, page: &Page) -> String {
    let name = environment.text("environment");
    let place = format!("in account {}, {}", environment.text("account"), environment.text("region"));
    let long = format!("{name}: {what} {place}{plain_end}").chars().count() > page.width;
    let name = page.style.strong(name);
    if long { format!("{name}: {what}{end}\n  {place}\n") } else { format!("{name}: {what} {place}{end}\n") }
}

fn plan(document: View<'_>, page: &Page) -> String {
    let mut text = String::new();
    let plan = document.at("plan");
    if !plan.is_null() && plan.text("action") != "none" {
        text +=
            &format!("{}: {} backup plan {}\n", page.style.strong("source"), plan.text("action"), plan.text("name"));
        for change in plan.items("changes") {
            text += &property_change(change, 2, page);
        }
    }
    let selection = document.at("selection");
    if !selection.is_null() && selection.text("action") != "none" {
        let (action, name) = (selection.text("action"), selection.text("name"));
        text += &format!("{}: {action} selection {name}\n", page.style.strong("source"));
        let mut changed = false;
        for change in selection.items("changes") {
            changed = true;
            text += &property_change(change, 2, page);
        }
        if !changed {
            for resource in selection.items("resources") {
                text += &format!("  + {}\n", resource.0.as_str().unwrap_or_default());
            }
        }
        if !selection.text("not_before").is_empty() {
            let when = format!("not before {}: until then both would back up", selection.text("not_before"));
            text += &fold(&when, 2, page.width);
        }
    }
    text
}

fn plan_stands(document: View<'_>) -> String {
    let mut text = String::new();
    for (what, part) in [("backup plan", document.at("plan")), ("selection", document.at("selection"))] {
        let done = match part.text("action") {
            "create" => "created",
            "update" => "updated",
            "replace" => "replaced",
            _ => continue,
        };
        text += &format!("source: {done} {what} {} ({})\n", part.text("name"), part.text("id"));
    }
    text
}

fn status(status: &str, style: Style) -> String {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" | "UPDATE_ROLLBACK_COMPLETE" => style.good(status),
        "" => "not there".to_owned(),
        other => style.bad(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::render::tests_page;

    #[test]
    fn a_difference_names_resource_action_and_replacement() {
        let document = json!({
            "environments": [
                {"environment": "source", "account": "111111111111", "region": "us-east-1",
                 "stack": {"name": "source-stack", "action": "update", "repairs": ["turn termination protection on again"],
                  "changes": [
                    {"logical_id": "Key", "resource_type": "AWS::KMS::Key", "action": "Add", "replacement": null},
                    {"logical_id": "Topic", "resource_type": "AWS::SNS::Topic", "action": "Modify", "replacement": "True"},
                    {"logical_id": "Rule", "resource_type": "AWS::Events::Rule", "action": "Remove", "replacement": null}]}},
                {"environment": "destination", "account": "222222222222", "region": "us-west-2",
                 "stack": {"name": "destination-stack", "action": "none", "changes": []}}],
            "settings": [
                {"environment": "source", "setting": "rds-opt-in", "action": "enable", "turned_on_in": "source"},
                {"environment": "source", "setting": "backup-default-role", "action": "none", "turned_on_in": "source"},
                {"environment": "destination", "setting": "cross-account-backup", "action": "enable",
                 "turned_on_in": "management"},
            ],
            "plan": {"name": "plan", "action": "create"},
            "selection": {"name": "selection", "action": "none", "resources": []},
            "notes": ["one thing was passed over"]
        });
        insta::assert_snapshot!(changes(&document, &tests_page()));
    }

    #[test]
    fn each_kind_of_change_has_its_sign_and_its_word() {
        let kinds = [
            ("AWS::Events::Rule", "Add", None),
            ("AWS::Events::Rule", "Remove", None),
            ("AWS::Events::Rule", "Modify", Some("False")),
            ("AWS::Events::Rule", "Modify", Some("True")),
            ("AWS::Events::Rule", "Modify", Some("Conditional")),
            ("AWS::Backup::BackupVault", "Modify", Some("Conditional")),
            ("AWS::Backup::BackupVault", "Import", None),
            ("AWS::Backup::BackupVault", "SyncWithActual", None),
        ];
        let shown = kinds.map(|(kind, action, replacement)| {
            let change =
                json!({"logical_id": "One", "resource_type": kind, "action": action, "replacement": replacement});
            resource_change(View(&change), &tests_page())
        });
        insta::assert_snapshot!(shown.concat());
    }

    #[test]
    fn a_policy_is_compared_line_by_line_and_a_word_on_one_line() {
        let document = json!({"environments": [
            {"environment": "source", "account": "111111111111", "region": "us-east-1",
             "stack": {"name": "source-stack", "action": "update", "changes": [
                {"logical_id": "Rule", "resource_type": "AWS::Events::Rule", "action": "Modify", "replacement": "False",
                 "properties": [
                    {"name": "State", "before": "DISABLED", "after": "ENABLED"},
                    {"name": "Tags", "before": null, "after": "{\"a\":1,\"b\":2,\"c\":3}"},
                    {"name": "EventPattern", "before": "{\"source\":[\"aws.backup\"],\"x\":1}",
                     "after": "{\"source\":[\"aws.backup\"],\"x\":2}"}]}]}}]});
        insta::assert_snapshot!(changes(&document, &tests_page()));
    }

    #[test]
    fn no_difference_is_said() {
        assert_eq!(changes(&json!({}), &tests_page()), "Nothing to change.\n");
    }
}
