use serde::{Deserialize, Serialize};

use crate::sandbox::world::Operation;

/// Its operations.
pub const OPERATIONS: &[Operation] = &[];

/// What exists.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {}
