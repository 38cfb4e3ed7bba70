//! A world out of a scenario, by the services' own operations.

use serde_json::{Value, json};

use super::{BEGINNING, Database, Encryption, Prerequisites, Role, Scenario};
use crate::policy::context::Context;
use crate::policy::names::{AccountId, Arn, Region};
use crate::sandbox::services::{Service, iam, kms, organizations, rds};
use crate::sandbox::world::{Caller, Place, ServiceError, World};

/// The name and path of the role that AWS Backup's console makes.
const DEFAULT_ROLE: (&str, &str) = ("/service-role/", "AWSBackupDefaultServiceRole");

impl Scenario {
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
        builder.service_control_policies(self)?;
        let mut world = builder.world;
        world.advance_to(BEGINNING);
        world.trail.clear();
        Ok(world)
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

    /// Last, because they bind the administrators who build the rest.
    fn service_control_policies(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        let Some(region) = scenario.regions.first() else { return Ok(()) };
        for organization in scenario.organizations.iter().filter(|one| !one.service_control_policies.is_empty()) {
            let management = &organization.management;
            let roots = self.call(management, region, Service::Organizations, "ListRoots", json!({}))?;
            let root = roots["Roots"][0]["Id"].clone();
            let input = json!({"RootId": root, "PolicyType": "SERVICE_CONTROL_POLICY"});
            self.call(management, region, Service::Organizations, "EnablePolicyType", input)?;
            for policy in &organization.service_control_policies {
                let input = json!({"Name": policy.name, "Description": "", "Type": "SERVICE_CONTROL_POLICY",
                    "Content": policy.document});
                let made = self.call(management, region, Service::Organizations, "CreatePolicy", input)?;
                let id = &made["Policy"]["PolicySummary"]["Id"];
                for target in &policy.targets {
                    let target = if target == "root" { root.clone() } else { json!(target) };
                    let input = json!({"PolicyId": id, "TargetId": target});
                    self.call(management, region, Service::Organizations, "AttachPolicy", input)?;
                }
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
