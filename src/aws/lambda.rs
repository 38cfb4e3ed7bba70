//! AWS Lambda: pausing the function and letting it go on.

use super::Session;
use super::error::{AwsError, send};

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
