//! A world out of a scenario, by the services' own operations.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{BEGINNING, ControlPolicy, Database, Encryption, Organization, Prerequisites, ROOT, Role, Scenario};
use crate::services::{Service, iam, kms, organizations, rds};
use crate::world::{Caller, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::{AccountId, Arn, Region};

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
        builder.keys(self)?;
        builder.guardrails(self)?;
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
    fn guardrails(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        let Some(region) = scenario.regions.first() else { return Ok(()) };
        for organization in &scenario.organizations {
            let roots = self.organize(organization, region, "ListRoots", json!({}))?;
            let root = roots["Roots"][0]["Id"].as_str().unwrap_or_default().to_owned();
            let ids = self.units(organization, region, root)?;
            for (kind, policies) in [
                ("SERVICE_CONTROL_POLICY", &organization.service_control_policies),
                ("RESOURCE_CONTROL_POLICY", &organization.resource_control_policies),
            ] {
                self.control_policies(organization, region, kind, policies, &ids)?;
            }
        }
        Ok(())
    }

    fn organize(
        &mut self,
        organization: &Organization,
        region: &Region,
        operation: &str,
        input: Value,
    ) -> Result<Value, ServiceError> {
        self.call(&organization.management, region, Service::Organizations, operation, input)
    }

    /// Makes the units, moves the accounts, and says which id each name of the scenario has.
    fn units(
        &mut self,
        organization: &Organization,
        region: &Region,
        root: String,
    ) -> Result<BTreeMap<String, String>, ServiceError> {
        let mut ids = BTreeMap::from([(ROOT.to_owned(), root.clone())]);
        for unit in &organization.units {
            let input = json!({"ParentId": ids.get(&unit.parent), "Name": unit.name});
            let made = self.organize(organization, region, "CreateOrganizationalUnit", input)?;
            let id = made["OrganizationalUnit"]["Id"].as_str().unwrap_or_default().to_owned();
            for account in &unit.accounts {
                let input = json!({"AccountId": account, "SourceParentId": root, "DestinationParentId": id});
                self.organize(organization, region, "MoveAccount", input)?;
            }
            ids.insert(unit.name.clone(), id);
        }
        Ok(ids)
    }

    fn control_policies(
        &mut self,
        organization: &Organization,
        region: &Region,
        kind: &str,
        policies: &[ControlPolicy],
        ids: &BTreeMap<String, String>,
    ) -> Result<(), ServiceError> {
        if policies.is_empty() {
            return Ok(());
        }
        let input = json!({"RootId": ids.get(ROOT), "PolicyType": kind});
        self.organize(organization, region, "EnablePolicyType", input)?;
        for policy in policies {
            let input = json!({"Name": policy.name, "Description": "", "Type": kind, "Content": policy.document});
            let made = self.organize(organization, region, "CreatePolicy", input)?;
            let id = &made["Policy"]["PolicySummary"]["Id"];
            for target in &policy.targets {
                let input = json!({"PolicyId": id, "TargetId": ids.get(target).unwrap_or(target)});
                self.organize(organization, region, "AttachPolicy", input)?;
            }
        }
        Ok(())
    }

    fn keys(&mut self, scenario: &Scenario) -> Result<(), ServiceError> {
        for key in &scenario.keys {
            let tags = key.tags.iter().map(|(name, value)| json!({"TagKey": name, "TagValue": value}));
            let input = json!({"Description": key.alias, "Tags": tags.collect::<Vec<_>>()});
            let made = self.call(&key.account, &key.region, Service::Kms, "CreateKey", input)?;
            let input =
                json!({"AliasName": format!("alias/{}", key.alias), "TargetKeyId": made["KeyMetadata"]["KeyId"]});
            self.call(&key.account, &key.region, Service::Kms, "CreateAlias", input)?;
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
