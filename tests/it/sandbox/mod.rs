//! The simulated AWS by itself.

mod durability;
mod scenarios;
mod templates;
