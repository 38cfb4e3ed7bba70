//! Idempotency tokens: a successful request that is repeated under its token does nothing more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::world::{Call, Moment, TokenScope, World};

/// The answers that are remembered, by operation and token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Tokens(BTreeMap<String, Remembered>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    until: Moment,
    answer: Value,
}

/// The answer that was given under this token, if it is still remembered.
pub(super) fn recall(world: &World, call: &Call, token: Option<&str>) -> Option<Value> {
    let remembered = world.services.backup.get(&call.place)?.tokens.0.get(&key(world, call, token?))?;
    (remembered.until > world.now).then(|| remembered.answer.clone())
}

/// Remembers an answer for as long as the world's settings say.
pub(super) fn remember(world: &mut World, call: &Call, token: Option<&str>, answer: &Value) {
    let Some(token) = token else { return };
    let now = world.now;
    let until = now.plus_seconds(world.settings.token_memory_seconds);
    let key = key(world, call, token);
    let tokens = &mut world.services.backup.at(&call.place).tokens.0;
    tokens.retain(|_, remembered| remembered.until > now);
    tokens.insert(key, Remembered { until, answer: answer.clone() });
}

fn key(world: &World, call: &Call, token: &str) -> String {
    match world.settings.token_scope {
        TokenScope::Account => format!("{}/{token}", call.operation),
        TokenScope::Principal => format!("{}/{}/{token}", call.operation, call.caller.shown()),
    }
}
