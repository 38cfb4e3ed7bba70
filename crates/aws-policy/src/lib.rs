//! The policy domain, pure: names (ARNs, accounts, Regions), policy documents and their evaluation, schedules.
//!
//! It does no I/O, reads no clock, and knows nobody else. The product asks it what a policy *will*
//! decide, the sandbox asks it what a policy *does* decide; its own judge is a table of cases taken
//! from AWS's documentation.

pub mod condition;
pub mod context;
mod decide;
pub mod document;
mod elements;
pub mod evaluate;
pub mod keys;
pub mod names;
pub mod principal;
pub mod reach;
mod request;
pub mod schedule;
mod statement;
mod truth;
mod who;
pub mod wildcard;
