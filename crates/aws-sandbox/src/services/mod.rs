//! One module for each AWS service: its state, its operations, what happens in it by itself.

pub mod backup;
#[cfg(test)]
mod bench;
pub mod cloudformation;
pub mod cloudwatch;
#[cfg(test)]
mod conformance;
pub mod events;
pub mod iam;
pub mod kms;
pub mod lambda;
pub mod logs;
pub mod organizations;
pub mod rds;
pub mod sns;
pub mod sqs;
pub mod sts;
mod tags;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::world::{Operation, Per, Place, World};
use aws_policy::names::{AccountId, Partition, Region};

/// What stands of a service outside its own module. Adding a service is adding its row.
pub struct ServiceRow {
    /// The name in SigV4's credential scope, which is also the name of its model file.
    pub signing_name: &'static str,
    /// The committed part of its model, as `scripts/make-models.py` writes it.
    pub model: &'static str,
    pub operations: &'static [Operation],
    /// Whether it keeps its state once a partition, not once a Region.
    pub is_global: bool,
    /// Its name as the Java SDK inside CloudFormation's handlers spells it in messages.
    pub handler_title: &'static str,
    /// Code and message of a throttled call: `Throttling` where awsQuery is spoken, else each model's own (AWS Backup
    /// API Reference, "Common Errors"; botocore, data/_retry.json and the services' models).
    pub throttled: (&'static str, &'static str),
    /// The code of a call that no policy allows: services that speak awsQuery say `AccessDenied`.
    pub denied: &'static str,
    /// The code of the service's own fault, which its model gives the status 500.
    pub broken: &'static str,
}

macro_rules! services {
    ($($variant:ident => $module:ident),* $(,)?) => {
        /// The services that the sandbox has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Service {
            $($variant),*
        }

        impl Service {
            /// All of them.
            pub const ALL: &'static [Service] = &[$(Service::$variant),*];

            /// What stands of it outside its own module.
            pub fn row(self) -> &'static ServiceRow {
                match self {
                    $(Service::$variant => &$module::ROW),*
                }
            }
        }
    };
}

services! {
    Backup => backup,
    CloudFormation => cloudformation,
    CloudWatch => cloudwatch,
    Events => events,
    Iam => iam,
    Kms => kms,
    Lambda => lambda,
    Logs => logs,
    Organizations => organizations,
    Rds => rds,
    Sns => sns,
    Sqs => sqs,
    Sts => sts,
}

impl Service {
    /// The name in SigV4's credential scope.
    pub fn signing_name(self) -> &'static str {
        self.row().signing_name
    }

    /// The service by its signing name.
    pub fn by_signing_name(name: &str) -> Option<Service> {
        Self::ALL.iter().copied().find(|service| service.signing_name() == name)
    }

    /// The rows of its operations.
    pub fn operations(self) -> &'static [Operation] {
        self.row().operations
    }

    /// One operation by its name in the API.
    pub fn operation(self, name: &str) -> Option<&'static Operation> {
        self.operations().iter().find(|operation| operation.name == name)
    }

    /// The Region in which the service keeps its state: global services have one for each partition.
    pub fn home(self, region: &Region) -> Region {
        if !self.row().is_global {
            return region.clone();
        }
        let home = match region.partition() {
            Partition::Aws => "us-east-1",
            Partition::China => "cn-northwest-1",
            Partition::GovCloud => "us-gov-west-1",
        };
        home.parse().unwrap_or_else(|_| region.clone())
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.signing_name())
    }
}

/// The state of every service.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct States {
    pub backup: Per<Place, backup::State>,
    pub cloudformation: Per<Place, cloudformation::State>,
    #[serde(default)]
    pub cloudwatch: Per<Place, cloudwatch::State>,
    pub events: Per<Place, events::State>,
    pub iam: Per<AccountId, iam::State>,
    pub kms: Per<Place, kms::State>,
    pub lambda: Per<Place, lambda::State>,
    pub logs: Per<Place, logs::State>,
    pub organizations: organizations::State,
    pub rds: Per<Place, rds::State>,
    #[serde(default)]
    pub sns: Per<Place, sns::State>,
    pub sqs: Per<Place, sqs::State>,
    pub sts: sts::State,
    /// SHA-256 (hex) of the function's source that is shipped: it runs as its equivalent in Rust.
    #[serde(default)]
    pub shipped_function: String,
}

/// Something that will happen by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Due {
    Backup(backup::Due),
    CloudFormation(cloudformation::Due),
    CloudWatch(cloudwatch::Due),
    Events(events::Due),
    Kms(kms::Due),
    Lambda(lambda::Due),
    Rds(rds::Due),
}

/// Lets it happen.
pub fn happen(world: &mut World, place: &Place, due: Due) {
    match due {
        Due::Backup(due) => backup::happen(world, place, due),
        Due::CloudFormation(due) => cloudformation::happen(world, place, due),
        Due::CloudWatch(due) => cloudwatch::happen(world, place, due),
        Due::Events(due) => events::happen(world, place, due),
        Due::Kms(due) => kms::happen(world, place, due),
        Due::Lambda(due) => lambda::happen(world, place, due),
        Due::Rds(due) => rds::happen(world, place, due),
    }
}

macro_rules! due_from {
    ($($variant:ident => $module:ident),*) => {$(
        impl From<$module::Due> for Due {
            fn from(due: $module::Due) -> Self {
                Due::$variant(due)
            }
        }
    )*};
}
due_from!(Backup => backup, CloudFormation => cloudformation, CloudWatch => cloudwatch, Events => events, Kms => kms, Lambda => lambda, Rds => rds);
