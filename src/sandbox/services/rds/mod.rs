use serde::{Deserialize, Serialize};

use crate::policy::names::AccountId;
use crate::sandbox::world::{Operation, Place, World};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[];

/// What exists in one place.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {}

/// What happens by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Due {}

/// Lets it happen.
pub fn happen(_world: &mut World, _place: &Place, due: Due) {
    match due {}
}

/// What an account still has that a service needs its role for, with the Region of each.
pub fn uses_of_linked_role(_: &World, _: &AccountId, _: &str) -> Vec<(String, String)> {
    Vec::new()
}
