//! The names that everything else is written in: account ids, Regions, partitions and ARNs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not the name that it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The text is not twelve ASCII digits.
    #[error("`{0}` is not an AWS account id: it takes exactly 12 digits")]
    Account(String),
    /// The text is not in the list of Regions.
    #[error("`{0}` is not an AWS Region")]
    Region(String),
    /// The text has not the six parts of an ARN.
    #[error("`{0}` is not an ARN")]
    Arn(String),
}

/// An AWS account id: exactly twelve digits, kept as text because it may begin with zeros.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// A Region that AWS has, by its code (`us-east-1`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

/// A partition: a group of Regions whose ARNs begin alike and that copies never leave
/// (AWS Backup Developer Guide, backup-feature-availability).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Partition {
    /// `aws`: all commercial Regions.
    #[serde(rename = "aws")]
    Aws,
    /// `aws-cn`: Beijing and Ningxia.
    #[serde(rename = "aws-cn")]
    China,
    /// `aws-us-gov`: the two GovCloud Regions.
    #[serde(rename = "aws-us-gov")]
    GovCloud,
}

/// The Regions of the three partitions (AWS General Reference, read 2026-11).
pub const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Region {
    /// The Region's code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the Region lies in.
    pub fn partition(&self) -> Partition {
        match self.0.as_str() {
            code if code.starts_with("cn-") => Partition::China,
            code if code.starts_with("us-gov-") => Partition::GovCloud,
            _ => Partition::Aws,
        }
    }
}

impl Partition {
    /// The partition as it stands in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Partition::Aws => "aws",
            Partition::China => "aws-cn",
            Partition::GovCloud => "aws-us-gov",
        }
    }
}

impl FromStr for AccountId {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Account(text.to_owned()))
        }
    }
}

impl FromStr for Region {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        match REGIONS.binary_search(&text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(NameError::Region(text.to_owned())),
        }
    }
}

/// An ARN in its six parts. `region` and `account` are empty where the service leaves them out
/// (IAM has no Region, S3 neither).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The service's namespace: `rds`, `kms`, `backup`.
    pub service: String,
    /// The Region's code, or empty.
    pub region: String,
    /// The account id, or empty.
    pub account: String,
    /// Everything after the fifth colon: `snapshot:awsbackup:job-…`, `key/…`, `role/path/name`.
    pub resource: String,
}

impl Arn {
    /// Puts an ARN together; `region` or `account` may be empty.
    pub fn new(partition: Partition, service: &str, region: &str, account: &str, resource: impl Into<String>) -> Self {
        Self {
            partition: partition.as_str().to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.into(),
        }
    }

    /// The account that the ARN names, if it names one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account.parse().ok()
    }

    /// The Region that the ARN names, if it names one.
    pub fn region_code(&self) -> Option<Region> {
        self.region.parse().ok()
    }

    /// What follows `prefix` in the resource part: `arn.resource_after("backup-vault:")`.
    pub fn resource_after(&self, prefix: &str) -> Option<&str> {
        self.resource.strip_prefix(prefix)
    }
}

impl FromStr for Arn {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().map(str::to_owned).ok_or_else(|| NameError::Arn(text.to_owned()));
        if next()? != "arn" {
            return Err(NameError::Arn(text.to_owned()));
        }
        let arn = Self { partition: next()?, service: next()?, region: next()?, account: next()?, resource: next()? };
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return Err(NameError::Arn(text.to_owned()));
        }
        Ok(arn)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:{}:{}:{}:{}", self.partition, self.service, self.region, self.account, self.resource)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text newtypes show, serialize and parse as their text.
macro_rules! as_text {
    ($($name:ident),*) => {$(
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
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}
as_text!(AccountId, Region);

/// Names serialize as their text and are checked when read back.
macro_rules! serde_as_text {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(AccountId, Region, Arn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_list_is_sorted_because_it_is_searched() {
        assert!(REGIONS.is_sorted());
    }

    #[test]
    fn an_account_id_keeps_its_leading_zeros() {
        let account: AccountId = "012345678901".parse().expect("twelve digits");
        assert_eq!(account.to_string(), "012345678901");
        assert!("12345678901".parse::<AccountId>().is_err());
        assert!("12345678901x".parse::<AccountId>().is_err());
    }

    #[test]
    fn an_arn_keeps_the_colons_of_its_resource() {
        let text = "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1";
        let arn: Arn = text.parse().expect("an ARN");
        assert_eq!(arn.resource, "snapshot:awsbackup:job-1");
        assert_eq!(arn.to_string(), text);
        assert!("arn:aws:rds:us-east-1".parse::<Arn>().is_err());
    }
}
