//! How a world begins: which accounts, organizations, databases and settings it has.
//!
//! A scenario is data of its own (TOML, or made by a command from a configuration). Building it uses
//! the services' own operations wherever there is one, so that a world cannot begin in a state that
//! no sequence of API calls could reach.

mod build;
mod check;

use serde::{Deserialize, Serialize};

pub use check::Flaw;

use super::world::{Moment, Settings, World};
use aws_policy::names::{AccountId, Region};

/// 2026-01-05T06:00:00Z, a Monday: when every world begins.
pub const BEGINNING: Moment = Moment::from_millis(1_767_592_800_000);

/// A world's beginning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// Every identifier and duration is drawn from it.
    pub seed: u64,
    /// The Regions that all accounts have enabled.
    pub regions: Vec<Region>,
    /// The organizations; an account in none of them stands alone.
    pub organizations: Vec<Organization>,
    /// Accounts outside any organization.
    pub accounts: Vec<AccountId>,
    /// Whether what a pipeline stands on is there already.
    pub prerequisites: Prerequisites,
    pub databases: Vec<Database>,
    /// IAM roles, besides those of the prerequisites.
    pub roles: Vec<Role>,
    /// Customer managed IAM policies (a permissions boundary).
    pub policies: Vec<Policy>,
    /// Customer managed keys, besides those of the databases.
    pub keys: Vec<Key>,
    pub settings: Option<Settings>,
}

/// What a pipeline stands on: default backup role, service-linked roles, cross-account backup,
/// trusted access, RDS opt-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prerequisites {
    /// All of it is there.
    #[default]
    Met,
    /// Nothing of it.
    Missing,
}

/// An organization with all features.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// In the form `o-…`.
    pub id: String,
    pub management: AccountId,
    pub members: Vec<AccountId>,
    /// Organizational units, each after its parent.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Service control policies, besides AWS's own that allows everything.
    #[serde(default)]
    pub service_control_policies: Vec<ControlPolicy>,
    /// Resource control policies, besides AWS's own that allows everything.
    #[serde(default)]
    pub resource_control_policies: Vec<ControlPolicy>,
}

/// An organizational unit, with the accounts that are moved into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name, by which the scenario knows it.
    pub name: String,
    /// `root`, or a unit's name.
    #[serde(default = "root")]
    pub parent: String,
    #[serde(default)]
    pub accounts: Vec<AccountId>,
}

/// A service control or resource control policy and what it is attached to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlPolicy {
    pub name: String,
    /// Its document, as JSON text.
    pub document: String,
    /// `root`, units' names, or member accounts.
    #[serde(default = "only_root")]
    pub targets: Vec<String>,
}

/// What the root of an organization is called.
pub const ROOT: &str = "root";

fn root() -> String {
    ROOT.to_owned()
}

fn only_root() -> Vec<String> {
    vec![root()]
}

/// A customer managed key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub account: AccountId,
    pub region: Region,
    /// Its alias, without `alias/`.
    pub alias: String,
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
}

/// A database instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub account: AccountId,
    pub region: Region,
    pub name: String,
    /// One of `postgres`, `mysql`.
    pub engine: String,
    pub engine_version: String,
    /// Its storage in GiB.
    pub allocated_gib: i64,
    pub encryption: Encryption,
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
}

/// What encrypts a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// The AWS managed key `aws/rds`.
    AwsManaged,
    /// A customer managed key of its own.
    CustomerManaged,
    /// Nothing.
    None,
}

/// An IAM role that principals of its own account may assume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    pub account: AccountId,
    /// One of `/` or `/path/`.
    pub path: String,
    pub name: String,
    /// Who may assume it: a service's name (`backup.amazonaws.com`), or an account's root ARN.
    pub trusts: String,
    /// ARNs of AWS managed policies attached to it.
    pub managed_policies: Vec<String>,
}

/// A customer managed policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub account: AccountId,
    /// One of `/` or `/path/`.
    pub path: String,
    pub name: String,
    /// Its document, as JSON text.
    pub document: String,
}

/// The world that a sandbox begins with when nobody says otherwise.
pub fn built_in(seed: u64) -> World {
    let scenario = Scenario { seed, ..Scenario::built_in() };
    scenario.build().expect("the built-in scenario is made of constants, and a test builds it")
}

impl Scenario {
    /// The built-in world: one organization, production, central backup, four databases.
    pub fn built_in() -> Self {
        let account = |id: &str| -> AccountId { id.parse().expect("a constant account id") };
        let region = |code: &str| -> Region { code.parse().expect("a constant Region") };
        let database = |name: &str, engine: &str, version: &str, gib: i64, encryption: Encryption| Database {
            account: account("111111111111"),
            region: region("us-east-1"),
            name: name.to_owned(),
            engine: engine.to_owned(),
            engine_version: version.to_owned(),
            allocated_gib: gib,
            encryption,
            tags: [("backup".to_owned(), "daily".to_owned())].into(),
        };
        Self {
            seed: super::handle::DEFAULT_SEED,
            regions: ["us-east-1", "us-west-2", "eu-west-1"].map(region).to_vec(),
            organizations: vec![Organization {
                id: "o-sandboxorg1".to_owned(),
                management: account("999999999999"),
                members: vec![account("111111111111"), account("222222222222")],
                units: Vec::new(),
                service_control_policies: Vec::new(),
                resource_control_policies: Vec::new(),
            }],
            databases: vec![
                database("orders", "postgres", "16.4", 100, Encryption::AwsManaged),
                database("billing", "mysql", "8.0.39", 50, Encryption::AwsManaged),
                database("ledger", "postgres", "16.4", 40, Encryption::CustomerManaged),
                database("legacy", "mysql", "8.0.39", 20, Encryption::None),
            ],
            ..Self::default()
        }
    }

    /// The built-in world before anybody prepared it.
    pub fn bare() -> Self {
        Self { prerequisites: Prerequisites::Missing, ..Self::built_in() }
    }

    fn all_accounts(&self) -> Vec<AccountId> {
        let mut accounts: Vec<AccountId> = self.accounts.clone();
        for organization in &self.organizations {
            accounts.push(organization.management.clone());
            accounts.extend(organization.members.iter().cloned());
        }
        accounts.sort();
        accounts.dedup();
        accounts
    }
}
