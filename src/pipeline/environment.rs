//! The three environments and the two hops between them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which of the three account + Region pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentName {
    /// Account A, Region A: where the databases run.
    Source,
    /// Account A, Region B.
    Intermediate,
    /// Account B, Region B.
    Destination,
}

/// The text is none of the three names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an environment: source, intermediate or destination")]
pub struct NoSuchEnvironment(String);

impl EnvironmentName {
    /// All three, in the order that backups travel.
    pub const ALL: [Self; 3] = [Self::Source, Self::Intermediate, Self::Destination];

    /// The name as documents and flags have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Intermediate => "intermediate",
            Self::Destination => "destination",
        }
    }

    /// Its place in [`EnvironmentName::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EnvironmentName {
    type Err = NoSuchEnvironment;
    fn from_str(text: &str) -> Result<Self, NoSuchEnvironment> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or_else(|| NoSuchEnvironment(text.to_owned()))
    }
}

/// One copy job from one environment's vault to the next one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hop {
    /// Source to intermediate: across Regions, re-encrypts under the intermediate vault's key.
    First,
    /// Intermediate to destination: across accounts.
    Second,
}

impl Hop {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::First, Self::Second];

    /// Where it copies from.
    pub const fn from(self) -> EnvironmentName {
        match self {
            Self::First => EnvironmentName::Source,
            Self::Second => EnvironmentName::Intermediate,
        }
    }

    /// Where it copies to.
    pub const fn to(self) -> EnvironmentName {
        match self {
            Self::First => EnvironmentName::Intermediate,
            Self::Second => EnvironmentName::Destination,
        }
    }
}
