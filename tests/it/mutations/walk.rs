//! Walks what AWS returns for a deployed pipeline, and yields every mutation of it.

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupPlanInput, BackupSelection};
use aws_sdk_eventbridge::types::Target;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::change::{Change, Permission};
use super::plans::{as_input, rule_variants};
use super::{Environment, Mutation};
use super::{denials, variants};

/// Mutations of one environment, in the order in which they are found.
pub(super) struct Walk<'a> {
    environment: Environment,
    config: &'a SdkConfig,
    found: Vec<Mutation>,
}

/// Names that CloudFormation makes of the stack, the logical id and random letters are told by the
/// logical id.
fn label(name: &str) -> &str {
    let Some((_, rest)) = name.split_once("-stack-") else { return name };
    rest.rsplit_once('-').map_or(rest, |(logical, _)| logical)
}

/// Keys have new ids in each world.
fn without_ids(text: &str) -> String {
    let uuid = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a pattern");
    uuid.replace_all(text, "<id>").into_owned()
}

/// The last part of an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl<'a> Walk<'a> {
    /// Everything in one environment.
    pub(super) async fn through(environment: Environment, config: &'a SdkConfig) -> Vec<Mutation> {
        let mut walk = Walk { environment, config, found: Vec::new() };
        walk.vaults().await;
        let mut roles = walk.rules().await;
        walk.queues().await;
        roles.extend(walk.plans().await);
        roles.sort();
        roles.dedup();
        for role in &roles {
            walk.role(role).await;
        }
        walk.settings();
        walk.found
    }

    fn add(&mut self, id: impl std::fmt::Display, change: Change) {
        let id = without_ids(&format!("{} {id}", self.environment.name()));
        self.found.push(Mutation { id, environment: self.environment, change });
    }

    /// Vaults of ours, their policies, and their keys.
    async fn vaults(&mut self) {
        let backup = aws_sdk_backup::Client::new(self.config);
        let vaults = backup.list_backup_vaults().send().await.expect("ListBackupVaults");
        for found in vaults.backup_vault_list() {
            let vault = found.backup_vault_name().expect("a name").to_owned();
            if vault == "Default" {
                continue;
            }
            let policy = backup.get_backup_vault_access_policy().backup_vault_name(&vault).send().await;
            let policy = policy.ok().and_then(|answer| answer.policy);
            for variant in denials::of_vault(policy.as_deref().map(json).as_ref()) {
                let policy = variant.document.map(|document| document.to_string());
                self.add(
                    format!("vault policy: {}", variant.name),
                    Change::VaultPolicy { vault: vault.clone(), policy },
                );
            }
            if let Some(policy) = policy {
                for variant in variants::of_policy(&json(&policy)) {
                    let policy = variant.document.map(|document| document.to_string());
                    let change = Change::VaultPolicy { vault: vault.clone(), policy };
                    self.add(format!("vault policy: {}", variant.name), change);
                }
                let change = Change::VaultPolicy { vault: vault.clone(), policy: None };
                self.add("vault policy deleted", change);
            }
            self.add("vault deleted", Change::VaultDeleted { vault: vault.clone() });
            self.add("vault under the default key", Change::VaultUnderDefaultKey { vault: vault.clone() });
            let locked = |least_days, most_days| Change::VaultLocked { vault: vault.clone(), least_days, most_days };
            self.add("vault locked for at least 30 days", locked(30, None));
            self.add("vault locked for 1 to 30 days", locked(1, Some(30)));
            self.add("vault locked for 1 to 3 days", locked(1, Some(3)));
            let key = found.encryption_key_arn().expect("a key").to_owned();
            self.key(&key).await;
        }
    }

    async fn key(&mut self, key: &str) {
        let kms = aws_sdk_kms::Client::new(self.config);
        let policy = kms.get_key_policy().key_id(key).policy_name("default").send().await.expect("GetKeyPolicy");
        let policy = json(policy.policy().expect("a policy"));
        for variant in variants::of_policy(&policy).into_iter().chain(denials::of_key(&policy)) {
            let policy = variant.document.map(|document| document.to_string()).unwrap_or_default();
            let change = Change::KeyPolicy { key: key.to_owned(), policy };
            self.add(format!("key policy: {}", variant.name), change);
        }
        let key_of = || key.to_owned();
        self.add("key disabled", Change::KeyDisabled { key: key_of() });
        self.add("key deleted", Change::KeyDeleted { key: key_of() });
        self.add("key rotation disabled", Change::RotationDisabled { key: key_of() });
        let aliases = kms.list_aliases().key_id(key).send().await.expect("ListAliases");
        for alias in aliases.aliases() {
            let alias = alias.alias_name().expect("a name").to_owned();
            self.add("key alias deleted", Change::AliasDeleted { alias });
        }
    }

    /// Rules and their targets; the names of the roles that they and their functions use.
    async fn rules(&mut self) -> Vec<String> {
        let events = aws_sdk_eventbridge::Client::new(self.config);
        let mut roles = Vec::new();
        let mut functions = Vec::new();
        let rules = events.list_rules().send().await.expect("ListRules");
        for found in rules.rules() {
            let rule = found.name().expect("a name").to_owned();
            let title = format!("rule {}", label(&rule));
            let described = events.describe_rule().name(&rule).send().await.expect("DescribeRule");
            if let Some(pattern) = described.event_pattern() {
                for variant in variants::of_pattern(&json(pattern)) {
                    let pattern = variant.document.map(|document| document.to_string()).unwrap_or_default();
                    let change = Change::RulePattern { rule: rule.clone(), pattern };
                    self.add(format!("{title}: {}", variant.name), change);
                }
            }
            self.add(format!("{title} disabled"), Change::RuleDisabled { rule: rule.clone() });
            self.add(format!("{title} deleted"), Change::RuleDeleted { rule: rule.clone() });
            let targets = events.list_targets_by_rule().rule(&rule).send().await.expect("ListTargetsByRule");
            for target in targets.targets() {
                self.target(&title, &rule, target);
                roles.extend(target.role_arn().map(|arn| last(arn).to_owned()));
                functions.extend(target.arn().contains(":function:").then(|| last(target.arn()).to_owned()));
            }
        }
        functions.sort();
        functions.dedup();
        for function in functions {
            roles.extend(self.function(&function).await);
        }
        roles
    }

    fn target(&mut self, title: &str, rule: &str, target: &Target) {
        let title = format!("{title}: target {}", target.id());
        let id = target.id().to_owned();
        self.add(format!("{title} removed"), Change::TargetRemoved { rule: rule.to_owned(), id });
        let put = |target: Target| Change::Target { rule: rule.to_owned(), target: Box::new(target) };
        for (what, arn) in swapped(target.arn()) {
            let mut other = target.clone();
            other.arn = arn;
            self.add(format!("{title} {what}"), put(other));
        }
        if target.role_arn().is_some() {
            let mut other = target.clone();
            other.role_arn = None;
            self.add(format!("{title} without a role"), put(other));
        }
        if target.dead_letter_config().is_some() {
            let mut other = target.clone();
            other.dead_letter_config = None;
            self.add(format!("{title} without a dead-letter queue"), put(other));
        }
    }

    /// A function, its policy and settings; the names of the roles that it uses.
    async fn function(&mut self, function: &str) -> Vec<String> {
        let lambda = aws_sdk_lambda::Client::new(self.config);
        let title = format!("function {}", label(function));
        let name = || function.to_owned();
        self.add(format!("{title} throttled"), Change::FunctionThrottled { function: name() });
        self.add(format!("{title} deleted"), Change::FunctionDeleted { function: name() });
        let policy = lambda.get_policy().function_name(function).send().await.expect("GetPolicy");
        let policy = json(policy.policy().expect("a policy"));
        for (index, statement) in policy["Statement"].as_array().expect("statements").iter().enumerate() {
            self.permission(function, &format!("{title}: permission {}", index + 1), statement);
        }
        let now = lambda.get_function_configuration().function_name(function).send().await.expect("a configuration");
        let variables = now.environment.and_then(|environment| environment.variables).unwrap_or_default();
        let mut roles = vec![last(now.role.as_deref().expect("a role")).to_owned()];
        let mut sorted: Vec<(&String, &String)> = variables.iter().collect();
        sorted.sort();
        for (variable, value) in sorted {
            let change = |value| Change::FunctionVariable { function: name(), name: variable.clone(), value };
            self.add(format!("{title}: variable {variable} removed"), change(None));
            self.add(format!("{title}: variable {variable} is another"), change(Some(another(value))));
            roles.extend(value.contains(":role/").then(|| last(value).to_owned()));
        }
        roles
    }

    fn permission(&mut self, function: &str, title: &str, statement: &Value) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let sid = text(&statement["Sid"]).expect("a Sid");
        let condition = &statement["Condition"];
        let now = Permission {
            action: text(&statement["Action"]).expect("an action"),
            principal: text(&statement["Principal"]["Service"]).expect("a service"),
            source_arn: text(&condition["ArnLike"]["AWS:SourceArn"]),
            source_account: text(&condition["StringEquals"]["AWS:SourceAccount"]),
        };
        let change = |instead| Change::Permission { function: function.to_owned(), sid: sid.clone(), instead };
        self.add(format!("{title} removed"), change(None));
        let mut variants = vec![
            ("principal widened".to_owned(), Permission { principal: "*".to_owned(), ..now.clone() }),
            ("principal is another".to_owned(), Permission { principal: "s3.amazonaws.com".to_owned(), ..now.clone() }),
            ("action is another".to_owned(), Permission { action: "lambda:GetFunction".to_owned(), ..now.clone() }),
            ("action widened".to_owned(), Permission { action: "lambda:*".to_owned(), ..now.clone() }),
        ];
        if let Some(arn) = &now.source_arn {
            variants.push(("without source ARN".to_owned(), Permission { source_arn: None, ..now.clone() }));
            for (what, arn) in swapped(arn) {
                let other = Permission { source_arn: Some(arn), ..now.clone() };
                variants.push((format!("source ARN {what}"), other));
            }
        }
        if let Some(account) = &now.source_account {
            variants.push(("without source account".to_owned(), Permission { source_account: None, ..now.clone() }));
            for (_, account) in swapped(account) {
                let other = Permission { source_account: Some(account), ..now.clone() };
                variants.push(("source account is another".to_owned(), other));
            }
        }
        for (what, instead) in variants {
            self.add(format!("{title}: {what}"), change(Some(instead)));
        }
    }

    async fn queues(&mut self) {
        let sqs = aws_sdk_sqs::Client::new(self.config);
        let queues = sqs.list_queues().send().await.expect("ListQueues");
        for url in queues.queue_urls() {
            let title = format!("queue {}", label(last(url)));
            let all = aws_sdk_sqs::types::QueueAttributeName::All;
            let attributes = sqs.get_queue_attributes().queue_url(url).attribute_names(all).send().await;
            let attributes = attributes.expect("GetQueueAttributes").attributes.unwrap_or_default();
            if let Some(policy) = attributes.get(&aws_sdk_sqs::types::QueueAttributeName::Policy) {
                for variant in variants::of_policy(&json(policy)) {
                    let policy = variant.document.map(|document| document.to_string());
                    let change = Change::QueuePolicy { url: url.clone(), policy };
                    self.add(format!("{title} policy: {}", variant.name), change);
                }
            }
            self.add(format!("{title} deleted"), Change::QueueDeleted { url: url.clone() });
        }
    }

    /// Plans and their selections; the names of the roles of the selections.
    async fn plans(&mut self) -> Vec<String> {
        let backup = aws_sdk_backup::Client::new(self.config);
        let mut roles = Vec::new();
        let plans = backup.list_backup_plans().send().await.expect("ListBackupPlans");
        for found in plans.backup_plans_list() {
            let plan = found.backup_plan_id().expect("an id").to_owned();
            let described = backup.get_backup_plan().backup_plan_id(&plan).send().await.expect("GetBackupPlan");
            let document = described.backup_plan().expect("a plan");
            for (index, rule) in document.rules().iter().enumerate() {
                for (what, changed) in rule_variants(rule) {
                    let mut input = BackupPlanInput::builder().backup_plan_name(document.backup_plan_name());
                    for (other, rule) in document.rules().iter().enumerate() {
                        input = input.rules(if other == index { changed.clone() } else { as_input(rule) });
                    }
                    let document = Box::new(input.build().expect("a plan"));
                    self.add(format!("plan rule: {what}"), Change::Plan { plan: plan.clone(), document });
                }
            }
            self.add("plan deleted", Change::PlanDeleted { plan: plan.clone() });
            let selections = backup.list_backup_selections().backup_plan_id(&plan).send().await.expect("selections");
            for selection in selections.backup_selections_list() {
                let id = selection.selection_id().expect("an id");
                let get = backup.get_backup_selection().backup_plan_id(&plan).selection_id(id);
                let document = get.send().await.expect("GetBackupSelection").backup_selection.expect("a selection");
                roles.push(last(document.iam_role_arn()).to_owned());
                self.selection(&plan, id, &document);
            }
        }
        roles
    }

    fn selection(&mut self, plan: &str, id: &str, document: &BackupSelection) {
        let change = |instead| Change::Selection { plan: plan.to_owned(), selection: id.to_owned(), instead };
        self.add("selection deleted", change(None));
        for (what, resource) in document.resources().iter().flat_map(|resource| swapped(resource)) {
            let mut other = document.clone();
            other.resources = Some(vec![resource]);
            self.add(format!("selection: resource {what}"), change(Some(Box::new(other))));
        }
        let mut other = document.clone();
        other.resources = Some(vec!["*".to_owned()]);
        self.add("selection: resource widened", change(Some(Box::new(other))));
        let mut other = document.clone();
        other.not_resources = document.resources.clone();
        self.add("selection: resource excluded", change(Some(Box::new(other))));
        let mut other = document.clone();
        other.iam_role_arn = another(document.iam_role_arn());
        self.add("selection: role is another", change(Some(Box::new(other))));
        if let Some((what, role)) = swapped(document.iam_role_arn()).into_iter().next() {
            let mut other = document.clone();
            other.iam_role_arn = role;
            self.add(format!("selection: role {what}"), change(Some(Box::new(other))));
        }
    }

    async fn role(&mut self, role: &str) {
        let iam = aws_sdk_iam::Client::new(self.config);
        let title = format!("role {}", label(role));
        let name = || role.to_owned();
        let found = iam.get_role().role_name(role).send().await.expect("GetRole").role.expect("a role");
        let decode = |text: &str| json(&percent_decode_str(text).decode_utf8().expect("UTF-8"));
        let trust = found.assume_role_policy_document().expect("a trust policy");
        for variant in variants::of_policy(&decode(trust)) {
            // A role cannot be without a trust policy: what is left of one statement is a policy with none.
            let empty = r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned();
            let policy = variant.document.map_or(empty, |document| document.to_string());
            self.add(format!("{title} trust: {}", variant.name), Change::TrustPolicy { role: name(), policy });
        }
        let inline = iam.list_role_policies().role_name(role).send().await.expect("ListRolePolicies");
        for policy_name in inline.policy_names() {
            let get = iam.get_role_policy().role_name(role).policy_name(policy_name).send().await;
            let document = decode(get.expect("GetRolePolicy").policy_document());
            for variant in variants::of_policy(&document) {
                let policy = variant.document.map(|document| document.to_string());
                let change = Change::RolePolicy { role: name(), name: policy_name.clone(), policy };
                self.add(format!("{title} policy: {}", variant.name), change);
            }
        }
        let own: &[_] = if role == "AWSBackupDefaultServiceRole" { &denials::OF_THE_BACKUP_ROLE } else { &[] };
        for (action, resource) in own {
            let policy = Some(denials::identity_policy(action, resource));
            let change = Change::RolePolicy { role: name(), name: "Denied".to_owned(), policy };
            self.add(format!("{title} policy: {action} denied on {resource}"), change);
        }
        let attached = iam.list_attached_role_policies().role_name(role).send().await.expect("attached");
        for policy in attached.attached_policies() {
            let policy_arn = policy.policy_arn().expect("an ARN").to_owned();
            let title = format!("{title}: {} detached", last(&policy_arn));
            self.add(title, Change::PolicyDetached { role: name(), policy_arn });
        }
        let policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole".to_owned();
        self.add(format!("{title}: boundary allows logs only"), Change::Boundary { role: name(), policy_arn });
        self.add(format!("{title} deleted"), Change::RoleDeleted { role: name() });
    }

    /// What is switched on for the whole environment.
    fn settings(&mut self) {
        let role = |role: &str| Change::ServiceLinkedRoleDeleted { role: role.to_owned() };
        self.add("RDS opted out", Change::RdsOptedOut);
        if self.environment == Environment::Intermediate {
            return;
        }
        self.add("service-linked role of AWS Backup deleted", role("AWSServiceRoleForBackup"));
        self.add("service-linked role of RDS deleted", role("AWSServiceRoleForRDS"));
        if self.environment == Environment::Source {
            let database = || "orders".to_owned();
            self.add("database stopped", Change::DatabaseStopped { database: database() });
            self.add("database deleted", Change::DatabaseDeleted { database: database() });
        }
    }
}

/// A name or an ARN of something that does not exist.
pub(super) fn another(text: &str) -> String {
    match text.parse::<i64>() {
        Ok(1) => "2".to_owned(),
        Ok(_) => "1".to_owned(),
        Err(_) => format!("{text}-another"),
    }
}

/// An ARN or an account in the other account and the other Region.
pub(super) fn swapped(text: &str) -> Vec<(String, String)> {
    let document = serde_json::json!({"Statement": [{"Resource": text}]});
    let resource = |document: &Value| document["Statement"][0]["Resource"].as_str().unwrap_or_default().to_owned();
    let place = |variant: &variants::Variant| {
        let what = variant.name.strip_prefix("statement 1: resource ")?;
        let document = variant.document.as_ref().filter(|_| what.starts_with("in "))?;
        Some((what.to_owned(), resource(document)))
    };
    variants::of_policy(&document).iter().filter_map(place).collect()
}
