//! What happens to the backup selection.
//!
//! A selection cannot be changed, and two of one plan cannot share a name (AWS Backup API Reference,
//! CreateBackupSelection: `AlreadyExistsException`). So the new one is made under another name first, then the
//! old one goes, then the new one gets its own name: at no moment is nothing selected. Nothing of that happens
//! between a fire time and the end of its start window, when both would back up.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::observe::ObservedPlan;
use crate::aws::backup::plans::{FoundSelection, SelectionSpec};
use crate::aws::cloudformation::PropertyChange;
use crate::pipeline::settings::Pipeline;
use crate::policy::schedule::Schedule;

/// How close before a fire time no selection is replaced any more.
const BEFORE_FIRE: Duration = Duration::from_secs(15 * 60);
/// The longest name of a selection (AWS Backup API model, `BackupSelectionName`).
const LONGEST_NAME: usize = 50;

/// What happens to the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionAction {
    /// It is created.
    Create,
    /// Another one takes the place of the one that is there.
    Replace,
    /// Nothing.
    None { id: String },
}

/// One step towards it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionStep {
    /// Creates a selection.
    Create(SelectionSpec),
    /// Deletes the one that has this name when its turn comes.
    Delete { name: String },
}

/// The selection, and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionChange {
    pub action: SelectionAction,
    pub spec: SelectionSpec,
    pub steps: Vec<SelectionStep>,
    /// Not before the end of this start window.
    pub not_before: Option<DateTime<Utc>>,
    /// The ids of those that are there, by name.
    pub found: Vec<(String, String)>,
    /// How it differs from what is there.
    pub difference: Option<PropertyChange>,
}

fn wanted(pipeline: &Pipeline) -> SelectionSpec {
    let selection = &pipeline.selection;
    SelectionSpec {
        name: selection.name.clone(),
        role_arn: pipeline.backup_role_arn(),
        resources: selection.resources.clone(),
        not_resources: selection.exclude.clone(),
        any_tag: selection.tags.clone(),
        all_tags: selection.conditions.clone(),
        others: Vec::new(),
    }
}

/// What the new selection is called while the old one still stands.
fn interim_name(name: &str) -> String {
    let kept: String = name.chars().take(LONGEST_NAME - ".next".len()).collect();
    format!("{kept}.next")
}

/// Whether two select the same, whatever they are called.
pub(in super::super) fn same(found: &SelectionSpec, wanted: &SelectionSpec) -> bool {
    let sorted = |spec: &SelectionSpec| {
        let mut spec = spec.clone();
        spec.resources.sort();
        spec.not_resources.sort();
        spec.name.clear();
        spec
    };
    sorted(found) == sorted(wanted)
}

/// A selection as lines that can be compared.
fn text(spec: &SelectionSpec) -> String {
    let mut lines = vec![format!("role: {}", spec.role_arn)];
    let mut resources: Vec<String> = spec.resources.iter().map(|arn| format!("resource: {arn}")).collect();
    resources.sort();
    lines.extend(resources);
    let mut excluded: Vec<String> = spec.not_resources.iter().map(|arn| format!("but not: {arn}")).collect();
    excluded.sort();
    lines.extend(excluded);
    lines.extend(spec.any_tag.iter().map(|(key, value)| format!("any of the tags: {key}={value}")));
    lines.extend(spec.all_tags.iter().map(|(key, value)| format!("all of the tags: {key}={value}")));
    lines.extend(spec.others.iter().map(|other| format!("condition: {other}")));
    lines.join("\n")
}

pub(super) fn decide(pipeline: &Pipeline, ours: Option<&ObservedPlan>, now: DateTime<Utc>) -> SelectionChange {
    let spec = wanted(pipeline);
    let interim = SelectionSpec { name: interim_name(&spec.name), ..spec.clone() };
    let selections = ours.map(|plan| plan.selections.as_slice()).unwrap_or_default();
    let by_name = |name: &str| selections.iter().find(|found| found.spec.name == name);
    let (current, next) = (by_name(&spec.name), by_name(&interim.name));
    let good = current.filter(|found| same(&found.spec, &spec));
    let delete = |found: &FoundSelection| SelectionStep::Delete { name: found.spec.name.clone() };
    let create = SelectionStep::Create;
    let steps = match (current, next) {
        (Some(_), _) if good.is_some() => next.map(delete).into_iter().collect(),
        (None, None) => vec![create(spec.clone())],
        // A run that was stopped in the middle left the new one under its interim name.
        (None, Some(next)) => vec![create(spec.clone()), delete(next)],
        (Some(current), Some(next)) if same(&next.spec, &spec) => {
            vec![delete(current), create(spec.clone()), delete(next)]
        }
        (Some(current), next) => next
            .map(delete)
            .into_iter()
            .chain([create(interim.clone()), delete(current), create(spec.clone())])
            .chain([SelectionStep::Delete { name: interim.name.clone() }])
            .collect(),
    };
    let action = match good {
        Some(found) if steps.is_empty() => SelectionAction::None { id: found.id.clone() },
        None if selections.is_empty() || (current.is_none() && next.is_none()) => SelectionAction::Create,
        _ => SelectionAction::Replace,
    };
    // A leftover beside the right one goes at once: the longer it stays, the likelier both back up.
    let waits = action == SelectionAction::Replace && good.is_none();
    let before = current.or(next).filter(|_| good.is_none());
    let difference = before.map(|found| PropertyChange {
        name: format!("selection {}", spec.name),
        before: Some(text(&found.spec)),
        after: Some(text(&spec)),
    });
    SelectionChange {
        action,
        not_before: waits.then(|| window_end(pipeline, now)).flatten(),
        found: selections.iter().map(|found| (found.spec.name.clone(), found.id.clone())).collect(),
        spec,
        steps,
        difference,
    }
}

/// The end of the start window that `now` lies in, or almost.
fn window_end(pipeline: &Pipeline, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let schedule = Schedule::parse(&pipeline.plan.schedule, pipeline.plan.timezone).ok()?;
    let window = TimeDelta::from_std(pipeline.plan.start_window).ok()?;
    let soon = TimeDelta::from_std(BEFORE_FIRE).ok()?;
    let next = schedule.next_fire(now, now).at().filter(|fire| *fire - now <= soon);
    let fired = next.or_else(|| schedule.latest_fire(now - window, now))?;
    Some(fired + window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::backup::plans::PlanHead;
    use crate::pipeline::settings::tests::example;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    #[test]
    fn a_selection_is_not_replaced_inside_a_start_window() {
        let pipeline = example();
        let end = |now: &str| window_end(&pipeline, at(now));
        assert_eq!(end("2026-01-05T12:00:00Z"), Some(at("2026-01-05T13:00:00Z")));
        assert_eq!(end("2026-01-05T14:00:00Z"), None);
        assert_eq!(end("2026-01-05T04:40:00Z"), None);
        assert_eq!(end("2026-01-05T04:50:00Z"), Some(at("2026-01-05T13:00:00Z")));
    }

    fn plan(selections: &[(&str, bool)]) -> ObservedPlan {
        let found = |&(name, right): &(&str, bool)| FoundSelection {
            id: format!("id-{name}"),
            created_at: None,
            spec: SelectionSpec {
                name: name.to_owned(),
                resources: if right { Vec::new() } else { vec!["arn:other".to_owned()] },
                ..wanted(&example())
            },
        };
        ObservedPlan {
            head: PlanHead { id: "plan-1".to_owned(), arn: "arn:plan-1".to_owned(), name: "plan".to_owned() },
            tags: Default::default(),
            rules: Vec::new(),
            selections: selections.iter().map(found).collect(),
        }
    }

    /// The steps as words, for a plan that has these selections: name, and whether it says what is wanted.
    fn steps(selections: &[(&str, bool)]) -> (SelectionChange, String) {
        let change = decide(&example(), Some(&plan(selections)), at("2026-01-05T12:00:00Z"));
        let words: Vec<String> = change
            .steps
            .iter()
            .map(|step| match step {
                SelectionStep::Create(spec) => format!("+{}", spec.name),
                SelectionStep::Delete { name } => format!("-{name}"),
            })
            .collect();
        let words = words.join(" ").replace("rds-default-kms-key", "it");
        (change, words)
    }

    const IT: &str = "rds-default-kms-key";
    const NEXT: &str = "rds-default-kms-key.next";

    #[test]
    fn at_every_moment_of_a_replacement_something_is_selected() {
        let (change, words) = steps(&[(IT, false)]);
        assert_eq!(words, "+it.next -it +it -it.next");
        assert_eq!(change.action, SelectionAction::Replace);
        assert_eq!(change.not_before, Some(at("2026-01-05T13:00:00Z")));
    }

    #[test]
    fn a_replacement_that_was_stopped_goes_on_where_it_stopped() {
        assert_eq!(steps(&[(IT, false), (NEXT, true)]).1, "-it +it -it.next");
        assert_eq!(steps(&[(NEXT, true)]).1, "+it -it.next");
        let (left_over, words) = steps(&[(IT, true), (NEXT, true)]);
        assert_eq!(words, "-it.next");
        assert_eq!(left_over.not_before, None);
        assert_eq!(steps(&[(IT, false), (NEXT, false)]).1, "-it.next +it.next -it +it -it.next");
    }

    #[test]
    fn a_first_selection_never_waits() {
        let (change, words) = steps(&[]);
        assert_eq!((change.action, change.not_before, words.as_str()), (SelectionAction::Create, None, "+it"));
        assert_eq!(steps(&[(IT, true)]).0.action, SelectionAction::None { id: format!("id-{IT}") });
        let (other, words) = steps(&[("somebodys", false)]);
        assert_eq!((other.action, words.as_str()), (SelectionAction::Create, "+it"));
    }

    #[test]
    fn an_interim_name_is_never_too_long() {
        assert_eq!(interim_name(&"a".repeat(50)).len(), 50);
        assert_eq!(interim_name("it"), "it.next");
    }
}
