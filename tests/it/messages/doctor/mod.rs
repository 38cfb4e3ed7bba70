//! `doctor`: what it finds wrong, and what it could not look at.

mod acknowledged;
mod database_key;
mod events;
mod guardrails;
mod key_policy;
pub mod plan;
mod selection;
mod unseen;
mod without;

const SOURCE: &str = "aws-backup-rds-source-stack";
const INTERMEDIATE: &str = "aws-backup-rds-intermediate-stack";
