//! What keeps vault, key and stack of an environment, and what to do about it. Pure.

use super::absence::Listed;
use super::key_use::{in_words, what_helps};
use super::seen::{EnvironmentSeen, Observed, Owner};
use crate::pipeline::recovery_point::counted;
use crate::pipeline::settings::Pipeline;

/// Why they stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    pub(super) reason: String,
    /// What comes next, as commands where there are any.
    pub(super) remedy: String,
}

fn because(reason: impl Into<String>, remedy: impl Into<String>) -> Option<Obstacle> {
    Some(Obstacle { reason: reason.into(), remedy: remedy.into() })
}

/// What keeps vault, key and stack of an environment; `remaining` recovery points do not go.
pub(super) fn obstacle(
    pipeline: &Pipeline,
    observed: &Observed,
    seen: &EnvironmentSeen,
    remaining: usize,
) -> Option<Obstacle> {
    let name = seen.name;
    let settings = pipeline.environment(name);
    let again = format!("`backupctl cleanup --environment {name}`");
    if seen.stack.is_some() && !seen.is_ours(pipeline) {
        return because(
            "the stack is not this pipeline's",
            format!("correct `stack` of [{name}] in backupctl.toml, or leave it to whoever made it"),
        );
    }
    if seen.stack.is_none() && seen.vault.is_some() {
        return stackless(pipeline, seen);
    }
    if seen.listed == Listed::OnlyByName {
        return because(
            format!("the list of backup vaults lacks {}, which AWS Backup knows by its name", settings.vault),
            format!("run {again} again when the list has it: `aws backup list-backup-vaults{}`", pipeline.at(name)),
        );
    }
    if let Some(other) = &seen.other_vault {
        return because(
            format!("the stack has backup vault {other}, and backupctl.toml names {}", settings.vault),
            format!("correct `vault` of [{name}] in backupctl.toml, then run {again}"),
        );
    }
    let writes = |plan: &&super::PlanSeen| plan.owner == Owner::Other && plan.writes_to.contains(&name);
    if let Some(plan) = observed.plans.iter().find(writes) {
        return because(
            format!(
                "backup plan {} ({}) without this pipeline's tag writes into the vault",
                plan.head.name, plan.head.id
            ),
            format!("adopt the plan or delete it, with the commands that stand with it; then run {again}"),
        );
    }
    if remaining > 0 {
        return because(
            format!("the vault keeps {}", counted(remaining)),
            format!("run {again} when they are gone, or may go"),
        );
    }
    if !seen.key_used_by.is_empty() {
        return because(in_words(&seen.key_used_by), what_helps(&seen.key_used_by));
    }
    None
}

/// A vault that no stack has: one that carries our tag comes back to its stack by `bootstrap`.
fn stackless(pipeline: &Pipeline, seen: &EnvironmentSeen) -> Option<Obstacle> {
    if let Some(remedy) = bring_back(pipeline, seen) {
        return because("its stack is gone; the vault carries this pipeline's tag", remedy);
    }
    because(
        "no stack of this pipeline has it",
        format!("leave it to whoever made it, or name another `vault` in [{}] of backupctl.toml", seen.name),
    )
}

/// What brings a vault that carries our tag, and what lies in it, back to a stack of ours.
pub(super) fn bring_back(pipeline: &Pipeline, seen: &EnvironmentSeen) -> Option<String> {
    let name = seen.name;
    let ours = seen.stack.is_none() && seen.vault_tag.as_deref() == Some(pipeline.identity());
    ours.then(|| {
        format!("run `backupctl bootstrap --environment {name}`, then `backupctl cleanup --environment {name}`")
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{observed, plan};
    use super::*;
    use crate::pipeline::settings::tests::example;

    #[test]
    fn whatever_keeps_an_environment_has_its_next_step() {
        let pipeline = example();
        let mut lines = Vec::new();
        let mut told = |about: &str, change: &dyn Fn(&mut Observed), remaining: usize| {
            let mut observed = observed(&[]);
            change(&mut observed);
            let found = obstacle(&pipeline, &observed, &observed.environments[0], remaining).expect("an obstacle");
            assert!(!found.remedy.is_empty(), "{about}");
            lines.push(format!("{about}: {}\n  {}", found.reason, found.remedy));
        };
        told("another's stack", &|seen| seen.environments[0].stack.as_mut().expect("a stack").tags.clear(), 0);
        told("no stack", &|seen| seen.environments[0].stack = None, 0);
        told("the list lacks it", &|seen| seen.environments[0].listed = Listed::OnlyByName, 0);
        told("another name", &|seen| seen.environments[0].other_vault = Some("other-vault".to_owned()), 0);
        told("another's plan", &|seen| seen.plans = vec![plan("plan-2", Owner::Other)], 0);
        told("recovery points", &|_| (), 2);
        told("a use", &|seen| seen.environments[0].key_used_by = vec!["db:restored".to_owned()], 0);
        insta::assert_snapshot!(lines.join("\n"));
    }
}
