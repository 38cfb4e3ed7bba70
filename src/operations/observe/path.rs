//! The event path: rules with their patterns and targets, the function, the queues.

use futures_util::future::{join3, join4};

use super::is_right;
use crate::aws::events::{self};
use crate::aws::lambda::{self};
use crate::aws::sns::{self};
use crate::aws::sqs::{self, Queue};
use crate::aws::{AwsError, Session};
use crate::operations::sessions::Sessions;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::requirements::event::copy_completed;
use crate::pipeline::seen::{EnvironmentSeen, Look, PathSeen, RuleSeen, unseen};
use crate::pipeline::settings::Pipeline;

pub(super) async fn look(pipeline: &Pipeline, sessions: &Sessions, environments: &[EnvironmentSeen]) -> PathSeen {
    let source = &environments[EnvironmentName::Source.index()];
    let intermediate = &environments[EnvironmentName::Intermediate.index()];
    let in_source = sessions.get(EnvironmentName::Source);
    let in_intermediate = sessions.get(EnvironmentName::Intermediate);
    let database = pipeline.selection.resources.iter().find(|arn| !arn.contains('*')).cloned();
    let database = database.unwrap_or_else(|| {
        format!("arn:{}:rds:{}:{}:db:database", pipeline.partition(), pipeline.source.region, pipeline.source.account)
    });
    let event = copy_completed(pipeline, &database).to_string();
    let rules = join3(
        rule(in_source, source, "ForwardRule", &event),
        rule(in_intermediate, intermediate, "CopyRule", &event),
        rule(in_intermediate, intermediate, "SweepRule", &event),
    );
    let bus_policy = async {
        match is_right(intermediate) {
            true => events::default_bus_policy(in_intermediate).await,
            false => Err(unseen("events:DescribeEventBus", &intermediate.identity)),
        }
    };
    let function = async {
        match made(intermediate, "CopyFunction", "lambda:GetFunctionConfiguration")? {
            Some(name) => lambda::function(in_intermediate, name).await,
            None => Ok(None),
        }
    };
    let topic = async {
        if pipeline.notifications.email.is_none() {
            return Ok(None);
        }
        let Some(arn) = made(intermediate, "FailureTopic", "sns:ListSubscriptionsByTopic")? else { return Ok(None) };
        let told = sns::subscriptions(in_intermediate, arn).await?;
        Ok(told.map(|told| (arn.to_owned(), told)))
    };
    let queues = join3(queue(in_source, source), queue(in_intermediate, intermediate), topic);
    let ((forward_rule, copy_rule, sweep_rule), bus_policy, function, (source_queue, intermediate_queue, topic)) =
        join4(rules, bus_policy, function, queues).await;
    PathSeen { forward_rule, copy_rule, sweep_rule, bus_policy, function, source_queue, intermediate_queue, topic }
}

/// The physical id of what the stack made; none where it made none.
fn made<'a>(seen: &'a EnvironmentSeen, logical_id: &str, operation: &'static str) -> Result<Option<&'a str>, AwsError> {
    match &seen.resources {
        Err(error) if is_right(seen) => Err(error.clone()),
        Err(_) => Err(unseen(operation, &seen.identity)),
        Ok(_) => Ok(seen.resource(logical_id)),
    }
}

async fn rule(session: &Session, seen: &EnvironmentSeen, logical_id: &str, event: &str) -> Look<Option<RuleSeen>> {
    let Some(id) = made(seen, logical_id, "events:DescribeRule")? else { return Ok(None) };
    let Some(rule) = events::rule(session, id).await? else { return Ok(None) };
    let matches = match &rule.pattern {
        Some(pattern) => events::matches(session, pattern, event).await,
        None => Ok(false),
    };
    Ok(Some(RuleSeen { rule, matches }))
}

async fn queue(session: &Session, seen: &EnvironmentSeen) -> Look<Option<Queue>> {
    match made(seen, "DeadLetterQueue", "sqs:GetQueueAttributes")? {
        Some(url) => sqs::queue(session, url).await,
        None => Ok(None),
    }
}
