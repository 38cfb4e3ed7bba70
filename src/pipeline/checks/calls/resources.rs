//! What is asked for, with the policies that speak about it.

use serde_json::json;

use super::super::databases::selects;
use super::situation::{ANYTHING, Side, Situation, everything, role_check};
use crate::pipeline::check::Check;
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::requirements::needs::{What, Who};
use crate::pipeline::seen::key::own_policy;
use crate::pipeline::seen::{DatabaseKeySeen, is_aws_managed};
use crate::policy::evaluate::{Named, Resource, ResourceRule};
use crate::policy::names::Arn;

impl Situation<'_> {
    pub(crate) fn what(&self, what: What) -> Option<Side<Resource>> {
        let plain = |arn: String, owner: EnvironmentName| {
            let owner = self.account(owner).clone();
            let value = Resource { arn, owner, policies: Vec::new(), rule: ResourceRule::Ordinary, grants: Vec::new() };
            Some(Side { value, place: None, unseen: None })
        };
        match what {
            What::Anything => plain("*".to_owned(), Source),
            What::Database => Some(self.one_database(self.databases().into_iter().next()?)),
            What::SourceSnapshot => plain(self.snapshot(Source, "job"), Source),
            What::IntermediateSnapshot => plain(self.snapshot(Intermediate, "copyjob"), Intermediate),
            What::DestinationSnapshot => plain(self.snapshot(Destination, "copyjob"), Destination),
            What::SourcePoint => self.in_vault(Source, self.snapshot(Source, "job")),
            What::IntermediatePoint => self.in_vault(Intermediate, self.snapshot(Intermediate, "copyjob")),
            What::Vault(name) => self.in_vault(name, self.pipeline.vault_arn(name).to_string()),
            What::Key(name) => self.key(name),
            What::DatabaseKey => self.database_keys().into_iter().next(),
            What::Bus => self.bus(),
            What::Function => self.function(),
            What::Role(who) => self.role(who),
            What::ForwardQueue => self.queue(Source, self.dead_letters_of(Source)?),
            What::CopyQueue => self.queue(Intermediate, self.dead_letters_of(Intermediate)?),
            What::FailureQueue => {
                let function = self.observed.path.function.as_ref().ok()?.as_ref()?;
                self.queue(Intermediate, function.on_failure.clone()?)
            }
        }
    }

    /// The databases of the selection that are there, else those that it names, else one that it may mean.
    pub(crate) fn databases(&self) -> Vec<String> {
        let plans = self.observed.plans.as_ref().ok().into_iter().flatten().filter(|plan| plan.ours);
        let specs: Vec<_> = plans.flat_map(|plan| &plan.selections).map(|selection| &selection.spec).collect();
        let there = self.observed.databases.as_ref().ok().into_iter().flatten();
        let selected = there.filter(|one| specs.iter().any(|spec| selects(spec, &one.arn, Some(one))));
        let mut found: Vec<String> = selected.map(|one| one.arn.clone()).collect();
        if found.is_empty() {
            let named = self.pipeline.selection.resources.iter().filter(|arn| !arn.contains('*'));
            found = named.cloned().collect();
        }
        if found.is_empty() {
            let (region, account) = (self.region(Source), self.account(Source));
            found.push(format!("arn:{}:rds:{region}:{account}:db:database", self.pipeline.partition()));
        }
        found
    }

    /// A database as what is asked for.
    pub(crate) fn one_database(&self, arn: String) -> Side<Resource> {
        let owner = self.account(Source).clone();
        let value = Resource { arn, owner, policies: Vec::new(), rule: ResourceRule::Ordinary, grants: Vec::new() };
        Side { value, place: None, unseen: None }
    }

    pub(crate) fn snapshot(&self, name: EnvironmentName, kind: &str) -> String {
        format!(
            "arn:{}:rds:{}:{}:snapshot:awsbackup:{kind}-0175de71-5784-589f-d8ac-541accb4cac8",
            self.pipeline.partition(),
            self.region(name),
            self.account(name)
        )
    }

    /// A vault, or a recovery point in it: the vault's access policy speaks about both (AWS Backup Developer Guide,
    /// create-a-vault-access-policy).
    pub(crate) fn in_vault(&self, name: EnvironmentName, arn: String) -> Option<Side<Resource>> {
        let seen = self.observed.environment(name);
        let place = Some((Check::VaultPolicyDenies, name, self.pipeline.vault_arn(name).to_string()));
        if matches!(seen.vault, Ok(None)) {
            return None;
        }
        let (policies, unseen) = match &seen.vault_policy {
            Ok(policy) => (policy.iter().cloned().collect(), None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = self.account(name).clone();
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    pub(crate) fn key(&self, name: EnvironmentName) -> Option<Side<Resource>> {
        let seen = self.observed.environment(name);
        if matches!(seen.vault_key, Ok(None)) {
            return None;
        }
        let arn = seen.key_arn()?.to_owned();
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let (policies, unseen) = match &seen.key_policies {
            Ok(policies) => (policies.clone(), None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let place = Some((Check::KeyPolicyDenies, name, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Key, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    /// The keys that the first hop reads under, those that do not exist left out.
    pub(crate) fn database_keys(&self) -> Vec<Side<Resource>> {
        let there = self
            .observed
            .database_keys
            .iter()
            .filter(|(arn, seen)| self.under.includes(arn) && !matches!(seen.key, Ok(None)));
        there.filter_map(|(arn, seen)| self.database_key(arn, seen)).collect()
    }

    fn database_key(&self, arn: &str, seen: &DatabaseKeySeen) -> Option<Side<Resource>> {
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let place = Some((Check::KeyPolicyDenies, Source, arn.to_owned()));
        let (policies, rule, unseen) = match (&seen.key, &seen.policies) {
            // Whose key it is decides whether resource control policies reach it: unseen, they refuse nothing.
            (Err(error), _) => (everything("unseen", ANYTHING), ResourceRule::AwsManagedKey, Some(error.clone())),
            (Ok(_), Err(error)) => (everything("unseen", ANYTHING), ResourceRule::Key, Some(error.clone())),
            (key, Ok(_)) if is_aws_managed(key) => (vec![self.aws_rds(arn)], ResourceRule::AwsManagedKey, None),
            (Ok(_), Ok(policies)) => (policies.clone(), ResourceRule::Key, None),
        };
        let value = Resource { arn: arn.to_owned(), owner, policies, rule, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    /// The policy of `aws/rds`, which nobody can change (AWS KMS Developer Guide, "AWS managed keys"): every principal
    /// of the account may use the key through RDS of its Region.
    fn aws_rds(&self, key: &str) -> Named {
        let (region, account) = (self.region(Source), self.account(Source));
        let document = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "aws/rds",
            "Effect": "Allow", "Principal": {"AWS": "*"}, "Resource": "*",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant",
                "kms:ListGrants", "kms:DescribeKey"],
            "Condition": {"StringEquals": {
                "kms:ViaService": format!("rds.{region}.amazonaws.com"), "kms:CallerAccount": account}},
        }]});
        Named { name: own_policy(key), text: document.to_string() }
    }

    fn bus(&self) -> Option<Side<Resource>> {
        let arn = self.bus_arn();
        let (policies, unseen) = match &self.observed.path.bus_policy {
            Ok(policy) => {
                let named = |text: &String| Named { name: format!("policy of event bus {arn}"), text: text.clone() };
                (policy.iter().map(named).collect(), None)
            }
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let place = Some((Check::EventForwardDenied, Intermediate, arn.clone()));
        let owner = self.account(Intermediate).clone();
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    /// The default event bus of the intermediate Region.
    pub(crate) fn bus_arn(&self) -> String {
        let (region, account) = (self.region(Intermediate), self.account(Intermediate));
        format!("arn:{}:events:{region}:{account}:event-bus/default", self.pipeline.partition())
    }

    fn function(&self) -> Option<Side<Resource>> {
        let function = self.observed.path.function.as_ref().ok()?.as_ref()?;
        let owner = self.account(Intermediate).clone();
        let policies = function.policy.iter().cloned().collect();
        let arn = function.arn.clone();
        let place = Some((Check::FunctionPermissionMissing, Intermediate, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen: None })
    }

    fn role(&self, who: Who) -> Option<Side<Resource>> {
        let (arn, look) = self.observed.roles.of(who)?;
        let (check, environment) = role_check(who);
        let (policies, unseen) = match look {
            Ok(None) => return None,
            Ok(Some(role)) => (vec![role.trust.clone()], None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let value = Resource { arn: arn.clone(), owner, policies, rule: ResourceRule::Trust, grants: Vec::new() };
        Some(Side { value, place: Some((check, environment, arn.clone())), unseen })
    }

    /// A role that is passed on: its trust policy speaks about who may assume it, not about who may pass it.
    pub(crate) fn passed(&self, who: Who) -> Option<Side<Resource>> {
        let (arn, look) = self.observed.roles.of(who)?;
        if matches!(look, Ok(None)) {
            return None;
        }
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let value = Resource {
            arn: arn.clone(),
            owner,
            policies: Vec::new(),
            rule: ResourceRule::Ordinary,
            grants: Vec::new(),
        };
        Some(Side { value, place: None, unseen: None })
    }

    /// The queue that a rule's target names.
    pub(crate) fn dead_letters_of(&self, name: EnvironmentName) -> Option<String> {
        let path = &self.observed.path;
        let rule = if name == Source { &path.forward_rule } else { &path.copy_rule };
        let targets = &rule.as_ref().ok()?.as_ref()?.rule.targets;
        targets.iter().find_map(|target| target.dead_letters.clone())
    }

    fn queue(&self, name: EnvironmentName, arn: String) -> Option<Side<Resource>> {
        let path = &self.observed.path;
        let look = if name == Source { &path.source_queue } else { &path.intermediate_queue };
        let (policies, unseen) = match look {
            Ok(Some(queue)) if queue.arn == arn => (queue.policy.iter().cloned().collect(), None),
            // A queue that is not the stack's own: its policy was not looked at.
            Ok(_) => return None,
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = self.account(name).clone();
        let place = Some((Check::QueuePolicyDenies, name, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }
}
