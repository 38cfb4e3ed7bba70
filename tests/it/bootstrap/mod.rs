//! `bootstrap`: every state of a stack, every repair, every message.

mod interrupted;
pub mod lock;
mod mends;
pub mod plan;
pub mod repair;
mod shown;
pub mod states;
pub mod two;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::{Capability, OnFailure, Parameter, Tag};
use backupctl::sandbox::Sandbox;
use serde_json::Value;

use crate::support::command::{Ran, backupctl};

pub const SOURCE: &str = "aws-backup-rds-source-stack";
pub const INTERMEDIATE: &str = "aws-backup-rds-intermediate-stack";

/// Runs `bootstrap ARGUMENTS -o json`.
pub fn bootstrap(sandbox: &Sandbox, arguments: &str) -> Ran {
    backupctl(sandbox, &format!("bootstrap {arguments} -o json"))
}

/// What the document says of an environment's stack.
pub fn stack_of<'a>(document: &'a Value, environment: &str) -> &'a Value {
    let environments = document["environments"].as_array().expect("environments");
    &environments.iter().find(|one| one["environment"] == environment).expect("the environment")["stack"]
}

pub fn cloudformation(config: &SdkConfig) -> aws_sdk_cloudformation::Client {
    aws_sdk_cloudformation::Client::new(config)
}

/// The source template as it is shipped.
pub fn source_template(sandbox: &Sandbox) -> String {
    backupctl(sandbox, "template source").expect(0).stdout
}

/// The parameters of the source stack that have no default.
pub fn source_parameters() -> Vec<Parameter> {
    [("CentralBackupAccountId", "222222222222"), ("IntermediateRegion", "us-west-2")]
        .map(|(key, value)| Parameter::builder().parameter_key(key).parameter_value(value).build())
        .to_vec()
}

/// The tag that says "ours".
pub fn our_tag() -> Tag {
    Tag::builder().key("backupctl:pipeline").value(SOURCE).build()
}

/// Creates the source stack as an operator would by hand.
pub async fn create_source(config: &SdkConfig, template: &str, on_failure: OnFailure) {
    cloudformation(config)
        .create_stack()
        .stack_name(SOURCE)
        .template_body(template)
        .set_parameters(Some(source_parameters()))
        .tags(our_tag())
        .capabilities(Capability::CapabilityNamedIam)
        .on_failure(on_failure)
        .send()
        .await
        .expect("CreateStack");
}

/// The state of a stack, `-` where there is none of that name.
pub async fn status(config: &SdkConfig, stack: &str) -> String {
    let found = cloudformation(config).describe_stacks().stack_name(stack).send().await;
    found
        .ok()
        .and_then(|answer| answer.stacks()[0].stack_status().map(|one| one.as_str().to_owned()))
        .unwrap_or("-".into())
}

/// What a bootstrapped pipeline must be after whatever was done to it: a second run changes nothing.
#[track_caller]
pub fn settled(sandbox: &Sandbox) {
    let again = bootstrap(sandbox, "--yes").expect(0).json();
    assert_eq!(again["changed"], false, "{again:#}");
    for environment in ["source", "intermediate", "destination"] {
        let status = stack_of(&again, environment)["status"].as_str().unwrap_or_default().to_owned();
        assert!(["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&status.as_str()), "{environment}: {status}");
    }
}

/// The change sets of the three stacks, and the stacks that have no resources: nothing of that may be left behind.
#[track_caller]
pub fn nothing_is_left_behind(sandbox: &Sandbox) {
    let left: Vec<String> = sandbox.look(|world| {
        let world = serde_json::to_value(&world.services.cloudformation).expect("a world is JSON");
        let mut left = Vec::new();
        find(&world, &mut left);
        left
    });
    assert_eq!(left, Vec::<String>::new());
}

/// Names of change sets that can still be executed, and of stacks in review, wherever they stand. An event has no name.
fn find(value: &Value, left: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
            let is_named = !text("name").is_empty();
            if is_named && (text("execution") == "AVAILABLE" || text("status") == "REVIEW_IN_PROGRESS") {
                left.push(format!("{} {}", text("name"), text("status")));
            }
            map.values().for_each(|one| find(one, left));
        }
        Value::Array(items) => items.iter().for_each(|one| find(one, left)),
        _ => {}
    }
}
