//! The only place that calls the AWS SDK: sessions per environment, one file a service, errors in
//! AWS's own words. Answers leave it as the domain's types.

pub mod backup;
pub mod cloudformation;
pub mod error;
pub mod events;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod organizations;
pub mod outside;
pub mod rds;
pub mod session;
pub mod sts;
pub mod table;
pub mod wait;

pub use error::AwsError;
pub use outside::Outside;
pub use session::Session;

use chrono::{DateTime, Utc};

/// An SDK timestamp as the domain's.
fn date(stamp: &aws_smithy_types::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(stamp.secs(), stamp.subsec_nanos())
}

/// A domain timestamp as the SDK's, to the millisecond.
fn stamp(at: DateTime<Utc>) -> aws_smithy_types::DateTime {
    aws_smithy_types::DateTime::from_millis(at.timestamp_millis())
}
