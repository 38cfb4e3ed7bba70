//! What is deployed where: parameters, tags, stack policy, and the difference of a new stack.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_yaml_ng::Value;
use sha2::{Digest, Sha256};

use crate::aws::backup::plans::PlanEver;
use crate::aws::cloudformation::{Deployment, ResourceChange};
pub use crate::pipeline::complete::cli_options;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::LockRange;
use crate::pipeline::settings::{Allow, Pipeline};
pub use crate::pipeline::tags::{COPY_TO_VAULT, TAG};
use crate::policy::schedule::Schedule;
use crate::templates;

/// Keeps updates from replacing or deleting the vault and its key. The key of the topic comes and goes with the
/// notifications.
pub const STACK_POLICY: &str = r#"{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},{"Effect":"Deny","Action":["Update:Replace","Update:Delete"],"Principal":"*","Resource":["LogicalResourceId/Vault","LogicalResourceId/Key"]}]}"#;

/// How the ids of the requests begin that create this pipeline's plans. A plan cannot be found by an id that changes from
/// run to run: two runs at once would make two plans.
pub fn plan_request_prefix(pipeline: &Pipeline) -> String {
    let place = format!("{}\n{}\n{}", pipeline.source.account, pipeline.source.region, pipeline.identity());
    let digest = hex::encode(Sha256::digest(place.as_bytes()));
    format!("backupctl-{}-", &digest[..24])
}

/// Whether this pipeline asked for a plan: the id of that request stays when a tag is taken off.
pub fn is_asked_for(pipeline: &Pipeline, plan: &PlanEver) -> bool {
    let prefix = plan_request_prefix(pipeline);
    plan.request_id.as_ref().is_some_and(|id| id.starts_with(&prefix))
}

/// Whether a deleted plan was this pipeline's, by its request or its name: its tags are gone with it.
pub fn was_ours(pipeline: &Pipeline, plan: &PlanEver) -> bool {
    plan.deleted_at.is_some() && (plan.head.name == pipeline.plan.name || is_asked_for(pipeline, plan))
}

/// The id of the request that creates the pipeline's next plan after `before`, deleted ones included: whether AWS takes the
/// id of a deleted plan for that plan is not documented. 1 to 50 characters (AWS Backup API Reference, CreateBackupPlan).
pub fn plan_request_id(pipeline: &Pipeline, before: &[PlanEver]) -> String {
    let ours = before.iter().filter(|plan| is_asked_for(pipeline, plan)).count();
    format!("{}{ours}", plan_request_prefix(pipeline))
}

/// The three templates' texts, by environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates(pub [String; 3]);

impl Templates {
    /// The templates that are shipped.
    pub fn shipped() -> Self {
        Self([templates::source(), templates::intermediate(), templates::destination()].map(str::to_owned))
    }
}

/// What is deployed in an environment. `organization` is the organization's id, where it is known.
pub fn deployment(
    pipeline: &Pipeline,
    name: EnvironmentName,
    templates: &Templates,
    organization: Option<&str>,
) -> Deployment {
    let environment = pipeline.environment(name);
    let template = templates.0[name.index()].clone();
    let declared = declared_parameters(&template);
    let parameters = parameters(pipeline, name, organization)
        .into_iter()
        .filter(|(key, _)| declared.iter().any(|known| known == key))
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    let mut tags = environment.tags.clone();
    tags.insert(TAG.to_owned(), pipeline.identity().to_owned());
    Deployment {
        stack: environment.stack.clone(),
        template,
        parameters,
        tags,
        role_arn: environment.cloudformation_role_arn.as_ref().map(ToString::to_string),
    }
}

/// Every parameter that a template may declare; CloudFormation refuses those that it does not.
fn parameters(pipeline: &Pipeline, name: EnvironmentName, organization: Option<&str>) -> Vec<(&'static str, String)> {
    let environment = pipeline.environment(name);
    let admins: Vec<String> = environment.key_admin.iter().map(ToString::to_string).collect();
    let sweep_days = pipeline.events.sweep_window.as_secs().div_ceil(86_400);
    let sources = match pipeline.allow {
        Allow::CopyRoles => pipeline.source.account.to_string(),
        Allow::Organization => "organization".to_owned(),
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut all = vec![
        ("BackupVaultName", environment.vault.clone()),
        ("KeyAdministrators", admins.join(",")),
        // The copy role's name is derived from these, so all three stacks get the source's.
        ("NamePrefix", pipeline.source.name_prefix.clone()),
        ("RolePath", pipeline.source.role_path.clone()),
        (
            "PermissionsBoundaryArn",
            environment.permissions_boundary.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
        ("ExistingKeyArn", environment.key_arn.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("CentralBackupAccountId", pipeline.destination.account.to_string()),
        ("IntermediateRegion", pipeline.intermediate.region.to_string()),
        ("IntermediateVaultName", pipeline.intermediate.vault.clone()),
        ("DestinationVaultName", pipeline.destination.vault.clone()),
        ("DestinationDeleteAfterDays", pipeline.plan.destination_delete_after_days.to_string()),
        ("SweepSchedule", text(&pipeline.events.sweep_schedule)),
        ("LongestSweepPauseHours", longest_sweep_pause(pipeline).to_string()),
        ("SweepWindowDays", sweep_days.to_string()),
        ("LogRetentionDays", pipeline.events.log_retention_days.to_string()),
        ("NotificationEmail", text(&pipeline.notifications.email)),
        ("OrganizationId", organization.unwrap_or_default().to_owned()),
        ("SourceAccountIds", sources),
        ("VaultLock", if pipeline.lock_range().is_some() { "governance" } else { "none" }.to_owned()),
    ];
    all.extend(pipeline.lock_range().iter().flat_map(|range| lock_parameters(*range)));
    all
}

fn lock_parameters(range: LockRange) -> [(&'static str, String); 2] {
    [("LockMinRetentionDays", range.min_days.to_string()), ("LockMaxRetentionDays", range.max_days.to_string())]
}

/// The same deployment with a lock that admits this range.
pub fn with_lock(mut deployment: Deployment, range: LockRange) -> Deployment {
    deployment.parameters.extend(lock_parameters(range).map(|(key, value)| (key.to_owned(), value)));
    deployment
}

/// In hours; 0 where no alarm can tell: an alarm looks back for a week at most.
fn longest_sweep_pause(pipeline: &Pipeline) -> i64 {
    const MOST: i64 = 168;
    let schedule = pipeline.events.sweep_schedule.as_deref().and_then(|text| Schedule::parse(text, Tz::UTC).ok());
    let hours =
        schedule.and_then(|schedule| schedule.longest_pause()).map_or(0, |pause| (pause.num_minutes() + 59) / 60);
    if hours > MOST { 0 } else { hours }
}

fn declared_parameters(template: &str) -> Vec<String> {
    let Ok(document) = serde_yaml_ng::from_str::<Value>(template) else { return Vec::new() };
    names_in(&document, "Parameters")
}

fn names_in(document: &Value, section: &str) -> Vec<String> {
    let Some(map) = document.get(section).and_then(Value::as_mapping) else { return Vec::new() };
    map.keys().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What a new stack would add, computed from its template: a change set for a name that does not
/// exist would leave a `REVIEW_IN_PROGRESS` stack behind.
pub fn additions(deployment: &Deployment) -> Vec<ResourceChange> {
    let Ok(document) = serde_yaml_ng::from_str::<Value>(&deployment.template) else { return Vec::new() };
    let Some(resources) = document.get("Resources").and_then(Value::as_mapping) else { return Vec::new() };
    let mut changes = Vec::new();
    for (name, resource) in resources {
        let condition = resource.get("Condition").and_then(Value::as_str);
        if condition.is_some_and(|condition| !holds(&document, condition, &deployment.parameters, 0)) {
            continue;
        }
        changes.push(ResourceChange {
            logical_id: name.as_str().unwrap_or_default().to_owned(),
            resource_type: resource.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned(),
            action: "Add".to_owned(),
            replacement: None,
            properties: Vec::new(),
        });
    }
    changes
}

/// Whether a named condition of the template holds with these parameters.
fn holds(document: &Value, name: &str, parameters: &BTreeMap<String, String>, depth: u8) -> bool {
    match document.get("Conditions").and_then(|all| all.get(name)) {
        Some(value) if depth < 16 => truth(document, value, parameters, depth + 1),
        _ => true,
    }
}

fn truth(document: &Value, value: &Value, parameters: &BTreeMap<String, String>, depth: u8) -> bool {
    let Some((function, argument)) = function(value) else { return true };
    let list = argument.as_sequence().map(Vec::as_slice).unwrap_or_default();
    match function.as_str() {
        "Equals" => match list {
            [left, right] => text(document, left, parameters) == text(document, right, parameters),
            _ => false,
        },
        "Not" => !list.iter().any(|one| truth(document, one, parameters, depth)),
        "And" => list.iter().all(|one| truth(document, one, parameters, depth)),
        "Or" => list.iter().any(|one| truth(document, one, parameters, depth)),
        "Condition" => argument.as_str().is_some_and(|name| holds(document, name, parameters, depth)),
        _ => true,
    }
}

fn function(value: &Value) -> Option<(String, Value)> {
    match value {
        Value::Tagged(tagged) => {
            Some((tagged.tag.to_string().trim_start_matches('!').to_owned(), tagged.value.clone()))
        }
        Value::Mapping(map) if map.len() == 1 => {
            let (key, inner) = map.iter().next()?;
            Some((key.as_str()?.trim_start_matches("Fn::").to_owned(), inner.clone()))
        }
        _ => None,
    }
}

fn text(document: &Value, value: &Value, parameters: &BTreeMap<String, String>) -> String {
    if let Some((name, argument)) = function(value)
        && name == "Ref"
        && let Some(key) = argument.as_str()
    {
        let default = document.get("Parameters").and_then(|all| all.get(key)).and_then(|one| one.get("Default"));
        return parameters.get(key).cloned().unwrap_or_else(|| default.map(scalar).unwrap_or_default());
    }
    scalar(value)
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::settings::tests::example;

    const TEMPLATE: &str = "
Parameters:
  BackupVaultName: {Type: String}
  ExistingKeyArn: {Type: String, Default: ''}
Conditions:
  OwnKey: !Equals [!Ref ExistingKeyArn, '']
  Foreign: !Not [!Condition OwnKey]
Resources:
  Key: {Type: 'AWS::KMS::Key', Condition: OwnKey}
  Other: {Type: 'AWS::SNS::Topic', Condition: Foreign}
  Vault: {Type: 'AWS::Backup::BackupVault'}
";

    fn templates() -> Templates {
        Templates([TEMPLATE.to_owned(), TEMPLATE.to_owned(), TEMPLATE.to_owned()])
    }

    fn added(deployment: &Deployment) -> Vec<String> {
        additions(deployment).into_iter().map(|change| change.logical_id).collect()
    }

    #[test]
    fn only_declared_parameters_are_sent() {
        let deployment = deployment(&example(), EnvironmentName::Source, &templates(), Some("o-1"));
        assert_eq!(deployment.parameters.keys().collect::<Vec<_>>(), ["BackupVaultName", "ExistingKeyArn"]);
        assert_eq!(deployment.tags[TAG], "aws-backup-rds-source-stack");
    }

    #[test]
    fn a_new_stack_adds_what_its_conditions_let_it() {
        let mut pipeline = example();
        let own = deployment(&pipeline, EnvironmentName::Source, &templates(), None);
        assert_eq!(added(&own), ["Key", "Vault"]);
        pipeline.source.key_arn = Some("arn:aws:kms:us-east-1:111111111111:key/k".parse().expect("an ARN"));
        let foreign = deployment(&pipeline, EnvironmentName::Source, &templates(), None);
        assert_eq!(added(&foreign), ["Other", "Vault"]);
    }

    #[test]
    fn the_longest_pause_between_sweeps_is_the_schedules() {
        let mut pipeline = example();
        for (schedule, hours) in [
            ("rate(1 hour)", 1),
            ("rate(90 minutes)", 2),
            ("rate(1 day)", 24),
            ("cron(0 6 * * ? *)", 24),
            ("cron(0 6 ? * MON-FRI *)", 72),
            ("cron(0 6 ? * SUN *)", 168),
            ("cron(0 6 1 * ? *)", 0),
            ("", 0),
        ] {
            pipeline.events.sweep_schedule = Some(schedule.to_owned()).filter(|text| !text.is_empty());
            assert_eq!(longest_sweep_pause(&pipeline), hours, "{schedule}");
        }
    }

    #[test]
    fn the_stack_policy_is_json() {
        assert!(serde_json::from_str::<serde_json::Value>(STACK_POLICY).is_ok());
    }
}
