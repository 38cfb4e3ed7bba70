//! What several test modules use.

pub mod between;
pub mod budget;
pub mod command;
pub mod gallery;
pub mod normal;
pub mod operator;
pub mod served;
pub mod share;
pub mod shown;
pub mod spoil;
pub mod worlds;
