//! `bootstrap`: what will change, and what was done.

use serde_json::Value;

use super::{Page, View};
use crate::output::style::Style;

/// The differences, before consent or for `--dry-run`.
pub fn changes(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = String::new();
    for environment in document.items("environments") {
        text += &stack_changes(environment, page.style);
    }
    for setting in document.items("settings") {
        if setting.text("action") != "none" {
            text +=
                &format!("{}: {} {}\n", setting.text("environment"), setting.text("action"), setting.text("setting"));
        }
    }
    text += &plan(document);
    if text.is_empty() { "Nothing to change.\n".to_owned() } else { text }
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
        text += &format!(
            "{}: stack {} in account {}, {}: {}\n",
            page.style.strong(environment.text("environment")),
            stack.text("name"),
            environment.text("account"),
            environment.text("region"),
            status(stack.text("status"), page.style),
        );
        if !stack.text("failure").is_empty() {
            text += &format!("  {}\n", stack.text("failure"));
        }
        for (name, value) in stack.entries("outputs") {
            if matches!(name, "VaultArn" | "KeyArn" | "FunctionArn" | "CopyRoleArn") {
                text += &format!("  {name:<12} {}\n", value.0.as_str().unwrap_or_default());
            }
        }
    }
    text += &plan(view);
    text +=
        if view.is("changed") { "The pipeline stands.\n" } else { "The pipeline stands; nothing had to be changed.\n" };
    text
}

fn stack_changes(environment: View<'_>, style: Style) -> String {
    let stack = environment.at("stack");
    let action = stack.text("action");
    if action == "none" {
        return String::new();
    }
    let mut text = format!(
        "{}: {action} stack {} in account {}, {}\n",
        style.strong(environment.text("environment")),
        stack.text("name"),
        environment.text("account"),
        environment.text("region"),
    );
    for change in stack.items("changes") {
        let sign = match change.text("action") {
            "Add" | "Import" => "+",
            "Remove" => "-",
            _ => ">",
        };
        let replacement = match change.text("replacement") {
            "True" => "  is replaced",
            "Conditional" => "  may be replaced",
            _ if sign == "-" => "  is removed",
            _ => "",
        };
        text += &format!("  {sign} {:<28} {}{replacement}\n", change.text("resource_type"), change.text("logical_id"));
    }
    text
}

fn plan(document: View<'_>) -> String {
    let mut text = String::new();
    let plan = document.at("plan");
    if !plan.is_null() && plan.text("action") != "none" {
        text += &format!("source: {} backup plan {}\n", plan.text("action"), plan.text("name"));
    }
    let selection = document.at("selection");
    if !selection.is_null() && selection.text("action") != "none" {
        text += &format!("source: {} selection {}\n", selection.text("action"), selection.text("name"));
        for resource in selection.items("resources") {
            text += &format!("  + {}\n", resource.0.as_str().unwrap_or_default());
        }
    }
    text
}

fn status(status: &str, style: Style) -> String {
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => style.good(status),
        "" => "unchanged".to_owned(),
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
                 "stack": {"name": "source-stack", "action": "update", "changes": [
                    {"logical_id": "Key", "resource_type": "AWS::KMS::Key", "action": "Add", "replacement": null},
                    {"logical_id": "Vault", "resource_type": "AWS::Backup::BackupVault", "action": "Modify", "replacement": "True"},
                    {"logical_id": "Rule", "resource_type": "AWS::Events::Rule", "action": "Remove", "replacement": null}]}},
                {"environment": "destination", "account": "222222222222", "region": "us-west-2",
                 "stack": {"name": "destination-stack", "action": "none", "changes": []}}],
            "settings": [{"environment": "source", "setting": "rds-opt-in", "action": "enable"},
                         {"environment": "source", "setting": "backup-default-role", "action": "none"}],
            "plan": {"name": "plan", "action": "create"},
            "selection": {"name": "selection", "action": "none", "resources": []}
        });
        assert_eq!(
            changes(&document, &tests_page()),
            "source: update stack source-stack in account 111111111111, us-east-1\n\
             \x20 + AWS::KMS::Key                Key\n\
             \x20 > AWS::Backup::BackupVault     Vault  is replaced\n\
             \x20 - AWS::Events::Rule            Rule  is removed\n\
             source: enable rds-opt-in\n\
             source: create backup plan plan\n"
        );
    }

    #[test]
    fn no_difference_is_said() {
        assert_eq!(changes(&json!({}), &tests_page()), "Nothing to change.\n");
    }
}
