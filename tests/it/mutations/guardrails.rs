//! What an organization sets over its accounts, and policies that decide by the keys of its guardrails: one more policy
//! at a time, in a world whose accounts lie in two units. `guardrails.toml` says what AWS does then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use aws_config::SdkConfig;
use aws_sdk_kms::types::Tag;
use aws_sdk_organizations::types::PolicyType;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::{Encryption, Scenario, Unit};
use backupctl::sandbox::world::World;
use serde::Deserialize;
use serde_json::{Value, json};

use super::day::{DESTINATION_VAULT, INTERMEDIATE_VAULT, Outcome, Stage};
use super::{Environment, MANAGEMENT, configuration};
use crate::support::command;
use crate::support::operator::{CENTRAL, PRODUCTION, REGION_A, acting, in_source, made};

const TABLE: &str = include_str!("guardrails.toml");
const ORGANIZATION: &str = "o-sandboxorg1";
const BACKUP_ROLE: &str = "AWSBackupDefaultServiceRole";
const COPY_ROLE: &str = "backup-copy-us-west-2";

/// What is there after one more policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Put {
    Scp,
    ScpOnly,
    Rcp,
    BackupBoundary,
    CopyBoundary,
    BackupRole,
    CopyRole,
    FunctionRole,
    ForwardRole,
    IntermediateKey,
    DestinationKey,
    IntermediateVault,
    DestinationVault,
    DestinationVaultOnly,
    DatabaseKey,
    DatabaseKeyOnly,
    DatabaseKeyDisabled,
    DatabaseKeyDeleted,
}

/// Under which key the database is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Under {
    #[default]
    AwsManaged,
    CustomerManaged,
}

/// What becomes of the night's backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    Arrives,
    NoBackup,
    #[serde(rename = "hop-1")]
    Hop1,
    Event,
    Function,
    #[serde(rename = "hop-2")]
    Hop2,
    /// AWS does not say.
    Unknown,
}

/// One more policy, and what AWS does then.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    put: Put,
    at: Option<String>,
    #[serde(default)]
    database: Under,
    #[serde(default)]
    policy: String,
    pub outcome: Expected,
    #[serde(default)]
    pub checks: BTreeSet<String>,
    pub undecided: Option<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    sources: BTreeMap<String, String>,
    case: Vec<Case>,
}

/// The table, whole.
pub fn cases() -> Vec<Case> {
    let table: Table = toml::from_str(TABLE).expect("the table");
    let ids: BTreeSet<&String> = table.case.iter().map(|case| &case.id).collect();
    assert_eq!(ids.len(), table.case.len(), "each has a name of its own");
    for case in &table.case {
        let is_open = case.outcome == Expected::Unknown;
        assert!(is_open || table.sources.contains_key(&case.source), "{}: its source", case.id);
        assert_eq!(is_open, case.undecided.is_some(), "{}: what is not known is undecided", case.id);
        let is_lost = !matches!(case.outcome, Expected::Arrives | Expected::Unknown);
        assert_eq!(is_lost, !case.checks.is_empty(), "{}: checks where it is lost", case.id);
    }
    table.case
}

/// The case of that name.
pub fn case(id: &str) -> Case {
    cases().into_iter().find(|case| case.id == id).unwrap_or_else(|| panic!("no case `{id}`"))
}

static WORLD: LazyLock<World> = LazyLock::new(|| deployed(Encryption::AwsManaged).world());
static WITH_A_KEY_OF_ITS_OWN: LazyLock<World> = LazyLock::new(|| {
    let sandbox = deployed(Encryption::CustomerManaged);
    in_source(&sandbox, async |config| {
        let tag = Tag::builder().tag_key("data").tag_value("orders").build().expect("a tag");
        let key = database_key(&config).await;
        aws_sdk_kms::Client::new(&config).tag_resource().key_id(key).tags(tag).send().await.expect("TagResource");
    });
    sandbox.world()
});

fn deployed(encryption: Encryption) -> Sandbox {
    let mut scenario = Scenario::built_in();
    scenario.databases.retain(|database| database.name == "orders");
    scenario.databases[0].encryption = encryption;
    let unit = |name: &str, account: &str| Unit {
        name: name.to_owned(),
        parent: "root".to_owned(),
        accounts: vec![account.parse().expect("an account")],
    };
    scenario.organizations[0].units = vec![unit("workloads", PRODUCTION), unit("central", CENTRAL)];
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    command::configured(&sandbox, &configuration(), "bootstrap --yes").expect(0);
    sandbox
}

/// A deployed world whose accounts lie in a unit each.
pub fn world() -> Sandbox {
    Sandbox::in_memory(WORLD.clone())
}

/// The same, with the database under the key that the case is about.
pub fn world_of(case: &Case) -> Sandbox {
    Sandbox::in_memory(match case.database {
        Under::AwsManaged => WORLD.clone(),
        Under::CustomerManaged => WITH_A_KEY_OF_ITS_OWN.clone(),
    })
}

async fn database_key(config: &SdkConfig) -> String {
    let answer = aws_sdk_rds::Client::new(config).describe_db_instances().send().await.expect("DescribeDBInstances");
    answer.db_instances()[0].kms_key_id().expect("a key").to_owned()
}

impl Expected {
    /// Whether it happened so.
    pub fn is(self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Expected::Unknown, _) | (Expected::Arrives, Outcome::Arrives) => true,
            (_, Outcome::Arrives) => false,
            (expected, Outcome::Lost(stage, _)) => {
                let lost = match stage {
                    Stage::NoBackup => Expected::NoBackup,
                    Stage::Hop1 => Expected::Hop1,
                    Stage::Event => Expected::Event,
                    Stage::Function => Expected::Function,
                    Stage::Hop2 => Expected::Hop2,
                };
                expected == lost
            }
        }
    }
}

fn in_management<T, F: Future<Output = T>>(sandbox: &Sandbox, work: impl FnOnce(SdkConfig) -> F) -> T {
    acting(sandbox, MANAGEMENT, REGION_A, work)
}

/// The ids that a table's policy names.
fn ids(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    in_management(sandbox, async |config| {
        let organizations = aws_sdk_organizations::Client::new(&config);
        let above = async |child: &str| {
            let parents = organizations.list_parents().child_id(child).send().await.expect("ListParents");
            parents.parents()[0].id().expect("an id").to_owned()
        };
        let workloads = above(PRODUCTION).await;
        let root = above(&workloads).await;
        let central = above(CENTRAL).await;
        vec![("{org}", ORGANIZATION.to_owned()), ("{root}", root), ("{workloads}", workloads), ("{central}", central)]
    })
}

/// Makes the change, as whoever may.
pub fn put(sandbox: &Sandbox, case: &Case) {
    let ids = ids(sandbox);
    let named = |text: &str| ids.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
    let statements: Value = serde_json::from_str(&format!("[{}]", named(&case.policy)))
        .unwrap_or_else(|error| panic!("{}: {error}", case.id));
    let statements = match case.put {
        Put::Scp | Put::ScpOnly | Put::Rcp => but_administrators(statements, case.put),
        _ => statements,
    };
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    let text = document.to_string();
    match case.put {
        Put::Scp | Put::ScpOnly | Put::Rcp => {
            let at = case.at.as_deref().expect("a target");
            let target = match at {
                "source" => PRODUCTION.to_owned(),
                "destination" => CENTRAL.to_owned(),
                unit => named(&format!("{{{unit}}}")),
            };
            let root = named("{root}");
            in_management(sandbox, async |config| attach(&config, case.put, &root, &target, &text).await);
        }
        Put::BackupBoundary => in_source(sandbox, async |config| bound(&config, BACKUP_ROLE, &text).await),
        Put::CopyBoundary => in_source(sandbox, async |config| bound(&config, COPY_ROLE, &text).await),
        Put::BackupRole => in_source(sandbox, async |config| inline(&config, BACKUP_ROLE, &text).await),
        Put::CopyRole => in_source(sandbox, async |config| inline(&config, COPY_ROLE, &text).await),
        Put::FunctionRole => {
            let (account, region) = Environment::Intermediate.place();
            acting(sandbox, account, region, async |config| {
                let role = made(&config, "aws-backup-rds-intermediate-stack", "CopyFunctionRole").await;
                inline(&config, &role, &text).await;
            });
        }
        Put::ForwardRole => in_source(sandbox, async |config| {
            let role = made(&config, "aws-backup-rds-source-stack", "ForwardRole").await;
            inline(&config, &role, &text).await;
        }),
        Put::IntermediateKey => in_key(sandbox, Environment::Intermediate, INTERMEDIATE_VAULT, &statements),
        Put::DestinationKey => in_key(sandbox, Environment::Destination, DESTINATION_VAULT, &statements),
        Put::IntermediateVault => in_vault(sandbox, Environment::Intermediate, INTERMEDIATE_VAULT, &statements, true),
        Put::DatabaseKey => in_source(sandbox, async |config| {
            let key = database_key(&config).await;
            add_to_key(&config, &key, &statements).await;
        }),
        Put::DatabaseKeyOnly => in_source(sandbox, async |config| {
            let key = database_key(&config).await;
            put_key_policy(&config, &key, text).await;
        }),
        Put::DatabaseKeyDisabled => in_source(sandbox, async |config| {
            let disable = aws_sdk_kms::Client::new(&config).disable_key().key_id(database_key(&config).await);
            disable.send().await.expect("DisableKey");
        }),
        Put::DatabaseKeyDeleted => in_source(sandbox, async |config| {
            let delete = aws_sdk_kms::Client::new(&config).schedule_key_deletion().key_id(database_key(&config).await);
            delete.send().await.expect("ScheduleKeyDeletion");
        }),
        Put::DestinationVault => in_vault(sandbox, Environment::Destination, DESTINATION_VAULT, &statements, true),
        Put::DestinationVaultOnly => in_vault(sandbox, Environment::Destination, DESTINATION_VAULT, &statements, false),
    }
    // IAM tells the other services of it.
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
}

/// A service control policy over the source account that excepts nobody.
pub fn forbid(sandbox: &Sandbox, statements: &Value) {
    in_management(sandbox, async |config| {
        let list = aws_sdk_organizations::Client::new(&config).list_roots().send().await.expect("ListRoots");
        let root = list.roots()[0].id().expect("an id").to_owned();
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        attach(&config, Put::Scp, &root, PRODUCTION, &text).await;
    });
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
}

/// Excepts those who administer the accounts, as landing zones do: they could not look otherwise.
fn but_administrators(mut statements: Value, put: Put) -> Value {
    const THEY: &str = "arn:aws:iam::*:user/administrator";
    let list = statements.as_array_mut().expect("statements");
    if put == Put::ScpOnly {
        let condition = json!({"ArnLike": {"aws:PrincipalArn": THEY}});
        list.push(json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}));
        return statements;
    }
    for statement in list {
        let excepted = &mut statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"];
        let mut all = match excepted.take() {
            Value::Array(all) => all,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        all.push(json!(THEY));
        *excepted = Value::Array(all);
    }
    statements
}

async fn attach(config: &SdkConfig, put: Put, root: &str, target: &str, text: &str) {
    let organizations = aws_sdk_organizations::Client::new(config);
    let (kind, own) = match put {
        Put::Rcp => (PolicyType::ResourceControlPolicy, "p-RCPFullAWSAccess"),
        _ => (PolicyType::ServiceControlPolicy, "p-FullAWSAccess"),
    };
    let enable = organizations.enable_policy_type().root_id(root).policy_type(kind.clone());
    enable.send().await.expect("EnablePolicyType");
    let create = organizations.create_policy().name("Fence").description("").r#type(kind).content(text);
    let made = create.send().await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let id = made.policy.and_then(|policy| policy.policy_summary?.id).expect("an id");
    organizations.attach_policy().policy_id(id).target_id(target).send().await.expect("AttachPolicy");
    if put == Put::ScpOnly {
        organizations.detach_policy().policy_id(own).target_id(target).send().await.expect("DetachPolicy");
    }
}

async fn inline(config: &SdkConfig, role: &str, text: &str) {
    let put = aws_sdk_iam::Client::new(config).put_role_policy().role_name(role).policy_name("Fence");
    put.policy_document(text).send().await.expect("PutRolePolicy");
}

async fn bound(config: &SdkConfig, role: &str, text: &str) {
    let iam = aws_sdk_iam::Client::new(config);
    let made = iam.create_policy().policy_name("Fence").policy_document(text).send().await.expect("CreatePolicy");
    let arn = made.policy.and_then(|policy| policy.arn).expect("an ARN");
    let put = iam.put_role_permissions_boundary().role_name(role).permissions_boundary(arn);
    put.send().await.expect("PutRolePermissionsBoundary");
}

/// A document with more statements.
fn with(document: &str, more: &Value) -> String {
    let mut whole: Value = serde_json::from_str(document).expect("a policy");
    let statements = whole["Statement"].as_array_mut().expect("statements");
    statements.extend(more.as_array().expect("statements").iter().cloned());
    whole.to_string()
}

fn in_key(sandbox: &Sandbox, environment: Environment, vault: &str, more: &Value) {
    let (account, region) = environment.place();
    acting(sandbox, account, region, async |config| {
        let describe = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(vault);
        let key = describe.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        add_to_key(&config, &key, more).await;
    });
}

async fn add_to_key(config: &SdkConfig, key: &str, more: &Value) {
    let kms = aws_sdk_kms::Client::new(config);
    let now = kms.get_key_policy().key_id(key).policy_name("default").send().await.expect("GetKeyPolicy");
    put_key_policy(config, key, with(now.policy().expect("a policy"), more)).await;
}

async fn put_key_policy(config: &SdkConfig, key: &str, policy: String) {
    let kms = aws_sdk_kms::Client::new(config);
    kms.put_key_policy().key_id(key).policy_name("default").policy(policy).send().await.expect("PutKeyPolicy");
}

/// More statements in the policy of the destination vault.
pub fn in_destination_vault(sandbox: &Sandbox, statements: &Value) {
    in_vault(sandbox, Environment::Destination, DESTINATION_VAULT, statements, true);
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
}

/// More statements in the policy of the intermediate vault.
pub fn in_intermediate_vault(sandbox: &Sandbox, statements: &Value) {
    in_vault(sandbox, Environment::Intermediate, INTERMEDIATE_VAULT, statements, true);
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("an in-memory world");
}

fn in_vault(sandbox: &Sandbox, environment: Environment, vault: &str, more: &Value, keep: bool) {
    let (account, region) = environment.place();
    acting(sandbox, account, region, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let now = backup.get_backup_vault_access_policy().backup_vault_name(vault).send().await;
        let now = now.ok().and_then(|answer| answer.policy).filter(|_| keep);
        let empty = json!({"Version": "2012-10-17", "Statement": []}).to_string();
        let policy = with(now.as_deref().unwrap_or(&empty), more);
        let put = backup.put_backup_vault_access_policy().backup_vault_name(vault).policy(policy);
        put.send().await.expect("PutBackupVaultAccessPolicy");
    });
}
