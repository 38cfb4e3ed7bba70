//! What `verify` calls green, and what it never may: a world that protects nothing.

mod acknowledged;
mod calls;
mod deleted;
mod first;
mod names;
mod narrowed;
mod nothing;
mod proven;
pub mod retention;
mod selection;
mod unseen;

use backupctl::sandbox::Sandbox;
use serde_json::Value;

use crate::support::command::Ran;
use crate::support::operator::{in_destination, in_intermediate, in_source, made};

pub const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";
pub const BILLING: &str = "arn:aws:rds:us-east-1:111111111111:db:billing";
pub const SOURCE_VAULT: &str = "source-vault-account-a-region-a";
pub const INTERMEDIATE_VAULT: &str = "intermediate-vault-account-a-region-b";
pub const DESTINATION_VAULT: &str = "destination-vault-account-b-region-b";

/// The two accounts, and what is selected.
pub fn configuration(selection: &str) -> String {
    format!(
        "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n\
         [organization]\nid = \"o-sandboxorg1\"\n[selection]\n{selection}\n"
    )
}

/// Hours pass.
pub fn pass(sandbox: &Sandbox, hours: i64) {
    sandbox.advance_to(sandbox.now().plus_seconds(hours * 3600)).expect("an in-memory world");
}

/// The checks of a document's findings about subjects with this in them, with their severities.
pub fn found(ran: &Ran, subject: &str) -> Vec<(String, String)> {
    let document = ran.json();
    let findings = document["findings"].as_array().expect("findings").iter();
    let about = findings.filter(|finding| finding["subject"].as_str().is_some_and(|text| text.contains(subject)));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    about.map(|finding| (text(&finding["check"]), text(&finding["severity"]))).collect()
}

/// The findings of a check.
pub fn of_check(ran: &Ran, check: &str) -> Vec<Value> {
    let document = ran.json();
    let findings = document["findings"].as_array().expect("findings").iter();
    findings.filter(|finding| finding["check"] == check).cloned().collect()
}

/// What a document says of a database.
#[track_caller]
pub fn resource(ran: &Ran, name: &str) -> Value {
    let document = ran.json();
    let all = document["resources"].as_array().expect("resources").clone();
    let suffix = format!(":db:{name}");
    let one = all.into_iter().find(|one| one["resource_arn"].as_str().is_some_and(|arn| arn.ends_with(&suffix)));
    one.unwrap_or_else(|| panic!("{name}: {:#}", document["resources"]))
}

/// Deletes the recovery points of a vault, of the databases that `of` names; empty is all.
pub fn delete_points(sandbox: &Sandbox, vault: &'static str, of: &str) {
    let delete = async |config: aws_config::SdkConfig| {
        let backup = aws_sdk_backup::Client::new(&config);
        let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(vault).send().await.expect("a list");
        for point in list.recovery_points() {
            if point.resource_arn().is_some_and(|arn| arn.contains(of)) {
                let call = backup.delete_recovery_point().backup_vault_name(vault);
                let call = call.recovery_point_arn(point.recovery_point_arn().expect("an ARN"));
                call.send().await.expect("DeleteRecoveryPoint");
            }
        }
    };
    match vault {
        SOURCE_VAULT => in_source(sandbox, delete),
        INTERMEDIATE_VAULT => in_intermediate(sandbox, delete),
        _ => in_destination(sandbox, delete),
    }
    pass(sandbox, 1);
}

/// The rule that starts second hops is switched off.
pub fn stop_second_hops(sandbox: &Sandbox) {
    in_intermediate(sandbox, async |config| {
        for rule in ["CopyRule", "SweepRule"] {
            let resources = aws_sdk_cloudformation::Client::new(&config).list_stack_resources();
            let stack = "aws-backup-rds-intermediate-stack";
            let listed = resources.stack_name(stack).send().await.expect("ListStackResources");
            let mut listed = listed.stack_resource_summaries().iter();
            if listed.any(|one| one.logical_resource_id() == Some(rule)) {
                let name = made(&config, stack, rule).await;
                aws_sdk_eventbridge::Client::new(&config).disable_rule().name(name).send().await.expect("DisableRule");
            }
        }
    });
}
