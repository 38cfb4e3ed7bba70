//! AWS Lambda: functions, their policies and concurrency, and the ways of invoking them.

mod botocore;
mod code;
pub mod equivalent;
mod functions;
mod invoke;
mod python;
mod run;
mod settings;
mod state;
mod sweep;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::functions::needs_function;
use self::invoke::Queued;
pub use self::python::Python;
pub use self::run::ship;
pub use self::state::{State, Written};
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, Place, ServiceError, World};

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "lambda",
    model: include_str!("../../models/lambda.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Lambda",
    throttled: ("TooManyRequestsException", "Rate Exceeded."),
    denied: "AccessDeniedException",
    broken: "ServiceException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("AddPermission", Change, needs_function, settings::add_permission),
    operation!("CreateFunction", Change, needs_function, functions::create),
    operation!("DeleteFunction", Change, needs_function, functions::delete),
    operation!("DeleteFunctionConcurrency", Change, needs_function, settings::delete_concurrency),
    operation!("DeleteFunctionEventInvokeConfig", Change, needs_function, settings::delete_event_invoke),
    operation!("GetFunction", Read, needs_function, functions::get),
    operation!("GetFunctionConcurrency", Read, needs_function, settings::get_concurrency),
    operation!("GetFunctionConfiguration", Read, needs_function, functions::get_configuration),
    operation!("GetFunctionEventInvokeConfig", Read, needs_function, settings::get_event_invoke),
    operation!("GetPolicy", Read, needs_function, settings::get_policy),
    operation!("Invoke", Change, needs_function, invoke::invoke),
    operation!("ListFunctionEventInvokeConfigs", Read, needs_function, settings::list_event_invoke),
    operation!("ListFunctions", Read, needs_any, functions::list),
    operation!("ListTags", Read, needs_function, functions::list_tags),
    operation!("PutFunctionConcurrency", Change, needs_function, settings::put_concurrency),
    operation!("PutFunctionEventInvokeConfig", Change, needs_function, settings::put_event_invoke),
    operation!("RemovePermission", Change, needs_function, settings::remove_permission),
    operation!("TagResource", Change, needs_function, functions::tag),
    operation!("UntagResource", Change, needs_function, functions::untag),
    operation!("UpdateFunctionCode", Change, needs_function, functions::update_code),
    operation!("UpdateFunctionConfiguration", Change, needs_function, functions::update_configuration),
    operation!("UpdateFunctionEventInvokeConfig", Change, needs_function, settings::update_event_invoke),
];

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Due {
    /// An event is taken out of a function's queue.
    Run(Box<Queued>),
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Run(queued) => invoke::take(world, place, *queued),
    }
}

fn needs_any(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("lambda:{}", call.operation), &call.place.account)])
}

fn not_found(arn: &str) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", format!("Function not found: {arn}")).with("Type", "User")
}

fn conflict(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ResourceConflictException", message).with("Type", "User")
}

fn invalid_parameter(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValueException", message).with("Type", "User")
}

fn invalid_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidRequestContentException", message).with("Type", "User")
}
