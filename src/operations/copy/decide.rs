//! What a recovery point lacks, and what the next step is. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use super::facts::{Facts, HopTwo, Observed, ObservedCopy};
use super::{Options, Outdated, Start};
use crate::aws::backup::NewCopy;
use crate::pipeline::checks::points::{copies, held};
use crate::pipeline::checks::{databases, stacks, vaults};
use crate::pipeline::complete::complete;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Finding;
use crate::pipeline::lifecycle::{Retention, would_expire};
use crate::pipeline::lineage::Lineage;
use crate::pipeline::origin::TOKEN_VERSION;
use crate::pipeline::recovery_point::{CopyJob, RecoveryPoint};
use crate::pipeline::route::Route;
use crate::pipeline::settings::Pipeline;

/// What is to be done next for a recovery point.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It is in the destination vault.
    Arrived,
    /// A copy job of the hop is under way.
    Attach(Hop, Box<CopyJob>),
    /// The plan's own first hop has not begun; it is waited for.
    AwaitPlan(DateTime<Utc>),
    /// The hop is to be started.
    Start(Hop, HopStep),
    /// It is not to be copied.
    Refuse(Hop, Box<Finding>),
}

/// A hop to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HopStep {
    /// Counted from 1 upwards.
    pub attempt: u32,
    /// The role that it runs under.
    pub role_arn: String,
    /// How long the copy is kept.
    pub retention: Retention,
    /// When AWS will delete the copy.
    pub delete_at: Option<DateTime<Utc>>,
    pub token_version: String,
}

/// What each recovery point lacks.
#[derive(Debug, Clone)]
pub struct Changes {
    /// What holds for every copy.
    pub facts: Facts,
    /// The recovery points and the first step of each.
    pub copies: Vec<(ObservedCopy, Step)>,
}

impl Changes {
    /// Whether anything would be started or waited for.
    pub fn is_empty(&self) -> bool {
        self.copies.iter().all(|(_, step)| matches!(step, Step::Arrived | Step::Refuse(..)))
    }
}

/// Decides; reads nothing but its arguments. A dry run stops here.
pub fn decide(pipeline: &Pipeline, observed: Observed, options: &Options) -> Changes {
    let facts = observed.facts;
    let copies = observed.copies.into_iter().map(|copy| {
        let step = next_step(pipeline, &facts, options, &copy.lineage, &copy.route);
        (copy, step)
    });
    Changes { copies: copies.collect(), facts }
}

/// The next step of a recovery point, from where it is now.
pub fn next_step(pipeline: &Pipeline, facts: &Facts, options: &Options, lineage: &Lineage, route: &Route) -> Step {
    if let Some(copy) = usable(lineage, EnvironmentName::Destination) {
        return match cut_short(pipeline, facts, options, lineage, copy) {
            Some(finding) => refuse(pipeline, Hop::Second, finding),
            None => Step::Arrived,
        };
    }
    if route.hops == 0 {
        let finding = databases::uncopyable(&lineage.origin.resource_arn, route.reason.clone());
        return refuse(pipeline, Hop::First, finding);
    }
    let hop = match usable(lineage, EnvironmentName::Intermediate) {
        Some(_) => Hop::Second,
        None => Hop::First,
    };
    if let Some(job) = lineage.in_flight(hop) {
        return Step::Attach(hop, Box::new(job.clone()));
    }
    if usable(lineage, hop.from()).is_none() {
        return refuse(pipeline, hop, held::unusable(lineage, hop.from()));
    }
    if hop == Hop::First
        && options.start == Start::AfterPlan
        && let Some(until) = plan_copies_until(pipeline, facts, lineage)
    {
        return Step::AwaitPlan(until);
    }
    start(pipeline, facts, options, lineage, hop)
}

/// A copy that goes within 48 hours, earlier than it was meant to: it has not arrived for good, and no second copy of
/// that origin is made beside it.
fn cut_short(
    pipeline: &Pipeline,
    facts: &Facts,
    options: &Options,
    lineage: &Lineage,
    copy: &RecoveryPoint,
) -> Option<Finding> {
    let at = copy.delete_at.filter(|_| would_expire(copy.delete_at, facts.now))?;
    let inherited = lineage.point(EnvironmentName::Intermediate).and_then(|point| point.delete_at);
    let meant = second_retention(pipeline, facts.hop_two.as_ref()?, options);
    let meant_until = meant.delete_at(&lineage.origin, inherited).filter(|until| *until > at)?;
    let days = (meant_until - lineage.origin.created_at).num_days();
    Some(copies::cut_short(copy, at, meant_until, days))
}

fn usable(lineage: &Lineage, environment: EnvironmentName) -> Option<&RecoveryPoint> {
    lineage.point(environment).filter(|point| point.status.is_usable())
}

/// What is not copied, with commands that can be typed.
fn refuse(pipeline: &Pipeline, hop: Hop, mut finding: Finding) -> Step {
    complete(pipeline, &mut finding);
    Step::Refuse(hop, Box::new(finding))
}

/// Until when the plan's own first hop is waited for; none where it is not the plan's, has failed,
/// or did not appear in time.
fn plan_copies_until(pipeline: &Pipeline, facts: &Facts, lineage: &Lineage) -> Option<DateTime<Utc>> {
    let point = lineage.point(EnvironmentName::Source)?;
    if !point.plan_id.as_ref().is_some_and(|id| facts.copying_plans.contains(id)) {
        return None;
    }
    // Any job that is over stands for the plan's: it failed, or its copy is gone since.
    if !lineage.jobs(Hop::First).is_empty() {
        return None;
    }
    let grace = TimeDelta::from_std(pipeline.plan.scheduled_copy_grace).ok()?;
    let until = point.completed_at.unwrap_or(point.origin.created_at) + grace;
    (facts.now < until).then_some(until)
}

fn start(pipeline: &Pipeline, facts: &Facts, options: &Options, lineage: &Lineage, hop: Hop) -> Step {
    // The vault that the second hop goes to is decided with the first one.
    let hop_two = match (&facts.hop_two, outdated(pipeline, facts.hop_two.as_ref(), options)) {
        (_, Some(finding)) => return refuse(pipeline, hop, finding),
        (Some(hop_two), None) => hop_two,
        (None, None) => return refuse(pipeline, hop, stacks::without_second_hop(pipeline)),
    };
    let (role_arn, retention) = match hop {
        Hop::First => (pipeline.backup_role_arn(), Retention::Days(pipeline.plan.copy_delete_after_days)),
        Hop::Second => (hop_two.role_arn.clone(), second_retention(pipeline, hop_two, options)),
    };
    let inherited = lineage.point(hop.from()).and_then(|point| point.delete_at);
    let delete_at = retention.delete_at(&lineage.origin, inherited);
    // What the second hop would make is known before the first one is started, which takes hours.
    let left = if hop == Hop::First { delete_at } else { inherited };
    let last = second_retention(pipeline, hop_two, options).delete_at(&lineage.origin, left);
    for (hop, delete_at) in [(hop, delete_at), (Hop::Second, last)] {
        if would_expire(delete_at, facts.now) {
            let point = lineage.point(hop.from()).or(lineage.point(EnvironmentName::Source));
            let subject = point.map(|point| point.arn.to_string()).unwrap_or_default();
            let least = (facts.now - lineage.origin.created_at).num_days() + 3;
            return refuse(pipeline, hop, copies::would_be_cut(hop, &subject, delete_at, least));
        }
        let days = delete_at.map(|at| (at - lineage.origin.created_at).num_days());
        if let Some(finding) = vaults::outside_lock(hop.to(), &facts.vaults[hop.to().index()], days) {
            return refuse(pipeline, hop, finding);
        }
    }
    Step::Start(
        hop,
        HopStep {
            attempt: lineage.attempts_spent(hop, true) + 1,
            role_arn,
            retention,
            delete_at,
            token_version: hop_two.token_version.clone(),
        },
    )
}

fn second_retention(pipeline: &Pipeline, hop_two: &HopTwo, options: &Options) -> Retention {
    let configured = Retention::Days(pipeline.plan.destination_delete_after_days);
    options.retention.unwrap_or_else(|| hop_two.delete_after_days.parse().map_or(configured, Retention::Days))
}

/// Where the stack's values differ from the configuration's: the function would not do the same.
fn outdated(pipeline: &Pipeline, hop_two: Option<&HopTwo>, options: &Options) -> Option<Finding> {
    let hop_two = hop_two?;
    if options.outdated == Outdated::Accept {
        return None;
    }
    let vault = pipeline.vault_arn(EnvironmentName::Destination).to_string();
    let days = pipeline.plan.destination_delete_after_days.to_string();
    let mut differences = Vec::new();
    let mut compare = |what: &str, stack: &str, ours: &str| {
        if stack != ours {
            differences.push(format!("{what}: the stack has {stack}, the configuration {ours}"));
        }
    };
    compare("destination vault", &hop_two.destination_vault, &vault);
    compare("token version", &hop_two.token_version, TOKEN_VERSION);
    if options.retention.is_none() {
        compare("destination retention in days", &hop_two.delete_after_days, &days);
    }
    if differences.is_empty() {
        return None;
    }
    Some(stacks::other_values(pipeline, &differences))
}

/// The request for a hop, from where the recovery point is now.
pub(super) fn request(pipeline: &Pipeline, lineage: &Lineage, hop: Hop, step: &HopStep) -> Option<NewCopy> {
    let to = pipeline.vault_arn(hop.to());
    Some(NewCopy {
        recovery_point: usable(lineage, hop.from())?.arn.clone(),
        from: pipeline.vault_arn(hop.from()),
        role_arn: step.role_arn.clone(),
        retention: step.retention,
        token: lineage.origin.token(&to, step.attempt, &step.token_version),
        to,
    })
}

#[cfg(test)]
mod tests;
