//! What is to be changed. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::observe::{Observed, ObservedPlan, ObservedStack};
use super::settings::{Setting, SettingAction, SettingChange, SettingState, is_default_role};
use super::{Options, SettingsConsent, WithPlan};
use crate::aws::backup::plans::{FoundSelection, Rule, RuleCopy, SelectionSpec};
use crate::aws::cloudformation::{ChangeSet, Deployment, ResourceChange, StackStatus};
use crate::operations::deployment::{COPY_TO_VAULT, TAG, additions, deployment};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::schedule::Schedule;
use crate::pipeline::settings::Pipeline;

/// What happens to a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackAction {
    /// It is created.
    Create,
    /// Its change set is executed.
    Update,
    /// Nothing.
    None,
    /// A dead one of ours is deleted, then it is created.
    Replace,
    /// Something stands in the way; see `reason`.
    Blocked,
}

/// A stack, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackChange {
    /// Where.
    pub environment: EnvironmentName,
    /// What.
    pub action: StackAction,
    /// Why it is blocked, or what dead stack is replaced.
    pub reason: Option<String>,
    /// What is deployed.
    pub deployment: Deployment,
    /// The difference.
    pub changes: Vec<ResourceChange>,
    /// The change set that makes it, by name.
    pub change_set: Option<String>,
    /// The id of the stack that exists.
    pub stack_id: Option<String>,
    /// Its status.
    pub status: Option<String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Vaults that stand there without their stack.
    pub retained: Vec<String>,
}

/// What happens to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanAction {
    /// It is created.
    Create,
    /// Our rule is put into it.
    Update {
        /// Its id.
        id: String,
        /// Its ARN.
        arn: String,
    },
    /// Nothing.
    None {
        /// Its id.
        id: String,
        /// Its ARN.
        arn: String,
    },
}

/// The plan, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    /// What.
    pub action: PlanAction,
    /// Its name.
    pub name: String,
    /// Our rule.
    pub rule: Rule,
    /// Tags of a new plan.
    pub tags: BTreeMap<String, String>,
}

/// What happens to the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionAction {
    /// It is created.
    Create,
    /// The old one is deleted, the new one created.
    Replace {
        /// The old one's id.
        id: String,
        /// Not before the end of this start window: a backup in it would be lost.
        not_before: Option<DateTime<Utc>>,
    },
    /// Nothing.
    None {
        /// Its id.
        id: String,
    },
}

/// The selection, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionChange {
    /// What.
    pub action: SelectionAction,
    /// What it says.
    pub spec: SelectionSpec,
}

/// Everything that `apply` will do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// First.
    pub settings: Vec<SettingChange>,
    /// What was said and passed over.
    pub notes: Vec<String>,
    /// Second, side by side.
    pub stacks: Vec<StackChange>,
    /// Third.
    pub plan: Option<PlanChange>,
    /// Last.
    pub selection: Option<SelectionChange>,
}

impl Changes {
    /// Whether nothing would be changed.
    pub fn is_empty(&self) -> bool {
        self.settings.iter().all(|setting| setting.action == SettingAction::None)
            && self.stacks.iter().all(|stack| matches!(stack.action, StackAction::None | StackAction::Blocked))
            && self.plan.as_ref().is_none_or(|plan| matches!(plan.action, PlanAction::None { .. }))
            && self.selection.as_ref().is_none_or(|one| matches!(one.action, SelectionAction::None { .. }))
    }

    /// The first stack that something stands in the way of.
    pub fn blocked(&self) -> Option<&StackChange> {
        self.stacks.iter().find(|stack| stack.action == StackAction::Blocked)
    }
}

/// Decides; reads nothing but its arguments. A dry run stops here.
///
/// # Errors
/// A refusal: a required setting that is off and may not be turned on, or a plan that is not ours.
pub fn decide(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Result<Changes, OperatorError> {
    let (settings, notes) = decide_settings(pipeline, observed, options)?;
    let stacks = observed.stacks.iter().map(|stack| decide_stack(pipeline, observed, options, stack)).collect();
    let (plan, selection) = match options.plan {
        WithPlan::No => (None, None),
        WithPlan::Yes => {
            let ours = our_plan(pipeline, &observed.plans)?;
            let plan = decide_plan(pipeline, ours);
            (Some(plan), Some(decide_selection(pipeline, ours, observed.now)))
        }
    };
    Ok(Changes { settings, notes, stacks, plan, selection })
}

fn place(pipeline: &Pipeline, name: EnvironmentName) -> ErrorPlace {
    let environment = pipeline.environment(name);
    ErrorPlace {
        environment: name.to_string(),
        account: environment.account.to_string(),
        region: environment.region.to_string(),
        subject: None,
    }
}

fn decide_settings(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
) -> Result<(Vec<SettingChange>, Vec<String>), OperatorError> {
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    for (environment, setting, state) in &observed.settings {
        let mut action = SettingAction::None;
        match state {
            SettingState::On => {}
            SettingState::Unseen(why) => {
                notes.push(format!("{} ({environment}) could not be looked at: {why}", setting.as_str()));
            }
            SettingState::Off => {
                let obstacle = obstacle(pipeline, observed, options, *setting);
                match obstacle {
                    None => action = setting.action(),
                    Some(hint) if setting.is_required(pipeline) => {
                        let what = format!("{} is missing in {environment}", setting.as_str());
                        return Err(OperatorError::refused(what, place(pipeline, *environment), hint));
                    }
                    Some(hint) => notes.push(format!("{} is off in {environment}: {hint}", setting.as_str())),
                }
            }
        }
        changes.push(SettingChange { environment: *environment, setting: *setting, action });
    }
    Ok((changes, notes))
}

/// Why a setting that is off is not turned on, as a hint.
fn obstacle(pipeline: &Pipeline, observed: &Observed, options: &Options, setting: Setting) -> Option<String> {
    if options.settings == SettingsConsent::Leave {
        return Some("run `backupctl bootstrap --enable-settings` to turn it on".to_owned());
    }
    if setting.is_organizations() && observed.management.is_none() {
        return Some(
            "only the management account can turn it on: set `management_profile` or `management_role_arn` \
             in [organization] of backupctl.toml"
                .to_owned(),
        );
    }
    if setting == Setting::BackupDefaultRole && !is_default_role(pipeline) {
        return Some(format!("create the role {} or correct `role` in backupctl.toml", pipeline.backup_role_arn()));
    }
    None
}

fn decide_stack(pipeline: &Pipeline, observed: &Observed, options: &Options, seen: &ObservedStack) -> StackChange {
    let organization = observed.organization_id.as_deref();
    let deployment = deployment(pipeline, seen.environment, &options.templates, organization);
    let mut change = StackChange {
        environment: seen.environment,
        action: StackAction::Create,
        reason: None,
        changes: Vec::new(),
        change_set: None,
        stack_id: seen.stack.as_ref().map(|stack| stack.id.clone()),
        status: seen.stack.as_ref().map(|stack| stack.status.as_str().to_owned()),
        outputs: seen.stack.as_ref().map(|stack| stack.outputs.clone()).unwrap_or_default(),
        retained: Vec::new(),
        deployment,
    };
    match &seen.stack {
        None => decide_new(pipeline, seen, &mut change),
        Some(stack) => {
            let ours = stack.tags.get(TAG).is_some_and(|tag| tag == pipeline.identity());
            match &stack.status {
                // A change set that nobody executed made it; it has no resources.
                StackStatus::Review => {
                    change.action = StackAction::Replace;
                    decide_new(pipeline, seen, &mut change);
                }
                _ if !ours => block(&mut change, not_ours(pipeline, &stack.name, &stack.id)),
                StackStatus::Dead(status) => {
                    change.action = StackAction::Replace;
                    change.reason = Some(format!("the stack is in {status} and can only be deleted"));
                    change.changes = additions(&change.deployment);
                }
                StackStatus::RollbackStuck => block(
                    &mut change,
                    format!(
                        "its rollback is stuck: `aws cloudformation continue-update-rollback --stack-name {}`",
                        stack.name
                    ),
                ),
                StackStatus::Updatable(_) => decide_update(seen, &mut change),
                other => {
                    let status = other.as_str().to_owned();
                    block(&mut change, format!("the stack is in {status}"));
                }
            }
        }
    }
    change
}

fn block(change: &mut StackChange, reason: String) {
    change.action = StackAction::Blocked;
    change.reason = Some(reason);
}

fn not_ours(pipeline: &Pipeline, name: &str, id: &str) -> String {
    format!(
        "stack {id} does not carry the tag {TAG}={identity}: if it is this pipeline's, adopt it: \
         `aws cloudformation update-stack --stack-name {name} --use-previous-template --capabilities \
         CAPABILITY_NAMED_IAM --tags Key={TAG},Value={identity}`",
        identity = pipeline.identity()
    )
}

fn decide_new(pipeline: &Pipeline, seen: &ObservedStack, change: &mut StackChange) {
    if let Some(vault) = &seen.vault {
        change.retained.push(vault.arn.to_string());
        let name = &pipeline.environment(seen.environment).vault;
        block(
            change,
            format!(
                "vault `{name}` ({}) stands there without its stack: name another vault in backupctl.toml, \
                 or empty and delete it",
                vault.arn
            ),
        );
        return;
    }
    change.changes = additions(&change.deployment);
}

fn decide_update(seen: &ObservedStack, change: &mut StackChange) {
    match &seen.change_set {
        Some((name, ChangeSet::Ready(changes))) => {
            change.action = StackAction::Update;
            change.changes.clone_from(changes);
            change.change_set = Some(name.clone());
        }
        Some((_, ChangeSet::Failed(reason))) => block(change, reason.clone()),
        _ => change.action = StackAction::None,
    }
}

fn our_plan<'a>(pipeline: &Pipeline, plans: &'a [ObservedPlan]) -> Result<Option<&'a ObservedPlan>, OperatorError> {
    let identity = pipeline.identity();
    let ours: Vec<_> = plans.iter().filter(|plan| plan.tag.as_deref() == Some(identity)).collect();
    let place = place(pipeline, EnvironmentName::Source);
    match ours.as_slice() {
        [one] => Ok(Some(one)),
        [] => match plans.first() {
            None => Ok(None),
            Some(foreign) => Err(OperatorError::refused(
                format!(
                    "backup plan `{}` ({}) does not carry the tag {TAG}={identity}",
                    foreign.head.name, foreign.head.id
                ),
                place.about(&foreign.head.arn),
                format!(
                    "if it is this pipeline's, adopt it: `aws backup tag-resource --resource-arn {} --tags {TAG}={identity}`; \
                     else name another plan in backupctl.toml",
                    foreign.head.arn
                ),
            )),
        },
        [first, second, ..] => Err(OperatorError::refused(
            format!("backup plans {} and {} both carry the tag {TAG}={identity}", first.head.id, second.head.id),
            place.about(&first.head.arn),
            "delete or retag all but one",
        )),
    }
}

/// Our rule, as the configuration has it.
pub(crate) fn wanted_rule(pipeline: &Pipeline) -> Rule {
    let plan = &pipeline.plan;
    let minutes = |span: std::time::Duration| i64::try_from(span.as_secs() / 60).ok();
    let mut tags = plan.recovery_point_tags.clone();
    tags.insert(COPY_TO_VAULT.to_owned(), pipeline.vault_arn(EnvironmentName::Destination).to_string());
    tags.insert(TAG.to_owned(), pipeline.identity().to_owned());
    Rule {
        name: plan.rule.clone(),
        vault: pipeline.source.vault.clone(),
        schedule: Some(plan.schedule.clone()),
        timezone: Some(plan.timezone.name().to_owned()),
        start_window_minutes: minutes(plan.start_window),
        completion_window_minutes: minutes(plan.completion_window),
        delete_after_days: Some(i64::from(plan.delete_after_days)),
        tags,
        copies: vec![RuleCopy {
            vault: pipeline.vault_arn(EnvironmentName::Intermediate),
            delete_after_days: Some(i64::from(plan.copy_delete_after_days)),
        }],
    }
}

/// A rule without a timezone is in UTC, which AWS calls `Etc/UTC` (AWS Backup API Reference, BackupRule).
fn same_rule(found: &Rule, wanted: &Rule) -> bool {
    let zoned = |rule: &Rule| Rule { timezone: rule.timezone.clone().or(Some("Etc/UTC".to_owned())), ..rule.clone() };
    zoned(found) == zoned(wanted)
}

fn decide_plan(pipeline: &Pipeline, ours: Option<&ObservedPlan>) -> PlanChange {
    let rule = wanted_rule(pipeline);
    let name = pipeline.plan.name.clone();
    let mut tags = pipeline.source.tags.clone();
    tags.insert(TAG.to_owned(), pipeline.identity().to_owned());
    let action = match ours {
        None => PlanAction::Create,
        Some(plan) => {
            let same = plan.head.name == name && plan.rules.iter().any(|found| same_rule(found, &rule));
            let (id, arn) = (plan.head.id.clone(), plan.head.arn.clone());
            if same { PlanAction::None { id, arn } } else { PlanAction::Update { id, arn } }
        }
    };
    PlanChange { action, name, rule, tags }
}

fn wanted_selection(pipeline: &Pipeline) -> SelectionSpec {
    let selection = &pipeline.selection;
    SelectionSpec {
        name: selection.name.clone(),
        role_arn: pipeline.backup_role_arn(),
        resources: selection.resources.clone(),
        not_resources: selection.exclude.clone(),
        any_tag: selection.tags.clone(),
        all_tags: selection.conditions.clone(),
    }
}

fn same_selection(found: &SelectionSpec, wanted: &SelectionSpec) -> bool {
    let sorted = |spec: &SelectionSpec| {
        let mut spec = spec.clone();
        spec.resources.sort();
        spec.not_resources.sort();
        spec
    };
    sorted(found) == sorted(wanted)
}

fn decide_selection(pipeline: &Pipeline, ours: Option<&ObservedPlan>, now: DateTime<Utc>) -> SelectionChange {
    let spec = wanted_selection(pipeline);
    let found = ours.and_then(|plan| plan.selections.iter().find(|found| found.spec.name == spec.name));
    let action = match found {
        None => SelectionAction::Create,
        Some(FoundSelection { id, spec: found, .. }) if same_selection(found, &spec) => {
            SelectionAction::None { id: id.clone() }
        }
        Some(FoundSelection { id, .. }) => {
            SelectionAction::Replace { id: id.clone(), not_before: window_end(pipeline, now) }
        }
    };
    SelectionChange { action, spec }
}

/// The end of the start window that `now` lies in.
fn window_end(pipeline: &Pipeline, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok()?;
    let window = chrono::TimeDelta::from_std(pipeline.plan.start_window).ok()?;
    let fired = schedule.latest_fire(now - window, now)?;
    Some(fired + window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::backup::Vault;
    use crate::aws::backup::plans::PlanHead;
    use crate::aws::cloudformation::Stack;
    use crate::aws::wait::Patience;
    use crate::operations::deployment::Templates;
    use crate::operations::error::ErrorKind;
    use crate::pipeline::settings::tests::example;

    fn options() -> Options {
        let template = "Resources:\n  Vault: {Type: 'AWS::Backup::BackupVault'}\n".to_owned();
        Options {
            environments: EnvironmentName::ALL.to_vec(),
            settings: SettingsConsent::Leave,
            plan: WithPlan::Yes,
            templates: Templates([template.clone(), template.clone(), template]),
            patience: Patience::default(),
        }
    }

    fn nothing() -> Observed {
        Observed {
            organization_id: Some("o-exampleorg1".to_owned()),
            management: None,
            settings: Vec::new(),
            stacks: EnvironmentName::ALL
                .into_iter()
                .map(|environment| ObservedStack { environment, stack: None, vault: None, change_set: None })
                .collect(),
            plans: Vec::new(),
            now: "2026-01-05T12:00:00Z".parse().expect("a date"),
        }
    }

    fn stack(status: &str, tag: Option<&str>) -> Stack {
        Stack {
            name: "aws-backup-rds-source-stack".to_owned(),
            id: "arn:aws:cloudformation:us-east-1:111111111111:stack/aws-backup-rds-source-stack/1".to_owned(),
            status: StackStatus::from(status),
            status_reason: None,
            outputs: BTreeMap::new(),
            tags: tag.map(|tag| (TAG.to_owned(), tag.to_owned())).into_iter().collect(),
            termination_protection: true,
        }
    }

    fn source_action(stack: Stack, change_set: Option<ChangeSet>) -> StackAction {
        let mut observed = nothing();
        observed.stacks[0].stack = Some(stack);
        observed.stacks[0].change_set = change_set.map(|set| ("backupctl-1".to_owned(), set));
        decide(&example(), &observed, &options()).expect("changes").stacks[0].action
    }

    #[test]
    fn where_nothing_is_everything_is_created() {
        let changes = decide(&example(), &nothing(), &options()).expect("changes");
        assert!(changes.stacks.iter().all(|stack| stack.action == StackAction::Create));
        assert_eq!(changes.plan.map(|plan| plan.action), Some(PlanAction::Create));
        assert_eq!(changes.selection.map(|one| one.action), Some(SelectionAction::Create));
    }

    #[test]
    fn a_stack_is_updated_replaced_or_left_by_its_status_and_its_tag() {
        let ours = Some("aws-backup-rds-source-stack");
        assert_eq!(source_action(stack("CREATE_COMPLETE", ours), Some(ChangeSet::Empty)), StackAction::None);
        let ready = Some(ChangeSet::Ready(Vec::new()));
        assert_eq!(source_action(stack("UPDATE_ROLLBACK_COMPLETE", ours), ready), StackAction::Update);
        assert_eq!(source_action(stack("ROLLBACK_COMPLETE", ours), None), StackAction::Replace);
        assert_eq!(source_action(stack("REVIEW_IN_PROGRESS", None), None), StackAction::Replace);
        assert_eq!(source_action(stack("ROLLBACK_COMPLETE", None), None), StackAction::Blocked);
        assert_eq!(source_action(stack("CREATE_COMPLETE", Some("else")), None), StackAction::Blocked);
    }

    #[test]
    fn a_vault_without_its_stack_is_never_quietly_made_anew() {
        let mut observed = nothing();
        let arn = example().vault_arn(EnvironmentName::Source);
        let vault = Vault { name: "source-vault".to_owned(), arn, key_arn: None, recovery_points: 3, locked: false };
        observed.stacks[0].vault = Some(vault);
        let changes = decide(&example(), &observed, &options()).expect("changes");
        assert_eq!(changes.blocked().map(|stack| stack.retained.len()), Some(1));
    }

    #[test]
    fn a_required_setting_that_is_off_ends_it_and_a_wish_is_passed_over() {
        let mut observed = nothing();
        let destination = EnvironmentName::Destination;
        observed.settings = vec![(destination, Setting::OrganizationsTrustedAccess, SettingState::Off)];
        let changes = decide(&example(), &observed, &options()).expect("changes");
        assert_eq!(changes.notes.len(), 1);
        observed.settings = vec![(destination, Setting::RdsServiceLinkedRole, SettingState::Off)];
        let refusal = decide(&example(), &observed, &options()).expect_err("a refusal");
        assert_eq!(refusal.kind, ErrorKind::Refused);
        let enable = Options { settings: SettingsConsent::Enable, ..options() };
        let changes = decide(&example(), &observed, &enable).expect("changes");
        assert_eq!(changes.settings[0].action, SettingAction::Create);
    }

    fn found_plan(tag: Option<&str>) -> ObservedPlan {
        let pipeline = example();
        ObservedPlan {
            head: PlanHead { id: "plan-1".to_owned(), arn: "arn:plan-1".to_owned(), name: pipeline.plan.name.clone() },
            tag: tag.map(str::to_owned),
            rules: vec![Rule { timezone: None, ..wanted_rule(&pipeline) }],
            selections: Vec::new(),
        }
    }

    #[test]
    fn our_plan_is_left_as_it_is_and_a_foreign_one_of_its_name_is_refused() {
        let mut observed = nothing();
        observed.plans = vec![found_plan(Some("aws-backup-rds-source-stack"))];
        let changes = decide(&example(), &observed, &options()).expect("changes");
        assert!(matches!(changes.plan.expect("a plan").action, PlanAction::None { .. }));
        observed.plans = vec![found_plan(None)];
        assert!(decide(&example(), &observed, &options()).is_err());
    }

    #[test]
    fn the_rule_carries_the_second_hop_in_a_tag_and_the_first_as_a_copy_action() {
        let rule = wanted_rule(&example());
        assert_eq!(rule.tags["CopyToVault"], "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault");
        assert_eq!(
            rule.copies[0].vault.as_str(),
            "arn:aws:backup:us-west-2:111111111111:backup-vault:intermediate-vault"
        );
        assert_eq!(rule.start_window_minutes, Some(480));
    }

    #[test]
    fn a_selection_is_not_replaced_inside_a_start_window() {
        let pipeline = example();
        let inside = "2026-01-05T12:00:00Z".parse().expect("a date");
        let outside = "2026-01-05T14:00:00Z".parse().expect("a date");
        let end = "2026-01-05T13:00:00Z".parse().expect("a date");
        assert_eq!(window_end(&pipeline, inside), Some(end));
        assert_eq!(window_end(&pipeline, outside), None);
    }
}
