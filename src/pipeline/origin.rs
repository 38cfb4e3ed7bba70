//! The origin of a recovery point, and the token that makes a copy of it one copy.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::arn::VaultArn;

/// What copies of one backup have in common: they keep the resource's ARN and the creation date of
/// the first recovery point (AWS Backup Developer Guide, recov-point-create-a-copy).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Origin {
    /// The database that was backed up.
    pub resource_arn: String,
    /// When its backup was made, to the millisecond.
    pub created_at: DateTime<Utc>,
}

/// The version of the token's form; it is written into the intermediate stack's outputs.
pub const TOKEN_VERSION: &str = "1";

impl Origin {
    /// An origin, with the date cut to the millisecond that AWS's answers carry.
    pub fn new(resource_arn: impl Into<String>, created_at: DateTime<Utc>) -> Self {
        let millis = created_at.timestamp_millis();
        Self {
            resource_arn: resource_arn.into(),
            created_at: DateTime::from_timestamp_millis(millis).unwrap_or(created_at),
        }
    }

    /// The idempotency token of a copy of this origin into a vault: lower-case SHA-256 (64 hex
    /// digits) of the UTF-8 text of resource ARN, creation date in milliseconds since the epoch, vault
    /// ARN, attempt and version, joined by single newlines. `attempt` counts from 1.
    pub fn token(&self, destination: &VaultArn, attempt: u32, version: &str) -> String {
        let text = [
            self.resource_arn.clone(),
            self.created_at.timestamp_millis().to_string(),
            destination.to_string(),
            attempt.to_string(),
            version.to_owned(),
        ]
        .join("\n");
        hex::encode(Sha256::digest(text.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin() -> Origin {
        let created = DateTime::from_timestamp_millis(1_767_589_200_123).expect("a date");
        Origin::new("arn:aws:rds:us-east-1:111111111111:db:orders", created)
    }

    fn vault(name: &str) -> VaultArn {
        format!("arn:aws:backup:us-west-2:222222222222:backup-vault:{name}").parse().expect("an ARN")
    }

    #[test]
    fn the_date_is_cut_to_the_millisecond() {
        let fine = DateTime::from_timestamp(1_767_589_200, 123_456_789).expect("a date");
        assert_eq!(Origin::new("arn:aws:rds:us-east-1:111111111111:db:orders", fine), origin());
    }

    #[test]
    fn the_token_is_sha256_of_the_five_parts_joined_by_newlines() {
        // printf 'arn:aws:rds:us-east-1:111111111111:db:orders\n1767589200123\narn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault\n1\n1' | sha256sum
        assert_eq!(
            origin().token(&vault("destination-vault"), 1, "1"),
            "f8b6f3848a5a824beb791346c7822359129d3c2d211321324e35f6d8c2e779c7"
        );
    }

    #[test]
    fn every_part_makes_another_token() {
        let first = origin().token(&vault("a"), 1, "1");
        assert_ne!(first, origin().token(&vault("b"), 1, "1"));
        assert_ne!(first, origin().token(&vault("a"), 2, "1"));
        assert_ne!(first, origin().token(&vault("a"), 1, "2"));
    }
}
