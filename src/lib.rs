//! `backupctl` carries RDS backups that are encrypted with the AWS managed key `aws/rds` to another
//! account, by two AWS Backup copy jobs with a customer managed key in between.

pub mod aws;
pub mod cli;
pub mod config;
pub mod operations;
pub mod output;
pub mod pipeline;
pub use aws_policy as policy;
#[cfg(feature = "sandbox")]
pub use aws_sandbox as sandbox;
pub mod templates;
