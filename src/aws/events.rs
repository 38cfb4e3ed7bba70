//! Amazon EventBridge: switching rules off and on.

use super::Session;
use super::error::{AwsError, send};

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

/// Switches a rule on.
///
/// # Errors
/// AWS's answer.
pub async fn enable_rule(session: &Session, physical_id: &str) -> Result<(), AwsError> {
    let (name, bus) = rule_and_bus(physical_id);
    let call = session.events().enable_rule().name(name).set_event_bus_name(bus.map(str::to_owned));
    send("events:EnableRule", call.send()).await.map(drop)
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
