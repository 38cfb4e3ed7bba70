//! ARNs that must not be mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

pub use crate::policy::names::{AccountId, Arn, NameError, Partition, Region};

macro_rules! arn_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The ARN as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The ARN in its parts.
            pub fn parts(&self) -> Option<Arn> {
                self.0.parse().ok()
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                text.parse::<Arn>().map(|_| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

arn_newtype! {
    /// The ARN of a backup vault.
    VaultArn
}
arn_newtype! {
    /// The ARN of a recovery point. For RDS it is the ARN of a DB snapshot.
    RecoveryPointArn
}
arn_newtype! {
    /// The ARN of a KMS key, never of an alias.
    KeyArn
}

impl VaultArn {
    /// The ARN of a vault by its place and name.
    pub fn new(region: &Region, account: &AccountId, name: &str) -> Self {
        let resource = format!("backup-vault:{name}");
        Self(Arn::new(region.partition(), "backup", region.as_str(), account.as_str(), resource).to_string())
    }

    /// The vault's name.
    pub fn name(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_arn_ends_in_the_vaults_name() {
        let arn: VaultArn =
            "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault".parse().expect("ARN");
        assert_eq!(arn.name(), "destination-vault");
    }

    #[test]
    fn an_alias_name_is_no_key_arn() {
        assert!("alias/aws/rds".parse::<KeyArn>().is_err());
    }
}
