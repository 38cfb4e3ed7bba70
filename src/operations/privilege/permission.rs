//! One permission: an action, on what, under which condition.

use serde_json::{Map, Value, json};

use crate::aws::cloudformation::ResourceChange;
use crate::operations::deployment::TAG;
use crate::pipeline::arn::Arn;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::{Environment, Pipeline};

/// CloudFormation as `aws:CalledVia` names it.
const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";

/// What a permission is for. Each is written with the configuration's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// `*`, for operations of a Region's service that AWS grants on nothing else.
    Region,
    /// `*`, for operations of a global service that AWS grants on nothing else.
    Everything,
    /// The organization's own policies and those that AWS keeps for every organization.
    OrganizationPolicies,
    /// The environment's stack.
    Stack,
    /// The environment's vault.
    Vault,
    /// Every vault of the environment.
    Vaults,
    /// Recovery points: RDS snapshots that AWS Backup made, and AWS Backup's own.
    RecoveryPoints,
    /// DB snapshots that AWS Backup made.
    BackupSnapshots,
    /// Every DB instance.
    Databases,
    /// Every DB snapshot.
    Snapshots,
    /// Every DB cluster.
    Clusters,
    /// Every DB cluster snapshot.
    ClusterSnapshots,
    /// Legal holds, whose ids AWS chooses.
    LegalHolds,
    /// Every DB option group.
    OptionGroups,
    /// The roles that a backup and its copies run under, and those that the stack makes; with and without
    /// their paths, as IAM asks for a role that does not exist.
    WorkingRoles,
    /// Every role of the account: whoever acts is one of them.
    Roles,
    /// Every user of the account: whoever acts may be one of them.
    Users,
    /// Managed policies, AWS's and the account's own.
    ManagedPolicies,
    /// Who administers the key.
    KeyAdministrators,
    /// The event bus that every account has.
    DefaultBus,
    /// Backup plans, whose ids AWS chooses.
    Plans,
    /// Keys, whose ids AWS chooses.
    Keys,
    /// The vault's key: the configured one, or one that AWS has yet to name.
    VaultKey,
    /// The key's alias.
    Alias,
    /// The roles that must be there before any stack, with their paths, and without: IAM asks for a role
    /// that does not exist by its name alone.
    NeededRoles,
    /// The role that AWS Backup acts as.
    BackupRole,
    /// The role that the second hop runs under.
    CopyRole,
    /// The role that AWS Backup's console makes.
    DefaultRole,
    /// AWS Backup's service-linked role.
    BackupLinkedRole,
    /// RDS's service-linked role.
    RdsLinkedRole,
    /// The role that CloudFormation acts as.
    CloudFormationRole,
    /// Roles that the stack makes.
    StackRoles,
    /// Roles that the stack makes under generated names: those that it hands to other services.
    GeneratedRoles,
    /// Rules that the stack makes.
    StackRules,
    /// Functions that the stack makes.
    StackFunctions,
    /// Log groups that the stack makes.
    StackLogGroups,
    /// Queues that the stack makes.
    StackQueues,
    /// Topics that the stack makes.
    StackTopics,
    /// The topic that tells of failures, where somebody is to be told.
    NotificationTopic,
    /// Alarms that the stack makes.
    StackAlarms,
    /// Everything that the stack makes, one kind of resource a service: an action means only its own
    /// service's ARNs, so that one statement says what one a kind would.
    StackResources,
}

impl Target {
    /// The kinds of [`Target::StackResources`], of which no two are of one service.
    pub(super) const STACK_RESOURCES: [Self; 9] = [
        Self::Vault,
        Self::Alias,
        Self::StackRoles,
        Self::StackRules,
        Self::StackFunctions,
        Self::StackLogGroups,
        Self::StackQueues,
        Self::StackTopics,
        Self::StackAlarms,
    ];
}

/// When a permission holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    /// Always.
    Always,
    /// When CloudFormation makes the call for the caller.
    ThroughCloudFormation,
    /// When CloudFormation makes the call for the caller, on a key that carries this pipeline's tag.
    OurKeyThroughCloudFormation,
    /// On a key that carries this pipeline's tag.
    OurKey,
    /// When AWS Backup makes the call for the caller.
    ThroughBackup,
    /// The same, for grants to AWS services.
    GrantThroughBackup,
    /// When the role is handed to this service.
    PassedTo(&'static str),
    /// When the role is handed to this service by CloudFormation.
    PassedThroughCloudFormation(&'static str),
    /// When the role is this service's.
    LinkedTo(&'static str),
}

/// An action, on what, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Permission {
    pub(super) target: Target,
    pub(super) when: When,
    pub(super) action: &'static str,
}

/// A permission that always holds.
pub(super) const fn allow(action: &'static str, target: Target) -> Permission {
    Permission { target, when: When::Always, action }
}

/// A permission under a condition.
pub(super) const fn allow_when(action: &'static str, target: Target, when: When) -> Permission {
    Permission { target, when, action }
}

/// Where ARNs are written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) environment: EnvironmentName,
    pub(super) resources: &'a [ResourceChange],
}

impl Names<'_> {
    fn settings(&self) -> &Environment {
        self.pipeline.environment(self.environment)
    }

    fn arn(&self, service: &str, resource: impl Into<String>) -> String {
        let Environment { account, region, .. } = self.settings();
        Arn::new(self.pipeline.partition(), service, region.as_str(), account.as_str(), resource).to_string()
    }

    fn role(&self, path_and_name: &str) -> String {
        let account = self.settings().account.as_str();
        Arn::new(self.pipeline.partition(), "iam", "", account, format!("role{path_and_name}")).to_string()
    }

    /// How every generated name of the stack's resources of a type begins, where names have at most `limit`
    /// characters: `<stack>-<logical id>-<12 characters>`, and both parts cut where that is too long.
    fn generated(&self, resource_type: &str, limit: usize) -> String {
        let stack = &self.settings().stack;
        let suffix = 13;
        let of_type = self.resources.iter().filter(|resource| resource.resource_type == resource_type);
        let longest = of_type.map(|resource| resource.logical_id.len()).max().unwrap_or_default();
        if stack.len() + 1 + longest + suffix <= limit {
            return format!("{stack}-*");
        }
        let kept = (limit - suffix - 1) / 2;
        format!("{}*", stack.chars().take(kept).collect::<String>())
    }

    /// The ARNs of a target, as a policy's `Resource` has them.
    pub(super) fn resources(&self, target: Target) -> Vec<String> {
        let settings = self.settings();
        let one = match target {
            Target::Region | Target::Everything => "*".to_owned(),
            Target::Stack => self.arn("cloudformation", format!("stack/{}/*", settings.stack)),
            Target::Vault => self.pipeline.vault_arn(self.environment).to_string(),
            Target::Vaults => self.arn("backup", "backup-vault:*"),
            Target::RecoveryPoints => {
                return vec![
                    self.arn("rds", "snapshot:awsbackup:*"),
                    self.arn("rds", "cluster-snapshot:awsbackup:*"),
                    self.arn("backup", "recovery-point:*"),
                ];
            }
            Target::BackupSnapshots => self.arn("rds", "snapshot:awsbackup:*"),
            Target::Databases => self.arn("rds", "db:*"),
            Target::Snapshots => self.arn("rds", "snapshot:*"),
            Target::Clusters => self.arn("rds", "cluster:*"),
            Target::ClusterSnapshots => self.arn("rds", "cluster-snapshot:*"),
            Target::LegalHolds => self.arn("backup", "legal-hold:*"),
            Target::OptionGroups => self.arn("rds", "og:*"),
            Target::DefaultBus => self.arn("events", "event-bus/default"),
            Target::WorkingRoles => return self.working_roles(),
            Target::Roles => {
                let all = Arn::new(self.pipeline.partition(), "iam", "", settings.account.as_str(), "role/*");
                return vec![all.to_string()];
            }
            Target::Users => {
                Arn::new(self.pipeline.partition(), "iam", "", settings.account.as_str(), "user/*").to_string()
            }
            // AWS's own carry `aws` in the account's place.
            Target::OrganizationPolicies => {
                Arn::new(self.pipeline.partition(), "organizations", "", "*", "policy/*").to_string()
            }
            Target::ManagedPolicies => {
                let of =
                    |account: &str| Arn::new(self.pipeline.partition(), "iam", "", account, "policy/*").to_string();
                return vec![of(settings.account.as_str()), of("aws")];
            }
            Target::KeyAdministrators => {
                let named = settings.key_admin.iter().filter(|arn| arn.resource != "root").map(ToString::to_string);
                return with_bare_names(named.collect());
            }
            Target::Plans => self.arn("backup", "backup-plan:*"),
            Target::Keys => self.arn("kms", "key/*"),
            Target::VaultKey => match &settings.key_arn {
                Some(arn) => arn.to_string(),
                None => self.arn("kms", "key/*"),
            },
            Target::Alias => self.arn("kms", format!("alias/{}cmk-*", self.pipeline.source.name_prefix)),
            Target::NeededRoles => return self.needed_roles(),
            Target::BackupRole => self.pipeline.backup_role_arn(),
            Target::CopyRole => self.pipeline.copy_role_arn(),
            Target::DefaultRole => self.role("/service-role/AWSBackupDefaultServiceRole"),
            Target::BackupLinkedRole => self.role("/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup"),
            Target::RdsLinkedRole => self.role("/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"),
            Target::CloudFormationRole => {
                settings.cloudformation_role_arn.as_ref().map(ToString::to_string).unwrap_or_default()
            }
            Target::StackRoles => {
                let named = (self.environment == EnvironmentName::Intermediate).then(|| self.pipeline.copy_role_arn());
                return named.into_iter().chain(self.resources(Target::GeneratedRoles)).collect();
            }
            Target::GeneratedRoles => {
                let path = &self.pipeline.source.role_path;
                self.role(&format!("{path}{}", self.generated("AWS::IAM::Role", 64)))
            }
            Target::StackResources => return Vec::new(),
            Target::StackRules => self.arn("events", format!("rule/{}", self.generated("AWS::Events::Rule", 64))),
            Target::StackFunctions => {
                self.arn("lambda", format!("function:{}", self.generated("AWS::Lambda::Function", 64)))
            }
            Target::StackLogGroups => {
                self.arn("logs", format!("log-group:{}", self.generated("AWS::Logs::LogGroup", 512)))
            }
            Target::StackQueues => self.arn("sqs", self.generated("AWS::SQS::Queue", 80)),
            Target::NotificationTopic if self.pipeline.notifications.email.is_none() => return Vec::new(),
            Target::NotificationTopic | Target::StackTopics => self.arn("sns", self.generated("AWS::SNS::Topic", 256)),
            Target::StackAlarms => {
                self.arn("cloudwatch", format!("alarm:{}", self.generated("AWS::CloudWatch::Alarm", 255)))
            }
        };
        vec![one]
    }

    fn needed_roles(&self) -> Vec<String> {
        let there = match self.environment {
            EnvironmentName::Source => [Target::BackupRole, Target::BackupLinkedRole],
            _ => [Target::BackupLinkedRole, Target::RdsLinkedRole],
        };
        with_bare_names(there.into_iter().flat_map(|target| self.resources(target)).collect())
    }

    fn working_roles(&self) -> Vec<String> {
        let there: &[Target] = match self.environment {
            EnvironmentName::Source => {
                &[Target::BackupRole, Target::BackupLinkedRole, Target::CopyRole, Target::GeneratedRoles]
            }
            EnvironmentName::Intermediate => &[Target::StackRoles],
            EnvironmentName::Destination => &[Target::BackupLinkedRole, Target::RdsLinkedRole],
        };
        let mut arns: Vec<String> = there.iter().flat_map(|target| self.resources(*target)).collect();
        if self.environment == EnvironmentName::Source {
            // All roles of account A are read in one place; the intermediate stack's names may be cut.
            let stack: String = self.pipeline.intermediate.stack.chars().take(24).collect();
            arns.push(self.role(&format!("{}{stack}*", self.pipeline.source.role_path)));
        }
        with_bare_names(arns)
    }

    /// The `Condition` of a statement; none where there is none.
    pub(super) fn condition(&self, target: Target, when: When) -> Option<Value> {
        let mut equals = Map::new();
        let mut condition = Map::new();
        if target == Target::Region {
            equals.insert("aws:RequestedRegion".into(), json!(self.settings().region));
        }
        let through_cloudformation = matches!(
            when,
            When::ThroughCloudFormation | When::OurKeyThroughCloudFormation | When::PassedThroughCloudFormation(_)
        );
        match when {
            When::Always | When::ThroughCloudFormation => {}
            When::OurKey | When::OurKeyThroughCloudFormation => {
                equals.insert(format!("aws:ResourceTag/{TAG}"), json!(self.pipeline.identity()));
            }
            When::ThroughBackup | When::GrantThroughBackup => {
                let region = &self.settings().region;
                equals.insert("kms:ViaService".into(), json!(format!("backup.{region}.amazonaws.com")));
            }
            When::PassedTo(service) | When::PassedThroughCloudFormation(service) => {
                equals.insert("iam:PassedToService".into(), json!(service));
            }
            When::LinkedTo(service) => {
                equals.insert("iam:AWSServiceName".into(), json!(service));
            }
        }
        if !equals.is_empty() {
            condition.insert("StringEquals".into(), Value::Object(equals));
        }
        if through_cloudformation {
            condition.insert("ForAnyValue:StringEquals".into(), json!({"aws:CalledVia": CLOUDFORMATION}));
        }
        if when == When::GrantThroughBackup {
            condition.insert("Bool".into(), json!({"kms:GrantIsForAWSResource": "true"}));
        }
        (!condition.is_empty()).then_some(Value::Object(condition))
    }
}

/// A statement's id: what it is about, and when.
pub(super) fn sid(target: Target, when: When) -> String {
    let suffix = match when {
        When::Always => String::new(),
        When::ThroughCloudFormation => "ThroughCloudFormation".to_owned(),
        When::OurKeyThroughCloudFormation => "OursThroughCloudFormation".to_owned(),
        When::OurKey => "Ours".to_owned(),
        When::ThroughBackup => "ThroughBackup".to_owned(),
        When::GrantThroughBackup => "GrantThroughBackup".to_owned(),
        When::PassedTo(service) => format!("PassedTo{}", word(service)),
        When::PassedThroughCloudFormation(service) => format!("PassedThroughCloudFormationTo{}", word(service)),
        When::LinkedTo(_) => "Created".to_owned(),
    };
    format!("{target:?}{suffix}")
}

/// `Backup` of `backup.amazonaws.com`.
fn word(service: &str) -> String {
    let name = service.split('.').next().unwrap_or_default();
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

/// The ARNs, and each of them without its path.
fn with_bare_names(mut arns: Vec<String>) -> Vec<String> {
    let bare = arns.iter().filter_map(|arn| {
        let (head, name) = (arn.split('/').next()?, arn.rsplit('/').next()?);
        Some(format!("{head}/{name}"))
    });
    let bare: Vec<String> = bare.collect();
    arns.extend(bare);
    arns.sort();
    arns.dedup();
    arns
}
