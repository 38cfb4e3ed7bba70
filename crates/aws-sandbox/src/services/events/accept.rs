//! An event reaches a bus: which rules take it, and what is on its way then.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Due;
use super::delivery::Delivery;
use super::pattern::Pattern;
use super::rules::wind;
use super::state::{DEFAULT_BUS, Rule, RuleState, SeenEvent, TRAIL_LENGTH, rule_arn};
use crate::world::faults::{Effect, Struck, Target};
use crate::world::{Moment, Place, World};

/// How an event came to the bus: one that was forwarded once goes no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Arrival {
    /// It was put or emitted here.
    Own,
    /// Another account's or Region's rule sent it.
    Forwarded,
}

/// "About half a second" lies between an event and its target (Amazon EventBridge FAQ, latency).
const LATENCY_MILLIS: i64 = 500;

/// Puts an AWS service's event on the default bus of `place`.
pub(super) fn emit(
    world: &mut World,
    place: &Place,
    source: &str,
    detail_type: &str,
    resources: Vec<String>,
    detail: Value,
) {
    let event = event(world, place, source, detail_type, resources, detail);
    for _ in 0..comings(world, place) {
        accept(world, place, DEFAULT_BUS, &event, Arrival::Own);
    }
}

/// How often an event of an AWS service comes: such events are best effort, and may come more than once
/// (Amazon EventBridge User Guide, "Events from AWS services"). Nothing is drawn where every one comes once.
fn comings(world: &mut World, place: &Place) -> usize {
    let (lost, twice) = (world.settings.events_lost_percent, world.settings.events_twice_percent);
    if lost + twice == 0 {
        return 1;
    }
    let drawn = world.ids.number(place, "event-comings", 100);
    match drawn {
        drawn if drawn < lost => 0,
        drawn if drawn < lost + twice => 2,
        _ => 1,
    }
}

fn event(
    world: &mut World,
    place: &Place,
    source: &str,
    detail_type: &str,
    resources: Vec<String>,
    detail: Value,
) -> Value {
    json!({
        "version": "0",
        "id": world.ids.uuid(place, "event"),
        "detail-type": detail_type,
        "source": source,
        "account": place.account,
        "time": world.now.iso_seconds(),
        "region": place.region,
        "resources": resources,
        "detail": detail,
    })
}

/// An event reaches a bus, unless something was ordered to happen to it on the way.
pub(super) fn accept(world: &mut World, place: &Place, bus: &str, event: &Value, arrival: Arrival) {
    let text = |member: &str| event[member].as_str().unwrap_or_default();
    let operation = format!("{}:{}", text("source"), text("detail-type"));
    match world.struck(Struck { target: Target::Event, operation: &operation, place, about: event }) {
        Some(Effect::LostEvent) => {}
        Some(Effect::LateEvent { seconds }) => {
            let late = Late { bus: bus.to_owned(), event: event.clone(), arrival };
            let at = world.now.plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
            world.schedule(at, place, Due::Arrive(Box::new(late)));
        }
        Some(Effect::DuplicateEvent) => {
            hand_out(world, place, bus, event, arrival);
            hand_out(world, place, bus, event, arrival);
        }
        _ => hand_out(world, place, bus, event, arrival),
    }
}

/// An event that was held up on its way to a bus.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Late {
    bus: String,
    event: Value,
    arrival: Arrival,
}

/// A late event arrives.
pub(super) fn arrive(world: &mut World, place: &Place, late: &Late) {
    hand_out(world, place, &late.bus, &late.event, late.arrival);
}

/// Hands an event to every enabled rule of a bus whose pattern takes it.
fn hand_out(world: &mut World, place: &Place, bus: &str, event: &Value, arrival: Arrival) {
    let Some(found) = world.services.events.get(place).and_then(|state| state.bus(bus)) else { return };
    let takes = |rule: &Rule| {
        let pattern = rule.pattern.as_deref().filter(|_| rule.state != RuleState::Disabled);
        pattern.and_then(|pattern| Pattern::parse(pattern).ok()).is_some_and(|pattern| pattern.matches(event))
    };
    let rules: Vec<String> = found.rules.iter().filter(|(_, rule)| takes(rule)).map(|(name, _)| name.clone()).collect();
    note(world, place, event, &rules);
    for rule in rules {
        send(world, place, bus, &rule, event, arrival);
    }
}

/// Keeps the event for those who look on, and forgets the oldest beyond the bound.
fn note(world: &mut World, place: &Place, event: &Value, rules: &[String]) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let detail = &event["detail"];
    let state = detail.get("state").or_else(|| detail.get("status")).and_then(Value::as_str);
    let resources = event["resources"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let seen = SeenEvent {
        at: world.now,
        source: text(&event["source"]),
        detail_type: text(&event["detail-type"]),
        region: text(&event["region"]),
        state: state.map(str::to_owned),
        resources: resources.map(str::to_owned).collect(),
        rules: rules.to_vec(),
    };
    let trail = &mut world.services.events.at(place).trail;
    if trail.len() == TRAIL_LENGTH {
        trail.pop_front();
    }
    trail.push_back(seen);
}

/// The last events that reached a bus of `place`, newest first.
pub fn last_events<'a>(world: &'a World, place: &Place) -> impl Iterator<Item = &'a SeenEvent> {
    world.services.events.get(place).into_iter().flat_map(|state| state.trail.iter().rev())
}

fn send(world: &mut World, place: &Place, bus: &str, rule: &str, event: &Value, arrival: Arrival) {
    let targets =
        world.services.events.get(place).and_then(|state| Some(state.bus(bus)?.rules.get(rule)?.targets.clone()));
    let now = world.now;
    for target in targets.unwrap_or_default() {
        let delivery = Delivery {
            rule_arn: rule_arn(place, bus, rule),
            rule: rule.to_owned(),
            target,
            event: event.clone(),
            arrival,
            since: now,
            retries: 0,
        };
        let at = Moment::from_millis(now.millis() + LATENCY_MILLIS);
        world.schedule(at, place, Due::Deliver(Box::new(delivery)));
    }
}

/// A rule's clock strikes. The event goes to this rule alone.
pub(super) fn fire(world: &mut World, place: &Place, rule: &str, generation: u64) {
    let found = world.services.events.get(place).and_then(|state| state.default.rules.get(rule));
    if found.is_none_or(|rule| rule.generation != generation) {
        return;
    }
    let arn = rule_arn(place, DEFAULT_BUS, rule);
    let event = event(world, place, "aws.events", "Scheduled Event", vec![arn], json!({}));
    send(world, place, DEFAULT_BUS, rule, &event, Arrival::Own);
    wind(world, place, DEFAULT_BUS, rule);
}
