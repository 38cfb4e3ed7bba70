//! The condition keys of a call that somebody else will make: what of them can be known beforehand.
//!
//! What is neither set nor ruled out here stays unknown, and a statement that asks for it undecided
//! (IAM User Guide, reference_policies_condition-keys; Service Authorization Reference).

use chrono::SecondsFormat;

use super::situation::Situation;
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, What, Who, With};
use crate::pipeline::seen::Tags;
use crate::pipeline::seen::key::Key;
use crate::policy::context::Context;
use crate::policy::evaluate::{Principal, Resource};
use crate::policy::names::{AccountId, Partition};

/// Services of the calls, and those whose keys other services' requests can carry ("Cross-service condition keys").
/// A request carries no key of another one.
const PREFIXES: [&str; 24] = [
    "backup:",
    "codebuild:",
    "ec2:",
    "ecr:",
    "ecs:",
    "events:",
    "glue:",
    "iam:",
    "identitystore:",
    "kms:",
    "lambda:",
    "logs:",
    "organizations:",
    "rds:",
    "s3:",
    "secretsmanager:",
    "sns:",
    "sqs:",
    "ssm:",
    "sts:",
    "cloudformation:",
    "saml:",
    "cognito-identity.amazonaws.com:",
    "accounts.google.com:",
];
/// What only a service principal's own requests carry.
const OF_SERVICES: [&str; 6] = [
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
];
/// What only the requests of accounts' principals carry.
const OF_ACCOUNTS: [&str; 8] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
    "aws:TokenIssueTime",
    "aws:AssumedRoot",
];
/// What a session of a role that a service assumed for itself never carries.
const NOT_OF_SERVICE_ROLES: [&str; 6] = [
    "aws:username",
    "aws:FederatedProvider",
    "aws:SourceIdentity",
    "aws:AssumedRoot",
    "aws:Ec2InstanceSourceVpc",
    "aws:Ec2InstanceSourcePrivateIPv4",
];
/// What RDS does with a key under its grant (Amazon RDS User Guide, Overview.Encryption.Keys; the grants in CloudTrail).
const GRANT_OPERATIONS: [&str; 9] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
];
/// What tells of tags that the request itself carries; AWS does not publish which of its jobs' requests do.
const TAGGING: [&str; 4] =
    ["rds:CreateDBSnapshot", "rds:CopyDBSnapshot", "rds:AddTagsToResource", "backup:CopyIntoBackupVault"];

/// To which organization an account belongs.
pub(crate) enum Belongs {
    To(String),
    Nowhere,
    Unknown,
}

impl Situation<'_> {
    /// Every key of a call but its Region.
    pub(crate) fn context(&self, row: &Requirement, principal: &Principal, resource: &Resource) -> Context {
        let now = self.at;
        let mut context = Context::partial()
            .with("aws:SecureTransport", "true")
            .with("aws:CurrentTime", now.to_rfc3339_opts(SecondsFormat::Secs, true))
            .with("aws:EpochTime", now.timestamp().to_string())
            .with("aws:ResourceAccount", resource.owner.as_str());
        context = self.member_of(context, &resource.owner, "aws:ResourceOrgID", "aws:ResourceOrgPaths");
        let service = row.action.split_once(':').map_or("", |(service, _)| service);
        for prefix in PREFIXES.into_iter().filter(|prefix| prefix.trim_end_matches(':') != service) {
            context = context.knowing_all(prefix);
        }
        if !TAGGING.contains(&row.action) {
            context = context.knowing_all("aws:RequestTag/").without("aws:TagKeys");
        }
        context = self.of_principal(context, row, principal);
        context = self.of_resource(context, row, resource);
        let through_rds = row.with.iter().any(|with| matches!(with, With::ViaRds(_)));
        context = context.with("aws:ViaAWSService", if through_rds { "true" } else { "false" });
        // A service that acts as its role forwards nobody's credentials ("aws:ViaAWSService", "aws:CalledVia").
        if !through_rds {
            for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "kms:ViaService"] {
                context = context.without(key);
            }
        }
        row.with.iter().fold(context, |context, with| self.with(context, row, *with, principal))
    }

    /// The organization's id and the account's path in it.
    pub(crate) fn member_of(&self, context: Context, account: &AccountId, id: &str, paths: &str) -> Context {
        match self.belongs(account) {
            Belongs::Nowhere => context.without(id).without(paths),
            Belongs::Unknown => context,
            Belongs::To(organization) => {
                let context = context.with(id, organization);
                match self.path(account) {
                    Some(path) => context.with_all(paths, [path]),
                    None => context,
                }
            }
        }
    }

    fn of_principal(&self, mut context: Context, row: &Requirement, principal: &Principal) -> Context {
        let Some(account) = principal.account() else {
            for key in OF_ACCOUNTS {
                context = context.without(key);
            }
            return context.knowing_all("aws:PrincipalTag/");
        };
        for key in OF_SERVICES {
            context = context.without(key);
        }
        if row.who == Who::Caller {
            return self.of_caller(context, principal, &account);
        }
        for key in NOT_OF_SERVICE_ROLES {
            context = context.without(key);
        }
        // The session is made for the call: it is as old as that.
        let now = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        context = context.with("aws:TokenIssueTime", now);
        context = self.member_of(context, &account, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
        if let Some((_, Ok(Some(role)))) = self.observed.roles.of(row.who) {
            context = tagged(context, "aws:PrincipalTag/", &role.tags);
        }
        let function = self.observed.path.function.as_ref().ok().and_then(Option::as_ref);
        if let Some(function) = function.filter(|_| row.who == Who::FunctionRole && row.step != Step::DeadLetters) {
            // AWS Lambda Developer Guide, permissions-source-function-arn.
            context.set("lambda:SourceFunctionArn", function.arn.clone());
        }
        context
    }

    /// Of whoever runs the command. When these credentials were issued, from where they are used and whether a device was
    /// asked for them AWS tells nobody before the call; a user's may be those of a session as well.
    fn of_caller(&self, context: Context, principal: &Principal, account: &AccountId) -> Context {
        let context = self.member_of(context, account, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths");
        match principal {
            Principal::User { arn, .. } => {
                context.with("aws:username", arn.resource.rsplit('/').next().unwrap_or_default())
            }
            _ => context.without("aws:username"),
        }
    }

    fn of_resource(&self, context: Context, row: &Requirement, resource: &Resource) -> Context {
        let tags = match row.what {
            What::Vault(name) => self.observed.attributes(name).vault_tags.as_ref().ok(),
            What::Key(name) => {
                let attributes = self.observed.attributes(name);
                let key = self.observed.environment(name).vault_key.as_ref().ok().and_then(Option::as_ref);
                return of_key(context, key, attributes.key_tags.as_ref().ok(), attributes.key_aliases.as_ref().ok());
            }
            What::DatabaseKey => {
                let Some(seen) = self.observed.database_keys.get(&resource.arn) else { return context };
                let key = seen.key.as_ref().ok().and_then(Option::as_ref);
                return of_key(context, key, seen.tags.as_ref().ok(), seen.aliases.as_ref().ok());
            }
            What::Database => {
                let mut all = self.observed.databases.as_ref().ok().into_iter().flatten();
                let Some(database) = all.find(|one| one.arn == resource.arn) else { return context };
                return tagged(tagged(context, "aws:ResourceTag/", &database.tags), "rds:db-tag/", &database.tags);
            }
            What::Role(who) => {
                let look = self.observed.roles.of(who).and_then(|(_, look)| look.as_ref().ok()?.as_ref());
                look.map(|role| &role.tags)
            }
            _ => None,
        };
        match tags {
            Some(tags) => tagged(context, "aws:ResourceTag/", tags),
            None => context,
        }
    }

    fn with(&self, mut context: Context, row: &Requirement, with: With, principal: &Principal) -> Context {
        match with {
            With::ViaRds(name) => {
                context.set("kms:ViaService", format!("rds.{}.amazonaws.com", self.region(name)));
                if let Some(account) = principal.account() {
                    context.set("kms:CallerAccount", account.as_str());
                }
                if row.action == "kms:CreateGrant" {
                    return context;
                }
                ["kms:GrantIsForAWSResource", "kms:GrantOperations", "kms:GranteePrincipal", "kms:RetiringPrincipal"]
                    .into_iter()
                    .fold(context, |context, key| context.without(key))
                    .without("kms:GrantConstraintType")
            }
            With::ForAwsResource => {
                let rds = row.with.iter().find_map(|with| match with {
                    With::ViaRds(name) => Some(format!("rds.{}.amazonaws.com", self.region(*name))),
                    _ => None,
                });
                let rds = rds.unwrap_or_default();
                context
                    .with("kms:GrantIsForAWSResource", "true")
                    .with_all("kms:GrantOperations", GRANT_OPERATIONS.map(str::to_owned))
                    .with("kms:GranteePrincipal", rds.clone())
                    .with("kms:RetiringPrincipal", rds)
                    .with("kms:GrantConstraintType", "EncryptionContextSubset")
            }
            With::CopyTarget(name) => {
                let target = self.pipeline.vault_arn(name).to_string();
                let context = context.with_all("backup:CopyTargets", [target]);
                match (self.belongs(self.account(name)), self.path(self.account(name))) {
                    (Belongs::Nowhere, _) => context.without("backup:CopyTargetOrgPaths"),
                    (Belongs::To(_), Some(path)) => context.with_all("backup:CopyTargetOrgPaths", [path]),
                    _ => context,
                }
            }
            With::PassedToBackup => context.with("iam:PassedToService", "backup.amazonaws.com"),
            With::ForwardRule | With::CopyRule | With::SweepRule => {
                let context = self.for_source(context);
                match self.asking_rule(row) {
                    Some(Ok(Some(seen))) => context.with("aws:SourceArn", seen.rule.arn.clone()),
                    _ => context,
                }
            }
            With::SourceAccount => self.for_source(context),
        }
    }

    /// The call as it may be: with the account on whose behalf a service asks and without, where AWS does not say which.
    pub(crate) fn variants(&self, row: &Requirement, principal: &Principal, context: Context) -> Vec<Context> {
        let says =
            |with: &With| matches!(with, With::ForwardRule | With::CopyRule | With::SweepRule | With::SourceAccount);
        if principal.account().is_some() || row.with.iter().any(says) {
            return vec![context];
        }
        let sources = ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];
        let without = sources.into_iter().fold(context.clone(), |context, key| context.without(key));
        vec![self.for_source(context), without]
    }

    /// The account on whose behalf a service principal asks.
    fn for_source(&self, context: Context) -> Context {
        let account = self.account(Source);
        let context = context.with("aws:SourceAccount", account.as_str());
        self.member_of(context, account, "aws:SourceOrgID", "aws:SourceOrgPaths")
    }

    /// The Regions that may be the call's `aws:RequestedRegion`: more than one where AWS does not say which.
    pub(crate) fn regions(&self, row: &Requirement) -> Vec<String> {
        use What::{Database, DatabaseKey, DestinationSnapshot, ForwardQueue, Key, SourcePoint, SourceSnapshot, Vault};
        let at = match row.what {
            Database | DatabaseKey | SourceSnapshot | SourcePoint | ForwardQueue => Source,
            What::Role(Who::BackupRole | Who::ForwardRole) => Source,
            DestinationSnapshot => Destination,
            Vault(name) | Key(name) => name,
            _ => Intermediate,
        };
        let mut regions = vec![self.region(at).to_owned()];
        match (row.action, row.step) {
            // Asked in the service's own Region, or at the global endpoint. Passing a role is part of the call that does it.
            ("sts:AssumeRole", _) => regions.push(self.global_region().to_owned()),
            // The job is asked for in one Region and the vault, or the bus, is in another.
            ("backup:CopyIntoBackupVault" | "events:PutEvents", Step::FirstHop | Step::Forwarding) => {
                regions.push(self.region(Source).to_owned());
            }
            _ => {}
        }
        regions.dedup();
        regions
    }

    /// Where a partition's global services are asked (AWS General Reference, rande).
    fn global_region(&self) -> &'static str {
        match self.pipeline.partition() {
            Partition::China => "cn-north-1",
            Partition::GovCloud => "us-gov-west-1",
            Partition::Aws => "us-east-1",
        }
    }

    /// To which organization an account belongs: as it says itself, else as the other one or the configuration does.
    pub(crate) fn belongs(&self, account: &AccountId) -> Belongs {
        let settings = &self.observed.settings;
        let own = match account == self.account(Destination) {
            true => &settings.destination_organization,
            false => &settings.source_organization,
        };
        match own {
            Ok(Some(organization)) => Belongs::To(organization.id.clone()),
            Ok(None) => Belongs::Nowhere,
            Err(_) => self.organization().map_or(Belongs::Unknown, Belongs::To),
        }
    }

    /// `o-…/r-…/ou-…/`, where the levels above an account could be seen.
    pub(crate) fn path(&self, account: &AccountId) -> Option<String> {
        let Belongs::To(organization) = self.belongs(account) else { return None };
        let levels = self.observed.guardrails.of(account)?.path.as_ref().ok()?;
        (!levels.is_empty()).then(|| levels.iter().fold(format!("{organization}/"), |path, id| format!("{path}{id}/")))
    }

    /// The organization that the pipeline is in.
    pub(crate) fn organization(&self) -> Option<String> {
        let settings = &self.observed.settings;
        let looks = [&settings.destination_organization, &settings.source_organization];
        let seen = looks.into_iter().find_map(|look| Some(look.as_ref().ok()?.as_ref()?.id.clone()));
        seen.or_else(|| self.pipeline.organization.id.clone())
    }

    /// The environment that stands for an account in a finding.
    pub(crate) fn environment_of(&self, account: &AccountId) -> EnvironmentName {
        if account == self.account(Destination) && account != self.account(Source) { Destination } else { Source }
    }
}

/// What conditions can ask of a key.
fn of_key(mut context: Context, key: Option<&Key>, tags: Option<&Tags>, aliases: Option<&Vec<String>>) -> Context {
    if let Some(tags) = tags {
        context = tagged(context, "aws:ResourceTag/", tags);
    }
    if let Some(aliases) = aliases {
        context = context.with_all("kms:ResourceAliases", aliases.iter().cloned());
    }
    if let Some(key) = key {
        context = context
            .with("kms:KeySpec", &key.nature.spec)
            .with("kms:KeyUsage", &key.nature.usage)
            .with("kms:KeyOrigin", &key.nature.origin)
            .with("kms:MultiRegion", key.nature.multi_region.to_string());
    }
    // The vault names its key by its ARN, and RDS that of a snapshot.
    context.without("kms:RequestAlias")
}

/// All tags of a kind.
fn tagged(context: Context, family: &str, tags: &Tags) -> Context {
    let context = context.knowing_all(family);
    tags.iter().fold(context, |context, (key, value)| context.with(&format!("{family}{key}"), value))
}

/// What would let a key be known that could not be; none where nothing does.
pub(crate) fn permission_for(key: &str, action: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase();
    match key.as_str() {
        "aws:principalorgpaths" | "aws:resourceorgpaths" | "aws:sourceorgpaths" | "backup:copytargetorgpaths" => {
            Some("organizations:ListParents")
        }
        "aws:principalorgid" | "aws:resourceorgid" | "aws:sourceorgid" => Some("organizations:DescribeOrganization"),
        "kms:resourcealiases" => Some("kms:ListAliases"),
        "kms:keyspec" | "kms:keyusage" | "kms:keyorigin" | "kms:multiregion" => Some("kms:DescribeKey"),
        _ if key.starts_with("aws:principaltag/") => Some("iam:GetRole"),
        _ if key.starts_with("aws:resourcetag/") && action.starts_with("kms:") => Some("kms:ListResourceTags"),
        _ if key.starts_with("aws:resourcetag/") && action == "backup:CopyIntoBackupVault" => Some("backup:ListTags"),
        _ => None,
    }
}
