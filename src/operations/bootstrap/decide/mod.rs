//! What is to be changed. Pure.

mod adoptable;
mod change;
mod cleanup;
mod danger;
mod lock;
mod plan;
mod selection;
mod settings;
mod stacks;

pub use crate::pipeline::plan::{Candidate, one_of};
pub use change::{Block, Repair, StackAction, StackChange};
pub use plan::{PlanAction, PlanChange};
pub(super) use plan::{decide as decide_plan, ours};
pub(super) use selection::same as same_selection;
pub use selection::{SelectionAction, SelectionChange, SelectionStep};

use super::observe::Observed;
use super::settings::{SettingAction, SettingChange};
use super::{Options, WithPlan, lock as order};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::LockOrder;
use crate::pipeline::settings::Pipeline;

/// Everything that `apply` will do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub settings: Vec<SettingChange>,
    /// What was said and passed over.
    pub notes: Vec<String>,
    /// Second, side by side.
    pub stacks: Vec<StackChange>,
    /// In which order the retention of the copies and the lock of the destination vault change.
    pub lock: Option<LockOrder>,
    pub plan: Option<PlanChange>,
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
    pub fn blocked(&self) -> Option<(&StackChange, &Block)> {
        self.stacks.iter().find_map(|stack| Some((stack, stack.block.as_ref()?)))
    }

    /// Whether it has to be looked at again when this is done: what follows for a stack is known only then, and
    /// nothing is scheduled over it before.
    pub fn goes_on(&self) -> bool {
        self.stacks.iter().any(|stack| stack.goes_on)
    }
}

/// Decides; reads nothing but its arguments. A dry run stops here.
///
/// # Errors
/// A refusal: a required setting that is off and may not be turned on, or a plan that is not ours.
pub fn decide(pipeline: &Pipeline, observed: &Observed, options: &Options) -> Result<Changes, OperatorError> {
    let (settings, mut notes) = settings::decide(pipeline, observed, options)?;
    let (signs, cleanup) = cleanup::signs(pipeline, observed, options);
    notes.extend(cleanup::note(&signs));
    let stacks: Vec<_> =
        observed.stacks.iter().map(|stack| stacks::decide(pipeline, observed, options, stack, cleanup)).collect();
    notes.extend(observed.organization_unseen.as_ref().map(|error| {
        let what = "the organization could not be looked at, so its management account is not known";
        format!("{what}: {}", error.in_a_note())
    }));
    notes.extend(observed.forbidden.iter().cloned());
    notes.extend(observed.stacks.iter().flat_map(|stack| stack.notes.iter().cloned()));
    let (plan, selection) = match options.plan {
        WithPlan::No => (None, None),
        WithPlan::Yes => {
            let ours = plan::ours(pipeline, &observed.plans)?;
            notes.extend(plan::namesakes(pipeline, ours, &observed.plans));
            let plan = plan::decide(pipeline, ours);
            (Some(plan), Some(selection::decide(pipeline, ours, observed.now)))
        }
    };
    Ok(Changes { settings, notes, stacks, lock: lock_order(pipeline, observed), plan, selection })
}

fn lock_order(pipeline: &Pipeline, observed: &Observed) -> Option<LockOrder> {
    let destination = observed.stacks.iter().find(|seen| seen.environment == EnvironmentName::Destination)?;
    order::order(pipeline, destination.standing.as_ref())
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

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::observe::{Difference, ObservedStack, Standing};
    use super::super::{Mode, SettingsConsent};
    use super::*;
    use crate::aws::backup::Vault;
    use crate::aws::cloudformation::{Stack, StackStatus};
    use crate::aws::kms::Key;
    use crate::aws::wait::Patience;
    use crate::operations::deployment::{TAG, Templates};
    use crate::pipeline::route::KeyManager;
    use crate::pipeline::settings::tests::example;

    /// The source stack's name: the tag's value that says "ours".
    pub(in super::super) const OURS: &str = "aws-backup-rds-source-stack";

    pub(in super::super) fn options() -> Options {
        let template = "Resources:\n  Vault: {Type: 'AWS::Backup::BackupVault', DeletionPolicy: Retain}\n  \
                        Key: {Type: 'AWS::KMS::Key', DeletionPolicy: Retain}\n"
            .to_owned();
        Options {
            environments: EnvironmentName::ALL.to_vec(),
            mode: Mode::Apply,
            settings: SettingsConsent::Leave,
            plan: WithPlan::Yes,
            templates: Templates([template.clone(), template.clone(), template]),
            patience: Patience::default(),
        }
    }

    pub(in super::super) fn nothing() -> Observed {
        Observed {
            organization_id: Some("o-exampleorg1".to_owned()),
            organization_unseen: None,
            forbidden: Vec::new(),
            management: None,
            settings: Vec::new(),
            stacks: EnvironmentName::ALL.into_iter().map(ObservedStack::absent).collect(),
            plans: Vec::new(),
            plan_deleted: None,
            now: "2026-01-05T14:00:00Z".parse().expect("a date"),
        }
    }

    pub(in super::super) fn stack(status: &str, tag: Option<&str>) -> Stack {
        Stack {
            name: OURS.to_owned(),
            id: format!("arn:aws:cloudformation:us-east-1:111111111111:stack/{OURS}/1"),
            status: StackStatus::from(status),
            status_reason: None,
            outputs: BTreeMap::new(),
            tags: tag.map(|tag| (TAG.to_owned(), tag.to_owned())).into_iter().collect(),
            termination_protection: true,
            changed_at: None,
        }
    }

    /// The source vault and its key, both ours.
    pub(in super::super) fn standing() -> Standing {
        let arn = "arn:aws:kms:us-east-1:111111111111:key/k";
        Standing {
            vault: Vault {
                name: "source-vault".to_owned(),
                arn: example().vault_arn(EnvironmentName::Source),
                key_arn: Some(arn.parse().expect("an ARN")),
                recovery_points: 3,
                locked: false,
                lock_date: None,
                min_retention_days: None,
                max_retention_days: None,
                created_at: None,
            },
            vault_tag: Some(OURS.to_owned()),
            key: Some(Key {
                arn: arn.parse().expect("an ARN"),
                manager: KeyManager::Customer,
                state: "Enabled".to_owned(),
                deletion_date: None,
                nature: crate::aws::kms::Nature {
                    spec: "SYMMETRIC_DEFAULT".to_owned(),
                    usage: "ENCRYPT_DECRYPT".to_owned(),
                    origin: "AWS_KMS".to_owned(),
                    multi_region: false,
                },
            }),
            key_tag: Some(OURS.to_owned()),
        }
    }

    /// What is decided about the source stack, which looks like this.
    pub(in super::super) fn decided(look: impl FnOnce(&mut ObservedStack)) -> StackChange {
        let mut observed = nothing();
        look(&mut observed.stacks[0]);
        decide(&example(), &observed, &options()).expect("changes").stacks.remove(0)
    }

    #[test]
    fn where_nothing_is_everything_is_created() {
        let changes = decide(&example(), &nothing(), &options()).expect("changes");
        assert!(changes.stacks.iter().all(|stack| stack.action == StackAction::Create));
        assert!(!changes.goes_on());
        assert_eq!(changes.plan.map(|plan| plan.action), Some(PlanAction::Create));
        assert_eq!(changes.selection.map(|one| one.action), Some(SelectionAction::Create));
    }

    #[test]
    fn nothing_to_do_is_empty_and_something_in_the_way_is_no_change() {
        let mut observed = nothing();
        for seen in &mut observed.stacks {
            seen.stack = Some(stack("CREATE_COMPLETE", Some(OURS)));
            seen.standing = Some(standing());
            seen.difference = Difference::None;
        }
        let options = Options { plan: WithPlan::No, ..options() };
        assert!(decide(&example(), &observed, &options).expect("changes").is_empty());
        observed.stacks[0].stack = Some(stack("CREATE_COMPLETE", None));
        let changes = decide(&example(), &observed, &options).expect("changes");
        assert!(changes.is_empty() && changes.blocked().is_some());
    }
}
