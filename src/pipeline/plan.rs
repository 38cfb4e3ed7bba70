//! The backup plan as the configuration wants it, and which of several stays.

use crate::pipeline::complete::cli_options;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::remedy::{Command, Remedy};
use crate::pipeline::seen::plan::{FoundSelection, PlanHead, Rule, RuleCopy};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::tags::{COPY_TO_VAULT, TAG};

/// Our rule, as the configuration has it.
pub fn wanted_rule(pipeline: &Pipeline) -> Rule {
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
        others: Vec::new(),
    }
}

/// A rule without a timezone is in UTC, which AWS calls `Etc/UTC` (AWS Backup API Reference, BackupRule).
pub fn zoned(rule: &Rule) -> Rule {
    Rule { timezone: rule.timezone.clone().or(Some("Etc/UTC".to_owned())), ..rule.clone() }
}

/// A plan that could be the pipeline's.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub head: &'a PlanHead,
    pub rules: &'a [Rule],
    pub selections: &'a [FoundSelection],
}

/// Which one stays, and what deletes the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOf {
    /// The id of the plan that stays.
    pub keep: String,
    /// The commands that delete the others, selections first: AWS Backup deletes no plan that has any (AWS Backup API
    /// Reference, DeleteBackupPlan).
    pub delete: Vec<String>,
}

impl OneOf {
    /// What to do, with the commands.
    pub fn remedy(&self) -> Remedy {
        let text = format!(
            "Keep {}, which fits backupctl.toml best and has selected databases for the longest time, and delete the rest, \
             or databases are backed up twice.",
            self.keep
        );
        Remedy::default().then(text, self.delete.iter().map(Command::whole).collect())
    }
}

/// Says which of several plans stays: the one whose rule is as configured, then one that selects something, then the one
/// that has selected it for the longest time.
pub fn one_of(pipeline: &Pipeline, plans: &[Candidate<'_>]) -> OneOf {
    let wanted = zoned(&wanted_rule(pipeline));
    let is_right = |plan: &Candidate<'_>| plan.rules.iter().any(|rule| zoned(rule) == wanted);
    let since = |plan: &Candidate<'_>| plan.selections.iter().filter_map(|one| one.created_at).min();
    let best = plans.iter().min_by_key(|plan| {
        let since = since(plan);
        (!is_right(plan), plan.selections.is_empty(), since.is_none(), since, plan.head.id.clone())
    });
    let keep = best.map(|plan| plan.head.id.clone()).unwrap_or_default();
    let at = cli_options(pipeline, EnvironmentName::Source);
    let delete = plans.iter().filter(|plan| plan.head.id != keep).flat_map(|plan| {
        let id = &plan.head.id;
        let selections = plan.selections.iter().map(move |one| ("selection", format!(" --selection-id {}", one.id)));
        let all = selections.chain([("plan", String::new())]);
        let at = &at;
        all.map(move |(what, more)| format!("aws backup delete-backup-{what} {at} --backup-plan-id {id}{more}"))
    });
    OneOf { delete: delete.collect(), keep }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::seen::plan::SelectionSpec;
    use crate::pipeline::settings::tests::example;

    fn head(id: &str) -> PlanHead {
        PlanHead { id: id.to_owned(), arn: format!("arn:{id}"), name: "backup-plan-rds".to_owned() }
    }

    fn selection(id: &str, since: &str) -> FoundSelection {
        let spec = SelectionSpec {
            name: "it".to_owned(),
            role_arn: String::new(),
            resources: Vec::new(),
            not_resources: Vec::new(),
            any_tag: Default::default(),
            all_tags: Default::default(),
            others: Vec::new(),
        };
        FoundSelection { id: id.to_owned(), created_at: since.parse().ok(), spec }
    }

    #[test]
    fn the_right_rule_stays_then_what_selects_then_what_selected_first() {
        let mut pipeline = example();
        pipeline.source.credentials.profile = Some("production".to_owned());
        let (one, two) = (head("plan-1"), head("plan-2"));
        let right = [wanted_rule(&pipeline)];
        let wrong = [Rule { copies: Vec::new(), ..right[0].clone() }];
        let (old, new) = ([selection("old", "2026-01-01T00:00:00Z")], [selection("new", "2026-01-02T00:00:00Z")]);
        let kept = |a: (&[Rule], &[FoundSelection]), b: (&[Rule], &[FoundSelection])| {
            let first = Candidate { head: &one, rules: a.0, selections: a.1 };
            let second = Candidate { head: &two, rules: b.0, selections: b.1 };
            one_of(&pipeline, &[first, second])
        };
        assert_eq!(kept((&wrong, &old), (&right, &[])).keep, "plan-2");
        assert_eq!(kept((&right, &[]), (&right, &new)).keep, "plan-2");
        assert_eq!(kept((&right, &new), (&right, &old)).keep, "plan-2");
        let found = kept((&right, &old), (&right, &new));
        assert_eq!(found.keep, "plan-1");
        let at = "--region us-east-1 --profile production --backup-plan-id plan-2";
        assert_eq!(
            found.delete,
            [
                format!("aws backup delete-backup-selection {at} --selection-id new"),
                format!("aws backup delete-backup-plan {at}"),
            ]
        );
    }
}
