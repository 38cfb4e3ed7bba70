//! The only place that calls the AWS SDK: sessions per environment, one file a service, errors in
//! AWS's own words. Answers leave it as the domain's types.

mod answer;
pub mod backup;
mod clients;
mod clocks;
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
pub mod sns;
pub mod sqs;
pub mod sts;
pub mod table;
pub mod wait;
mod watch;

pub use error::AwsError;
pub use outside::Outside;
pub use session::Session;

use chrono::{DateTime, Utc};

/// An SDK timestamp as the domain's, to the nearest millisecond.
///
/// JSON carries it as a decimal fraction that the SDK reads through a float: .087 becomes
/// .086999893. Cut instead of rounded it would name another origin, hence another token.
fn date(stamp: &aws_smithy_types::DateTime) -> Option<DateTime<Utc>> {
    let millis = (i64::from(stamp.subsec_nanos()) + 500_000) / 1_000_000;
    DateTime::from_timestamp_millis(stamp.secs().checked_mul(1000)?.checked_add(millis)?)
}

/// A domain timestamp as the SDK's, to the millisecond.
fn stamp(at: DateTime<Utc>) -> aws_smithy_types::DateTime {
    aws_smithy_types::DateTime::from_millis(at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_that_went_through_a_float_is_the_millisecond_that_aws_wrote() {
        // 1516925490.087, the example of the AWS Backup API Reference.
        let read = aws_smithy_types::DateTime::from_secs_f64(1_516_925_490.087);
        assert_eq!(date(&read).map(|date| date.timestamp_millis()), Some(1_516_925_490_087));
        let read = aws_smithy_types::DateTime::from_secs_and_nanos(10, 999_999_900);
        assert_eq!(date(&read).map(|date| date.timestamp_millis()), Some(11_000));
    }
}
