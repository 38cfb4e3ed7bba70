//! Amazon EventBridge: buses, rules, targets, and the way of an event to them.

mod accept;
mod buses;
mod delivery;
mod paging;
mod pattern;
mod put_events;
mod rules;
mod state;
mod tags;
mod targets;
#[cfg(test)]
mod tests;
mod transform;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::accept::Late;
pub use self::accept::last_events;
use self::delivery::Delivery;
pub use self::state::{SeenEvent, State};
use super::ServiceRow;
use crate::operation;
use crate::world::{Access, Call, Operation, Place, ServiceError, World};

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "events",
    model: include_str!("../../models/events.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "EventBridge",
    throttled: ("ThrottlingException", "Rate exceeded"),
    denied: "AccessDeniedException",
    broken: "InternalException",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("CreateEventBus", Change, buses::needs_bus, buses::create),
    operation!("DeleteEventBus", Change, buses::needs_bus, buses::delete),
    operation!("DeleteRule", Change, rules::needs_rule, rules::delete_rule),
    operation!("DescribeEventBus", Read, buses::needs_bus, buses::describe),
    operation!("DescribeRule", Read, rules::needs_rule, rules::describe_rule),
    operation!("DisableRule", Change, rules::needs_rule, rules::disable_rule),
    operation!("EnableRule", Change, rules::needs_rule, rules::enable_rule),
    operation!("ListEventBuses", Read, needs_any, buses::list),
    operation!("ListRuleNamesByTarget", Read, needs_any, targets::list_by_target),
    operation!("ListRules", Read, rules::needs_list, rules::list_rules),
    operation!("ListTagsForResource", Read, tags::needs_tags, tags::list),
    operation!("ListTargetsByRule", Read, rules::needs_rule, targets::list_targets),
    operation!("PutEvents", Change, put_events::needs_put_events, put_events::put_events),
    operation!("PutPermission", Change, buses::needs_bus, buses::put_permission),
    operation!("PutRule", Change, rules::needs_rule, rules::put_rule),
    operation!("PutTargets", Change, targets::needs_put, targets::put_targets),
    operation!("RemovePermission", Change, buses::needs_bus, buses::remove_permission),
    operation!("RemoveTargets", Change, rules::needs_rule, targets::remove_targets),
    operation!("TagResource", Change, tags::needs_tags, tags::tag),
    operation!("TestEventPattern", Read, needs_any, put_events::test_pattern),
    operation!("UntagResource", Change, tags::needs_tags, tags::untag),
];

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Due {
    /// An event is tried on its target.
    Deliver(Box<Delivery>),
    /// An event that was held up reaches its bus.
    Arrive(Box<Late>),
    /// A rule's schedule strikes; `generation` tells a schedule that was changed meanwhile.
    Fire {
        /// The rule, on the default bus.
        rule: String,
        generation: u64,
    },
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Deliver(delivery) => delivery::deliver(world, place, *delivery),
        Due::Arrive(late) => accept::arrive(world, place, &late),
        Due::Fire { rule, generation } => accept::fire(world, place, &rule, generation),
    }
}

/// Puts an AWS service's own event on the default bus of `place`, where rules take it at once.
///
/// `resources` are ARNs, `detail` is the event's own part.
pub fn emit(world: &mut World, place: &Place, source: &str, detail_type: &str, resources: Vec<String>, detail: Value) {
    accept::emit(world, place, source, detail_type, resources, detail);
}

fn needs_any(_world: &World, call: &Call, _input: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("events:{}", call.operation), &call.place.account)])
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message)
}
