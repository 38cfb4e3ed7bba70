//! What of a world is its history: two worlds that differ in it are the same.

use serde_json::Value;

/// Parts of a world that are history and not state.
///
/// The tokens of requests are history too: a repeated request is known by its token, but nothing is made of it. And
/// which function `backupctl` ships, a world learns by the way.
const HISTORY: &[&str] = &[
    "trail",
    "ids",
    "sequence",
    "request_id",
    "now",
    "invocations",
    "creator_request_id",
    "token",
    "tokens",
    "shipped_function",
];

/// A world's JSON without its history.
pub fn without_history(world: &Value) -> Value {
    let mut value = world.clone();
    forget_history(&mut value, "");
    if let Some(services) = value["services"].as_object_mut() {
        services.values_mut().for_each(forget_untouched);
    }
    value
}

/// Leaves out the accounts and Regions of a service in which nothing is: to look there makes a place for them.
fn forget_untouched(service: &mut Value) {
    let Some(accounts) = service.as_object_mut() else { return };
    for account in accounts.values_mut().filter_map(Value::as_object_mut) {
        account.retain(|_, region| !is_vacant(region));
    }
    accounts.retain(|_, account| !is_vacant(account));
}

/// Whether there is nothing in it, however deep.
fn is_vacant(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.values().all(is_vacant))
}

/// `events` is the history of a stack and the name of a service.
fn forget_history(value: &mut Value, under: &str) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !HISTORY.contains(&key.as_str()) && (key != "events" || under == "services"));
            map.iter_mut().for_each(|(key, item)| forget_history(item, key));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget_history(item, "")),
        Value::Number(number) if is_time(number.as_f64().unwrap_or_default()) => *value = Value::from("time"),
        Value::String(text)
            if text.len() >= 20 && text.as_bytes()[4] == b'-' && text.contains('T') && text.ends_with('Z') =>
        {
            *value = Value::from("time");
        }
        _ => {}
    }
}

/// Epoch seconds between 2020 and 2100.
fn is_time(number: f64) -> bool {
    (1.577e9..4.1e9).contains(&number)
}
