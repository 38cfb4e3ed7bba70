//! `doctor`: what it says of whole worlds, and whether what it says comes true.

mod by_hand;
mod calls;
mod dates;
mod gallery;
mod guardrails;
mod last_job;
mod prediction;
mod worlds;
