//! AWS Lambda: what the function is, pausing it and letting it go on.

use futures_util::future::join3;

use super::Session;
use super::answer::Required;
use super::error::{AwsError, send};
pub use crate::pipeline::seen::event_path::Function;
use crate::policy::evaluate::Named;

/// Lets no instance of the function run. A function that does not exist is paused already.
///
/// # Errors
/// AWS's answer.
pub async fn pause(session: &Session, function: &str) -> Result<(), AwsError> {
    let call = session.lambda().put_function_concurrency().function_name(function).reserved_concurrent_executions(0);
    match send("lambda:PutFunctionConcurrency", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(()),
        other => other.map(drop),
    }
}

/// Takes the pause away.
///
/// # Errors
/// AWS's answer.
pub async fn resume(session: &Session, function: &str) -> Result<(), AwsError> {
    let call = session.lambda().delete_function_concurrency().function_name(function);
    send("lambda:DeleteFunctionConcurrency", call.send()).await.map(drop)
}

/// Whether a function is paused: no instance of it may run. One that does not exist is not.
///
/// # Errors
/// AWS's answer.
pub async fn is_paused(session: &Session, function: &str) -> Result<bool, AwsError> {
    let call = session.lambda().get_function_concurrency().function_name(function);
    match send("lambda:GetFunctionConcurrency", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(false),
        answer => Ok(answer?.reserved_concurrent_executions() == Some(0)),
    }
}

/// Whether a function exists and may run.
///
/// # Errors
/// AWS's answer.
pub async fn exists_unpaused(session: &Session, function: &str) -> Result<bool, AwsError> {
    let call = session.lambda().get_function_concurrency().function_name(function);
    match send("lambda:GetFunctionConcurrency", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(false),
        answer => Ok(answer?.reserved_concurrent_executions() != Some(0)),
    }
}

/// A function with its policy and limits; none where it does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn function(session: &Session, name: &str) -> Result<Option<Function>, AwsError> {
    let operation = "lambda:GetFunctionConfiguration";
    let call = session.lambda().get_function_configuration().function_name(name);
    let found = match send(operation, call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        other => other?,
    };
    let policy = async {
        match send("lambda:GetPolicy", session.lambda().get_policy().function_name(name).send()).await {
            Err(error) if error.is("ResourceNotFoundException") => Ok(None),
            other => other?.policy.required("lambda:GetPolicy", "Policy").map(Some),
        }
    };
    let concurrency = async {
        let call = session.lambda().get_function_concurrency().function_name(name);
        send("lambda:GetFunctionConcurrency", call.send()).await
    };
    let invocation = async {
        let call = session.lambda().get_function_event_invoke_config().function_name(name);
        match send("lambda:GetFunctionEventInvokeConfig", call.send()).await {
            Err(error) if error.is("ResourceNotFoundException") => Ok(None),
            other => Ok(other?.destination_config),
        }
    };
    let (policy, concurrency, invocation) = join3(policy, concurrency, invocation).await;
    let policy = policy?.map(|text| Named { name: format!("resource policy of function {name}"), text });
    let on_failure = invocation?.and_then(|to| to.on_failure).and_then(|queue| queue.destination);
    let variables = found.environment.and_then(|environment| environment.variables).unwrap_or_default();
    Ok(Some(Function {
        arn: found.function_arn.required(operation, "FunctionArn")?,
        role_arn: found.role.required(operation, "Role")?,
        // A function that is a container image has neither runtime nor handler.
        runtime: found.runtime.map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        handler: found.handler.unwrap_or_default(),
        timeout_seconds: found.timeout.required(operation, "Timeout")?,
        code_sha256: found.code_sha256.required(operation, "CodeSha256")?,
        environment: variables.into_iter().collect(),
        concurrency: concurrency?.reserved_concurrent_executions,
        policy,
        on_failure,
    }))
}
