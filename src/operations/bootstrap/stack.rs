//! Following one stack through an operation.

use std::collections::BTreeSet;

use super::CHANGE_SET;
use crate::aws::cloudformation::{self, ChangeSet, Comparison, Deployment, Stack, StackEvent, StackStatus};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::pipeline::environment::EnvironmentName;

/// The type of a stack's own events.
const STACK: &str = "AWS::CloudFormation::Stack";

/// How long CloudFormation thinks over a change set at least: a look before that is a call for nothing.
const THINKING: std::time::Duration = std::time::Duration::from_secs(5);

/// The stack of that name; where it is ours, when nothing is going on in it any more.
pub(super) async fn settled(
    session: &Session,
    name: &str,
    ours: impl Fn(&Stack) -> bool,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<Stack>, OperatorError> {
    let place = ErrorPlace::of(session).about(name);
    let mut said = false;
    let looked = poll(session, patience, async || {
        let found = cloudformation::describe_stack(session, name).await?;
        match &found {
            Some(stack) if matches!(stack.status, StackStatus::Busy(_)) && ours(stack) => {
                if !said {
                    said = true;
                    sink.emit(Event::Waiting {
                        what: format!("the end of {} of stack {name}", stack.status.as_str()),
                        until: None,
                        resume: "backupctl bootstrap".to_owned(),
                    });
                }
                Ok(Look::Again)
            }
            Some(stack) if stack.status == StackStatus::Gone => Ok(Look::Done(None)),
            _ => Ok(Look::Done(found)),
        }
    });
    match looked.await {
        Ok(Waited::Done(found)) => Ok(found),
        Ok(Waited::TimedOut) => Err(OperatorError::timed_out(
            format!("stack `{name}` is still busy"),
            place,
            "run the command again when its operation has ended",
        )),
        Err(error) => Err(OperatorError::from_aws(format!("cannot look at stack `{name}`"), place, &error)),
    }
}

/// Makes our change set; one that an earlier run left behind goes first.
pub(super) async fn make_change_set(
    session: &Session,
    wanted: &Deployment,
    comparison: &Comparison,
) -> Result<(), AwsError> {
    match cloudformation::create_change_set(session, wanted, CHANGE_SET, comparison).await {
        Err(error) if error.is("AlreadyExistsException") => {
            cloudformation::delete_change_set(session, &wanted.stack, CHANGE_SET).await?;
            cloudformation::create_change_set(session, wanted, CHANGE_SET, comparison).await
        }
        other => other,
    }
}

/// How our change set came out, when AWS has made it.
pub(super) async fn change_set_made(
    session: &Session,
    stack: &str,
    patience: Patience,
) -> Result<ChangeSet, OperatorError> {
    let place = ErrorPlace::of(session).about(stack);
    // A change set takes seconds, not minutes.
    let quick = Patience { poll_interval: patience.poll_interval.min(THINKING), ..patience };
    session.sleep(quick.poll_interval).await;
    let looked = poll(session, quick, async || {
        Ok(match cloudformation::describe_change_set(session, stack, CHANGE_SET).await? {
            ChangeSet::Pending => Look::Again,
            made => Look::Done(made),
        })
    });
    match looked.await {
        Ok(Waited::Done(made)) => Ok(made),
        Ok(Waited::TimedOut) => Err(OperatorError::timed_out(
            format!("the change set of stack `{stack}` was not made in time"),
            place,
            "run the command again",
        )),
        Err(error) => {
            Err(OperatorError::from_aws(format!("cannot read the change set of stack `{stack}`"), place, &error))
        }
    }
}

/// A change set that was made to be looked at, and that AWS does not let go.
pub(super) fn undeleted(session: &Session, stack: &str, error: &AwsError) -> OperatorError {
    let what = format!("cannot delete change set `{CHANGE_SET}` of stack `{stack}`");
    OperatorError::from_aws(what, ErrorPlace::of(session).about(stack), error)
}

/// Looks without any event of our operation, after which the stack's own state is what counts.
const SILENT: usize = 4;

/// What is followed.
pub(crate) struct Followed<'a> {
    pub environment: EnvironmentName,
    /// Its id; a deleted stack can only be read by it.
    pub stack_id: &'a str,
    /// The token of the operation's request.
    pub token: &'a str,
    /// A status that is a good end besides the usual ones.
    good_end: Option<&'static str>,
}

impl<'a> Followed<'a> {
    /// An operation that ends in the usual ways.
    pub fn new(environment: EnvironmentName, stack_id: &'a str, token: &'a str) -> Self {
        Self { environment, stack_id, token, good_end: None }
    }

    /// An operation that ends well in this status too.
    #[must_use]
    pub fn ending_in(self, status: &'static str) -> Self {
        Self { good_end: Some(status), ..self }
    }
}

/// Follows an operation on a stack to its end, telling every event, and returns the stack.
///
/// # Errors
/// The first failing resource's own reason, or a time-out.
pub(crate) async fn follow(
    session: &Session,
    followed: &Followed<'_>,
    patience: Patience,
    sink: &Sink,
) -> Result<Option<Stack>, OperatorError> {
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    let mut silent = 0;
    let looked = poll(session, patience, async || {
        let events = cloudformation::stack_events(session, followed.stack_id, followed.token).await?;
        let news = told.len();
        for event in &events {
            if told.insert(event.id.clone()) {
                sink.emit(Event::Stack {
                    environment: followed.environment,
                    logical_id: event.logical_id.clone(),
                    resource_type: event.resource_type.clone(),
                    status: event.status.clone(),
                    reason: event.reason.clone(),
                });
            }
        }
        let end = events
            .iter()
            .rev()
            .find(|event| is_stacks_own(event, followed.stack_id))
            .map(|event| StackStatus::from(event.status.as_str()));
        all = events;
        let ended = matches!(end, Some(ref status) if !matches!(status, StackStatus::Busy(_)));
        // Where another deletion of the stack is under way already, AWS answers ours without any event of it.
        silent = if all.is_empty() { silent + 1 } else { 0 };
        let quiet = news == told.len();
        if !ended && !quiet {
            return Ok(Look::Again);
        }
        let stack = cloudformation::describe_stack(session, followed.stack_id).await?;
        match stack.as_ref().map(|stack| &stack.status) {
            Some(StackStatus::Busy(_)) => Ok(Look::Again),
            None | Some(StackStatus::Gone) => Ok(Look::Done(stack)),
            // An operation that has not begun yet has told nothing either.
            _ if !ended && silent < SILENT => Ok(Look::Again),
            _ => Ok(Look::Done(stack)),
        }
    });
    let place = ErrorPlace::of(session).about(followed.stack_id);
    let stack = match looked.await {
        Ok(Waited::Done(stack)) => stack,
        Ok(Waited::TimedOut) => {
            return Err(OperatorError::timed_out(
                "the stack's operation did not finish before the timeout; it keeps running in AWS",
                place,
                "run the command again; it waits for the rest",
            ));
        }
        Err(error) => return Err(OperatorError::from_aws("cannot follow the stack", place, &error)),
    };
    judged(stack, &all, followed.good_end, place)
}

fn is_stacks_own(event: &StackEvent, stack_id: &str) -> bool {
    event.resource_type == STACK && event.physical_id.as_deref() == Some(stack_id)
}

fn judged(
    stack: Option<Stack>,
    events: &[StackEvent],
    good_end: Option<&str>,
    place: ErrorPlace,
) -> Result<Option<Stack>, OperatorError> {
    let Some(stack) = stack else { return Ok(None) };
    let good = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "IMPORT_COMPLETE"];
    if good.contains(&stack.status.as_str()) || good_end == Some(stack.status.as_str()) {
        return Ok(Some(stack));
    }
    let what = format!("stack `{}` ended in {}", stack.name, stack.status.as_str());
    let error = OperatorError::failed(what, place, "fix the cause that AWS reports, then run the command again");
    Err(match first_failure(events) {
        Some(event) => {
            let reason = event.reason.clone().unwrap_or_default();
            error.because(None, format!("{} {} ({}): {reason}", event.status, event.logical_id, event.resource_type))
        }
        None => error.because(None, stack.status_reason.clone().unwrap_or_default()),
    })
}

/// The first resource that failed by itself; those that were only cancelled with it say nothing.
fn first_failure(events: &[StackEvent]) -> Option<&StackEvent> {
    events.iter().find(|event| {
        let cancelled = event.reason.as_deref().is_some_and(|reason| {
            reason.starts_with("Resource creation cancelled") || reason.starts_with("Resource update cancelled")
        });
        event.status.ends_with("_FAILED") && event.resource_type != STACK && !cancelled
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(logical_id: &str, resource_type: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent {
            id: format!("{logical_id}-{status}"),
            logical_id: logical_id.to_owned(),
            physical_id: None,
            resource_type: resource_type.to_owned(),
            status: status.to_owned(),
            reason: Some(reason.to_owned()),
            at: None,
        }
    }

    #[test]
    fn the_cause_is_the_first_resource_that_failed_by_itself() {
        let events = [
            event("Rule", "AWS::Events::Rule", "CREATE_FAILED", "Resource creation cancelled"),
            event("Key", "AWS::KMS::Key", "CREATE_FAILED", "no"),
            event("stack", STACK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Key]."),
        ];
        assert_eq!(first_failure(&events).map(|event| event.logical_id.as_str()), Some("Key"));
    }
}
