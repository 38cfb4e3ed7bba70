//! What happens to the backup plan.

use std::collections::BTreeMap;

use super::super::observe::ObservedPlan;
use super::place;
use crate::aws::backup::plans::Rule;
use crate::aws::cloudformation::PropertyChange;
use crate::operations::deployment::{TAG, cli_options};
use crate::operations::error::OperatorError;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::plan::{Candidate, one_of, wanted_rule, zoned};
use crate::pipeline::settings::Pipeline;

/// What happens to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanAction {
    /// It is created.
    Create,
    /// Our rule is put into it, and the tags that it lacks on it.
    Update { id: String, arn: String },
    /// Nothing.
    None { id: String, arn: String },
}

/// The plan, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChange {
    pub action: PlanAction,
    pub name: String,
    pub rule: Rule,
    /// How the plan's name and our rule differ from what is there.
    pub differences: Vec<PropertyChange>,
    /// The tags of a new plan, or those that it lacks.
    pub tags: BTreeMap<String, String>,
}

/// Our plan: by our tag, then by its name.
pub(in super::super) fn ours<'a>(
    pipeline: &Pipeline,
    plans: &'a [ObservedPlan],
) -> Result<Option<&'a ObservedPlan>, OperatorError> {
    let identity = pipeline.identity();
    let ours: Vec<_> = plans.iter().filter(|plan| plan.tag() == Some(identity)).collect();
    let named: Vec<_> = plans.iter().filter(|plan| plan.head.name == pipeline.plan.name).collect();
    let place = place(pipeline, EnvironmentName::Source);
    let at = cli_options(pipeline, EnvironmentName::Source);
    match (ours.as_slice(), named.as_slice()) {
        ([one], _) => Ok(Some(one)),
        ([], []) => Ok(None),
        ([], [foreign]) => {
            let whose = match foreign.tag() {
                Some(other) => format!("; it belongs to the pipeline {TAG}={other}"),
                None => String::new(),
            };
            Err(OperatorError::refused(
                format!(
                    "backup plan `{}` ({}) does not carry the tag {TAG}={identity}{whose}",
                    foreign.head.name, foreign.head.id
                ),
                place.about(&foreign.head.arn),
                format!(
                    "if it is this pipeline's, adopt it: `aws backup tag-resource {at} --resource-arn {} --tags \
                     {TAG}={identity}`; else name another plan in backupctl.toml",
                    foreign.head.arn
                ),
            ))
        }
        ([], [first, second, ..]) => Err(OperatorError::refused(
            format!(
                "two backup plans are named `{}`, {} and {}, and neither carries the tag {TAG}={identity}",
                pipeline.plan.name, first.head.id, second.head.id
            ),
            place.about(&first.head.arn),
            format!(
                "tag the one that is this pipeline's: `aws backup tag-resource {at} --resource-arn <ARN> --tags \
                 {TAG}={identity}`; or name another plan in backupctl.toml"
            ),
        )),
        (several @ [first, ..], _) => {
            let candidates: Vec<Candidate<'_>> = several.iter().map(|plan| plan.candidate()).collect();
            let ids: Vec<&str> = several.iter().map(|plan| plan.head.id.as_str()).collect();
            Err(OperatorError::refused(
                format!("backup plans {} all carry the tag {TAG}={identity}", ids.join(" and ")),
                place.about(&first.head.arn),
                one_of(pipeline, &candidates).remedy().hint(),
            ))
        }
    }
}

/// Other plans of our plan's name: they are left alone, and said.
pub(super) fn namesakes(pipeline: &Pipeline, ours: Option<&ObservedPlan>, plans: &[ObservedPlan]) -> Vec<String> {
    let Some(ours) = ours else { return Vec::new() };
    plans
        .iter()
        .filter(|plan| plan.head.id != ours.head.id && plan.head.name == pipeline.plan.name)
        .map(|plan| {
            format!(
                "another backup plan is named `{}` too: {} is left alone, this pipeline's is {}",
                plan.head.name, plan.head.id, ours.head.id
            )
        })
        .collect()
}

/// A rule as lines that can be compared.
fn text(rule: &Rule) -> String {
    let mut lines = vec![format!("vault: {}", rule.vault)];
    let mut say = |name: &str, value: Option<String>| lines.extend(value.map(|value| format!("{name}: {value}")));
    say("schedule", rule.schedule.clone());
    say("timezone", rule.timezone.clone());
    say("start window minutes", rule.start_window_minutes.map(|minutes| minutes.to_string()));
    say("completion window minutes", rule.completion_window_minutes.map(|minutes| minutes.to_string()));
    say("delete after days", rule.delete_after_days.map(|days| days.to_string()));
    for (key, value) in &rule.tags {
        say(&format!("tag {key}"), Some(value.clone()));
    }
    for copy in &rule.copies {
        say("copy to", Some(copy.vault.to_string()));
        say("  delete after days", copy.delete_after_days.map(|days| days.to_string()));
    }
    for other in &rule.others {
        say("also set", Some(other.clone()));
    }
    lines.join("\n")
}

pub(in super::super) fn decide(pipeline: &Pipeline, ours: Option<&ObservedPlan>) -> PlanChange {
    let rule = wanted_rule(pipeline);
    let name = pipeline.plan.name.clone();
    let mut tags = pipeline.source.tags.clone();
    tags.insert(TAG.to_owned(), pipeline.identity().to_owned());
    let Some(plan) = ours else {
        return PlanChange { action: PlanAction::Create, name, rule, differences: Vec::new(), tags };
    };
    let mut differences = Vec::new();
    let mut differ = |name: &str, before: Option<String>, after: String| {
        differences.push(PropertyChange { name: name.to_owned(), before, after: Some(after) });
    };
    if plan.head.name != name {
        differ("name", Some(plan.head.name.clone()), name.clone());
    }
    let found = plan.rules.iter().find(|found| found.name == rule.name).map(zoned);
    if found.as_ref() != Some(&zoned(&rule)) {
        differ(&format!("rule {}", rule.name), found.as_ref().map(text), text(&rule));
    }
    tags.retain(|key, value| plan.tags.get(key) != Some(value));
    let (id, arn) = (plan.head.id.clone(), plan.head.arn.clone());
    let same = differences.is_empty() && tags.is_empty();
    let action = if same { PlanAction::None { id, arn } } else { PlanAction::Update { id, arn } };
    PlanChange { action, name, rule, differences, tags }
}

#[cfg(test)]
mod tests {
    use super::super::decide as decide_all;
    use super::super::tests::{OURS, nothing, options};
    use super::*;
    use crate::aws::backup::plans::PlanHead;
    use crate::pipeline::settings::tests::example;

    pub(in super::super) fn found(id: &str, tag: Option<&str>) -> ObservedPlan {
        let pipeline = example();
        ObservedPlan {
            head: PlanHead { id: id.to_owned(), arn: format!("arn:{id}"), name: pipeline.plan.name.clone() },
            tags: tag.map(|tag| (TAG.to_owned(), tag.to_owned())).into_iter().collect(),
            rules: vec![Rule { timezone: None, ..wanted_rule(&pipeline) }],
            selections: Vec::new(),
        }
    }

    fn action(plans: Vec<ObservedPlan>) -> Result<PlanChange, OperatorError> {
        let mut observed = nothing();
        observed.plans = plans;
        decide_all(&example(), &observed, &options()).map(|changes| changes.plan.expect("a plan"))
    }

    #[test]
    fn our_plan_is_left_as_it_is_and_a_foreign_one_of_its_name_is_refused() {
        let ours = action(vec![found("plan-1", Some(OURS))]).expect("changes");
        assert!(matches!(ours.action, PlanAction::None { .. }));
        assert!(action(vec![found("plan-1", None)]).is_err());
        let beside = action(vec![found("plan-1", Some(OURS)), found("plan-2", None)]).expect("changes");
        assert!(matches!(beside.action, PlanAction::None { id, .. } if id == "plan-1"));
    }

    #[test]
    fn two_that_could_be_ours_end_it_with_both_ids() {
        for tag in [Some(OURS), None] {
            let refused = action(vec![found("plan-1", tag), found("plan-2", tag)]).expect_err("a refusal");
            assert!(refused.what.contains("plan-1") && refused.what.contains("plan-2"), "{}", refused.what);
        }
    }

    #[test]
    fn what_was_changed_by_hand_is_a_difference_from_the_real_rule() {
        let mut changed = found("plan-1", Some(OURS));
        changed.rules[0].copies.clear();
        changed.rules[0].others.push("EnableContinuousBackup".to_owned());
        let change = action(vec![changed]).expect("changes");
        assert!(matches!(change.action, PlanAction::Update { .. }));
        let before = change.differences[0].before.clone().expect("the real rule");
        assert!(before.contains("EnableContinuousBackup") && !before.contains("copy to"), "{before}");
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
}
