//! What several test modules use.

pub mod command;
pub mod normal;
pub mod operator;
pub mod worlds;
