//! How a world begins: which accounts, organizations, databases and settings it has.
//!
//! A scenario is data of its own (TOML, or made by a command from a configuration). Building it uses
//! the services' own operations wherever there is one, so that a world cannot begin in a state that
//! no sequence of API calls could reach.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::services::{Service, iam, kms, organizations, rds};
use super::world::{Caller, Moment, Place, ServiceError, Settings, World};
use crate::policy::context::Context;
use crate::policy::names::{AccountId, Arn, Region};

/// 2026-01-05T06:00:00Z, a Monday: when every world begins.
pub const BEGINNING: Moment = Moment::from_millis(1_767_592_800_000);

/// The name and path of the role that AWS Backup's console makes.
const DEFAULT_ROLE: (&str, &str) = ("/service-role/", "AWSBackupDefaultServiceRole");

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
    /// Databases.
    pub databases: Vec<Database>,
    /// IAM roles, besides those of the prerequisites.
    pub roles: Vec<Role>,
    /// Customer managed IAM policies (a permissions boundary).
    pub policies: Vec<Policy>,
    /// The world's pace.
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
    /// `o-…`.
    pub id: String,
    /// The management account.
    pub management: AccountId,
    /// The other accounts.
    pub members: Vec<AccountId>,
}

/// A database instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Its account.
    pub account: AccountId,
    /// Its Region.
    pub region: Region,
    /// Its identifier.
    pub name: String,
    /// `postgres`, `mysql`.
    pub engine: String,
    /// The engine's version.
    pub engine_version: String,
    /// Its storage in GiB.
    pub allocated_gib: i64,
    /// What encrypts it.
    pub encryption: Encryption,
    /// Its tags.
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
    /// Its account.
    pub account: AccountId,
    /// `/` or `/path/`.
    pub path: String,
    /// Its name.
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
    /// Its account.
    pub account: AccountId,
    /// `/` or `/path/`.
    pub path: String,
    /// Its name.
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

    /// Makes the world. It stands at [`BEGINNING`] with everything in it long visible.
    ///
    /// # Errors
    /// What a service answered to a call that the scenario asked for.
    pub fn build(&self) -> Result<World, ServiceError> {
        let mut world = World::empty(self.seed, BEGINNING.plus_seconds(-86_400), self.regions.clone());
        if let Some(settings) = &self.settings {
            world.settings = settings.clone();
        }
        for organization in &self.organizations {
            organizations::create(&mut world, &organization.id, &organization.management, &organization.members);
        }
        for account in self.all_accounts() {
            iam::create_administrator(&mut world, &account);
        }
        world.advance_to(BEGINNING.plus_seconds(-43_200));
        let mut builder = Builder { world };
        builder.policies(self)?;
        builder.roles(self)?;
        if self.prerequisites == Prerequisites::Met {
            builder.prerequisites(self)?;
        }
        builder.databases(self)?;
        let mut world = builder.world;
        world.advance_to(BEGINNING);
        world.trail.clear();
        Ok(world)
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

/// A world in the making.
struct Builder {
    world: World,
}

impl Builder {
    fn administrator(&self, account: &AccountId) -> Result<Caller, ServiceError> {
        iam::administrator(&self.world, account)
            .ok_or_else(|| ServiceError::new("NoSuchEntity", format!("account {account} is not in the scenario")))
    }

    fn call(
        &mut self,
        account: &AccountId,
        region: &Region,
        service: Service,
        operation: &str,
        input: Value,
    ) -> Result<Value, ServiceError> {
        let caller = self.administrator(account)?;
        self.world.call(&caller, region, service, operation, input, &Context::new())
    }

    fn policies(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        for policy in &scenario.policies {
            let input = json!({"PolicyName": policy.name, "Path": policy.path, "PolicyDocument": policy.document});
            self.call(&policy.account, &scenario.regions[0], Service::Iam, "CreatePolicy", input)?;
        }
        Ok(())
    }

    fn roles(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        for role in &scenario.roles {
            self.role(role, &scenario.regions[0])?;
        }
        Ok(())
    }

    fn role(&mut self, role: &Role, region: &Region) -> Result<(), ServiceError> {
        let kind = if role.trusts.starts_with("arn:") { "AWS" } else { "Service" };
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {kind: role.trusts}, "Action": "sts:AssumeRole"}]});
        let input = json!({"RoleName": role.name, "Path": role.path, "AssumeRolePolicyDocument": trust.to_string()});
        self.call(&role.account, region, Service::Iam, "CreateRole", input)?;
        for policy in &role.managed_policies {
            let input = json!({"RoleName": role.name, "PolicyArn": policy});
            self.call(&role.account, region, Service::Iam, "AttachRolePolicy", input)?;
        }
        Ok(())
    }

    fn prerequisites(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        let Some(region) = scenario.regions.first() else { return Ok(()) };
        for organization in &scenario.organizations {
            let management = &organization.management;
            let input = json!({"ServicePrincipal": "backup.amazonaws.com"});
            self.call(management, region, Service::Organizations, "EnableAWSServiceAccess", input)?;
            let input = json!({"GlobalSettings": {"isCrossAccountBackupEnabled": "true"}});
            self.call(management, region, Service::Backup, "UpdateGlobalSettings", input)?;
        }
        for account in scenario.all_accounts() {
            for service in ["backup.amazonaws.com", "rds.amazonaws.com"] {
                iam::ensure_service_linked_role(&mut self.world, &account, service);
            }
            let (path, name) = DEFAULT_ROLE;
            let partition = region.partition();
            let managed = |policy: &str| Arn::new(partition, "iam", "", "aws", format!("policy/service-role/{policy}"));
            let role = Role {
                account: account.clone(),
                path: path.to_owned(),
                name: name.to_owned(),
                trusts: "backup.amazonaws.com".to_owned(),
                managed_policies: ["AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForRestores"]
                    .map(|policy| managed(policy).to_string())
                    .to_vec(),
            };
            self.role(&role, region)?;
            for region in &scenario.regions {
                let input = json!({"ResourceTypeOptInPreference": {"RDS": true, "Aurora": true}});
                self.call(&account, region, Service::Backup, "UpdateRegionSettings", input)?;
            }
        }
        Ok(())
    }

    fn databases(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        for database in &scenario.databases {
            let place = Place::new(database.account.clone(), database.region.clone());
            let kms_key = match database.encryption {
                Encryption::None => None,
                Encryption::AwsManaged => Some(kms::aws_managed_key(&mut self.world, &place, "rds")),
                Encryption::CustomerManaged => Some(self.customer_managed_key(database)?),
            };
            rds::add_instance(
                &mut self.world,
                &place,
                rds::NewInstance {
                    identifier: database.name.clone(),
                    engine: database.engine.clone(),
                    engine_version: database.engine_version.clone(),
                    allocated_gib: database.allocated_gib,
                    kms_key,
                    option_group: None,
                    tags: database.tags.clone().into_iter().collect(),
                },
            );
        }
        Ok(())
    }

    fn customer_managed_key(&mut self, database: &Database) -> Result<String, ServiceError> {
        let input = json!({"Description": format!("Encrypts the database {}", database.name)});
        let made = self.call(&database.account, &database.region, Service::Kms, "CreateKey", input)?;
        let arn = made["KeyMetadata"]["Arn"].as_str().unwrap_or_default().to_owned();
        let input = json!({"AliasName": format!("alias/{}", database.name), "TargetKeyId": arn});
        self.call(&database.account, &database.region, Service::Kms, "CreateAlias", input)?;
        Ok(arn)
    }
}
