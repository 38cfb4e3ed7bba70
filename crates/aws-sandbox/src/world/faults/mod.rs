//! Faults that somebody ordered: what goes wrong, where, and how often. They are part of the world, so
//! that they are written down with it and strike in the same place each time.
//!
//! Faults of calls strike what clients send, before the service sees it or on the answer's way back;
//! the calls that AWS's services make among themselves are left alone. Faults of events, jobs and
//! stack resources strike where those happen.

mod order;
mod strike;

pub use order::{Effect, Fault, Matching, Often, Side, Target};
pub use strike::{Faults, Struck};
