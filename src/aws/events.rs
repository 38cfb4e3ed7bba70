//! Amazon EventBridge: what rules do, and switching them off and on.

use aws_sdk_eventbridge::types;

use super::Session;
use super::answer::{Listing, Required, text};
use super::error::{AwsError, send};
pub use crate::pipeline::seen::event_path::{Rule, Target};

/// A rule by its name and bus, as CloudFormation's physical id has it: `bus|name` or `name`.
fn rule_and_bus(physical_id: &str) -> (&str, Option<&str>) {
    match physical_id.split_once('|') {
        Some((bus, name)) => (name, Some(bus)),
        None => (physical_id, None),
    }
}

/// Switches a rule off. A rule that does not exist is off already.
///
/// # Errors
/// AWS's answer.
pub async fn disable_rule(session: &Session, physical_id: &str) -> Result<(), AwsError> {
    let (name, bus) = rule_and_bus(physical_id);
    let call = session.events().disable_rule().name(name).set_event_bus_name(bus.map(str::to_owned));
    match send("events:DisableRule", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(()),
        other => other.map(drop),
    }
}

/// Whether a rule is switched on, by CloudFormation's physical id; one that does not exist is not.
///
/// # Errors
/// AWS's answer.
pub async fn is_enabled(session: &Session, physical_id: &str) -> Result<bool, AwsError> {
    let (name, bus) = rule_and_bus(physical_id);
    let call = session.events().describe_rule().name(name).set_event_bus_name(bus.map(str::to_owned));
    match send("events:DescribeRule", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(false),
        answer => Ok(answer?.state.is_some_and(|state| state.as_str().starts_with("ENABLED"))),
    }
}

/// Switches a rule on.
///
/// # Errors
/// AWS's answer.
pub async fn enable_rule(session: &Session, physical_id: &str) -> Result<(), AwsError> {
    let (name, bus) = rule_and_bus(physical_id);
    let call = session.events().enable_rule().name(name).set_event_bus_name(bus.map(str::to_owned));
    send("events:EnableRule", call.send()).await.map(drop)
}

/// A rule and its targets, by CloudFormation's physical id; none where it does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn rule(session: &Session, physical_id: &str) -> Result<Option<Rule>, AwsError> {
    let (name, bus) = rule_and_bus(physical_id);
    let bus = bus.map(str::to_owned);
    let call = session.events().describe_rule().name(name).set_event_bus_name(bus.clone());
    let operation = "events:DescribeRule";
    let found = match send(operation, call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        other => other?,
    };
    let targets = TARGETS.read(
        |target: &types::Target| Some(target.id()),
        async |token| {
            let call = session.events().list_targets_by_rule().rule(name).set_event_bus_name(bus.clone());
            let page = send(TARGETS.operation, call.set_next_token(token).send()).await?;
            Ok((page.targets, page.next_token))
        },
    );
    let target = |target: &types::Target| {
        Ok(Target {
            arn: text(target.arn(), TARGETS.operation, "Arn")?.to_owned(),
            role_arn: target.role_arn().map(str::to_owned),
            dead_letters: target.dead_letter_config().and_then(|queue| queue.arn()).map(str::to_owned),
            rewrites: target.input().is_some() || target.input_path().is_some() || target.input_transformer().is_some(),
        })
    };
    Ok(Some(Rule {
        name: name.to_owned(),
        arn: found.arn.required(operation, "Arn")?,
        enabled: found.state.required(operation, "State")?.as_str().starts_with("ENABLED"),
        pattern: found.event_pattern,
        schedule: found.schedule_expression,
        targets: targets.await?.iter().map(target).collect::<Result<_, AwsError>>()?,
    }))
}

const TARGETS: Listing = Listing { operation: "events:ListTargetsByRule", items: "Targets", id: "Id" };

/// Whether EventBridge itself finds that a pattern matches an event.
///
/// # Errors
/// AWS's answer.
pub async fn matches(session: &Session, pattern: &str, event: &str) -> Result<bool, AwsError> {
    let call = session.events().test_event_pattern().event_pattern(pattern).event(event);
    Ok(send("events:TestEventPattern", call.send()).await?.result)
}

/// The resource policy of the default bus, where there is one.
///
/// # Errors
/// AWS's answer.
pub async fn default_bus_policy(session: &Session) -> Result<Option<String>, AwsError> {
    Ok(send("events:DescribeEventBus", session.events().describe_event_bus().send()).await?.policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_on_another_bus_carries_the_bus_in_front() {
        assert_eq!(rule_and_bus("bus-1|rule-1"), ("rule-1", Some("bus-1")));
        assert_eq!(rule_and_bus("rule-1"), ("rule-1", None));
    }
}
