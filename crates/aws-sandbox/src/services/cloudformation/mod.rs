//! CloudFormation: templates, stacks, change sets, and the resource types that the sandbox has.

mod change_sets;
mod conditions;
mod deletion;
mod describe;
mod diff;
mod drift;
mod execution;
mod finish;
mod functions;
mod graph;
mod node;
mod operations;
mod parameters;
mod plan;
mod policy;
mod reasons;
mod requests;
mod resources;
mod run;
mod stacks;
mod state;
mod steps;
mod template;
mod templates;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::state::State;
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, Place, ServiceError, World};

/// The names of the properties that the sandbox has of a resource type; `None` for a type that it does not have.
pub fn property_names(resource_type: &str) -> Option<Vec<&'static str>> {
    resources::by_name(resource_type).map(|known| known.properties.iter().map(|property| property.name).collect())
}

type Needed = Result<Vec<Access>, ServiceError>;

/// The permission on the stack that the request names; `*` where it names none
/// (Service Authorization Reference, "AWS CloudFormation").
fn on_stack(world: &World, call: &Call, input: &Value) -> Needed {
    let Place { account, region } = &call.place;
    let text = |key: &str| input.get(key).and_then(Value::as_str);
    let action = format!("cloudformation:{}", call.operation);
    let arn = match text("StackName") {
        None => "*".to_owned(),
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(name) => {
            let known = world.services.cloudformation.get(&call.place).and_then(|state| state.find(name));
            let fresh = || format!("arn:{}:cloudformation:{region}:{account}:stack/{name}/*", region.partition());
            known.map_or_else(fresh, |stack| stack.id.clone())
        }
    };
    let mut access = Access::on(&action, arn, account);
    let keys = [
        ("RoleARN", "cloudformation:RoleArn"),
        ("ChangeSetName", "cloudformation:ChangeSetName"),
        ("TemplateURL", "cloudformation:TemplateUrl"),
        ("StackPolicyURL", "cloudformation:StackPolicyUrl"),
    ];
    for (member, key) in keys {
        if let Some(value) = text(member) {
            access = access.with_key(key, value);
        }
    }
    for tag in input.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        if let (Some(key), Some(value)) = (tag["Key"].as_str(), tag["Value"].as_str()) {
            access = access.with_key(&format!("aws:RequestTag/{key}"), value);
        }
    }
    Ok(vec![access])
}

fn on_any(_world: &World, call: &Call, _input: &Value) -> Needed {
    Ok(vec![Access::on_any(&format!("cloudformation:{}", call.operation), &call.place.account)])
}

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "cloudformation",
    model: include_str!("../../models/cloudformation.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "CloudFormation",
    throttled: ("Throttling", "Rate exceeded"),
    denied: "AccessDenied",
    broken: "InternalFailure",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateStack", Change, on_stack, operations::create_stack),
    operation!("UpdateStack", Change, on_stack, operations::update_stack),
    operation!("DeleteStack", Change, on_stack, deletion::delete_stack),
    operation!("ContinueUpdateRollback", Change, on_stack, deletion::continue_update_rollback),
    operation!("UpdateTerminationProtection", Change, on_stack, deletion::update_termination_protection),
    operation!("SetStackPolicy", Change, on_stack, deletion::set_stack_policy),
    operation!("GetStackPolicy", Read, on_stack, deletion::get_stack_policy),
    operation!("CreateChangeSet", Change, on_stack, change_sets::create_change_set),
    operation!("DescribeChangeSet", Read, on_stack, change_sets::describe_change_set),
    operation!("ListChangeSets", Read, on_stack, change_sets::list_change_sets),
    operation!("ExecuteChangeSet", Change, on_stack, execution::execute_change_set),
    operation!("DeleteChangeSet", Change, on_stack, change_sets::delete_change_set),
    operation!("DescribeStacks", Read, on_stack, describe::describe_stacks),
    operation!("ListStacks", Read, on_any, describe::list_stacks),
    operation!("DescribeStackEvents", Read, on_stack, describe::describe_stack_events),
    operation!("DescribeStackResources", Read, on_stack, describe::describe_stack_resources),
    operation!("DescribeStackResource", Read, on_stack, describe::describe_stack_resource),
    operation!("ListStackResources", Read, on_stack, describe::list_stack_resources),
    operation!("GetTemplate", Read, on_stack, templates::get_template),
    operation!("GetTemplateSummary", Read, on_stack, templates::get_template_summary),
    operation!("ValidateTemplate", Read, on_any, templates::validate_template),
    operation!("ListExports", Read, on_any, describe::list_exports),
    operation!("DetectStackDrift", Change, on_stack, drift::detect_stack_drift),
    operation!("DescribeStackDriftDetectionStatus", Read, on_any, drift::describe_detection),
    operation!("DescribeStackResourceDrifts", Read, on_stack, drift::describe_drifts),
    operation!("DetectStackResourceDrift", Change, on_stack, drift::detect_resource_drift),
    operation!("ListImports", Read, on_any, describe::list_imports),
];

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// The first steps of a phase begin.
    Phase { stack: String, run: u64, phase: u32 },
    /// A step makes its next move.
    Step { stack: String, run: u64, phase: u32, step: usize },
    /// A creation's time is up.
    Timeout { stack: String, run: u64 },
    /// A change set is computed.
    ChangeSet { stack: String, change_set: String },
    /// A drift detection looks.
    Drift { detection: String },
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Phase { stack, run, phase } => run::begin_phase(world, place, &stack, run, phase),
        Due::Step { stack, run, phase, step } => run::move_step(world, place, &stack, run, phase, step),
        Due::Timeout { stack, run } => run::time_out(world, place, &stack, run),
        Due::ChangeSet { stack, change_set } => change_sets::compute(world, place, &stack, &change_set),
        Due::Drift { detection } => drift::detect(world, place, &detection),
    }
}
