//! Pausing the event path, and whether the pause still holds: somebody may turn the pipeline on again meanwhile.

use chrono::{DateTime, Utc};

use super::change::{Changes, EnvironmentChange, Intent};
use super::plans::ours_now;
use super::report::Cleaned;
use crate::aws::cloudformation::{self, StackStatus};
use crate::aws::{AwsError, Session, events, lambda};
use crate::operations::deployment::TAG;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::instant::shown;
use crate::pipeline::settings::Pipeline;

/// The type of an EventBridge rule, as CloudFormation names it.
const RULE: &str = "AWS::Events::Rule";

/// What can be switched off of a stack.
pub(super) const PAUSABLE: [&str; 2] = [RULE, "AWS::Lambda::Function"];

/// Switches rules and function off; `paused` is set with the first.
pub(super) async fn pause(
    session: &Session,
    change: &EnvironmentChange,
    paused: &mut bool,
    sink: &Sink,
) -> Result<(), OperatorError> {
    for (before, resource) in change.pause.iter().enumerate() {
        let done = match resource.resource_type.as_str() {
            RULE => events::disable_rule(session, &resource.physical_id).await,
            _ => lambda::pause(session, &resource.physical_id).await,
        };
        done.map_err(|error| {
            let place = ErrorPlace::of(session).about(&resource.physical_id);
            OperatorError::from_aws("cannot pause the event path", place, &error)
        })?;
        // Whoever stops it now leaves the path broken already.
        if before == 0 {
            sink.emit(Event::Paused { environment: change.environment });
        }
        *paused = true;
        sink.done(format!("Paused {} ({})", resource.logical_id, change.environment));
    }
    Ok(())
}

/// What this run has switched off and deleted, and when it was last seen so.
#[derive(Debug)]
pub(super) struct Pause<'a> {
    pipeline: &'a Pipeline,
    sessions: &'a Sessions,
    changes: &'a Changes,
    /// Stacks that this run has deleted.
    gone: Vec<EnvironmentName>,
    held_at: DateTime<Utc>,
}

impl<'a> Pause<'a> {
    /// Everything was just switched off.
    pub(super) fn new(pipeline: &'a Pipeline, sessions: &'a Sessions, changes: &'a Changes) -> Self {
        let held_at = sessions.get(EnvironmentName::Source).now();
        Self { pipeline, sessions, changes, gone: Vec::new(), held_at }
    }

    /// The stack of an environment is deleted: nothing of it can be switched on again but by making it anew.
    pub(super) fn stack_deleted(&mut self, name: EnvironmentName) {
        self.gone.push(name);
    }

    /// When everything was last seen to be switched off.
    pub(super) fn held_at(&self) -> DateTime<Utc> {
        self.held_at
    }

    /// Looks whether everything is still switched off.
    ///
    /// # Errors
    /// What is on again and since when, or why it could not be seen.
    pub(super) async fn still_holds(&mut self, cleaned: &mut Cleaned) -> Result<(), OperatorError> {
        for name in EnvironmentName::ALL {
            let session = self.sessions.get(name);
            let found = self.on_again(session, name).await.map_err(|error| {
                let what = "cannot see whether the pipeline is still switched off; nothing more is deleted";
                OperatorError::from_aws(what, ErrorPlace::of(session), &error)
            })?;
            if let Some((what, subject)) = found {
                cleaned.is_turned_on = true;
                cleaned.event_path.paused = false;
                let between = format!("between {} and {}", shown(self.held_at), shown(session.now()));
                return Err(OperatorError::refused(
                    format!("somebody turned the pipeline on again {between}: {what}; nothing more is deleted"),
                    ErrorPlace::of(session).about(subject),
                    "find out who ran `backupctl bootstrap`; when the pipeline is to go all the same, run `backupctl \
                     cleanup` again, and when it is to stay, `backupctl bootstrap` puts back what is missing",
                ));
            }
        }
        self.held_at = self.sessions.get(EnvironmentName::Source).now();
        Ok(())
    }

    /// What is on again in an environment, and its name.
    async fn on_again(&self, session: &Session, name: EnvironmentName) -> Result<Option<(String, String)>, AwsError> {
        let settings = self.pipeline.environment(name);
        if self.gone.contains(&name) {
            let found = cloudformation::describe_stack(session, &settings.stack).await?;
            let ours =
                |stack: &cloudformation::Stack| stack.tags.get(TAG).is_some_and(|tag| tag == self.pipeline.identity());
            if let Some(stack) = found.filter(|stack| stack.status != StackStatus::Gone && ours(stack)) {
                return Ok(Some((format!("stack {} stands again", stack.name), stack.id)));
            }
        } else {
            let changes = self.changes.environments.iter();
            let change = changes.filter(|one| one.environment == name && one.stack_intent == Intent::Delete);
            for resource in change.flat_map(|one| &one.pause) {
                let id = &resource.physical_id;
                let on = match resource.resource_type.as_str() {
                    RULE => events::is_enabled(session, id).await?,
                    _ => lambda::exists_unpaused(session, id).await?,
                };
                if on {
                    return Ok(Some((format!("{} is switched on", resource.logical_id), id.clone())));
                }
            }
        }
        let plans = &self.changes.plans;
        let deleted = plans.iter().any(|plan| plan.intent == Intent::Delete);
        if deleted && let Some(plan) = ours_now(self.pipeline, session, plans).await?.into_iter().next() {
            return Ok(Some((format!("backup plan {} stands there", plan.name), plan.id)));
        }
        Ok(None)
    }
}
