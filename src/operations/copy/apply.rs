//! Goes through the hops. Before every start it looks again: the plan, the function and the sweep
//! start the very same copies.

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream;

use super::decide::{Changes, HopStep, Step, next_step, request};
use super::facts::{Facts, ObservedCopy};
use super::known::{Known, look_at};
use super::report::{Copied, CopyReport, CopyState, HopAction, HopReport};
use super::why::Doubts;
use super::{Options, Wait};
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::aws::{AwsError, Session, backup, kms};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::operations::events::{Event, Sink};
use crate::operations::sessions::Sessions;
use crate::pipeline::checks::points::held;
use crate::pipeline::complete::complete;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::{CopyJob, JobState};
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::Pipeline;

/// Steps of one recovery point: two hops, each with an attachment, remembered tokens and the look after it. More means
/// that AWS contradicts itself. A pause for the plan is none: there are as many as the grace lasts.
const MOST_STEPS: usize = 16;

/// What a whole run needs.
struct Run<'a> {
    pipeline: &'a Pipeline,
    sessions: &'a Sessions,
    options: &'a Options,
    facts: &'a Facts,
    sink: &'a Sink,
    doubts: Doubts,
    deadline: chrono::DateTime<chrono::Utc>,
}

/// How one recovery point's way ended.
enum End {
    Reached,
    GoesOn,
    TimedOut,
    Failed,
    Refused,
}

/// Carries the recovery points through the hops that they lack. One that fails does not stop the rest.
pub async fn apply(
    pipeline: &Pipeline,
    sessions: &Sessions,
    changes: &Changes,
    options: &Options,
    sink: &Sink,
) -> Copied {
    let begun = sessions.get(EnvironmentName::Source).local_now();
    let timeout = TimeDelta::from_std(options.patience.timeout).unwrap_or(TimeDelta::days(1));
    let doubts = Doubts::new(changes.copies.iter().map(|(copy, _)| copy));
    let run = Run { pipeline, sessions, options, facts: &changes.facts, sink, doubts, deadline: begun + timeout };
    let run = &run;
    let ways = changes.copies.iter().map(|(copy, step)| one(run, copy, step.clone()));
    let done: Vec<(CopyReport, bool)> = stream::iter(ways).buffered(options.concurrency.max(1)).collect().await;
    let timed_out = done.iter().any(|(_, timed_out)| *timed_out);
    Copied::of(done.into_iter().map(|(report, _)| report).collect(), timed_out)
}

async fn one(run: &Run<'_>, copy: &ObservedCopy, first: Step) -> (CopyReport, bool) {
    if first == Step::Arrived {
        let mut report = CopyReport::new(copy, CopyState::AlreadyCopied);
        report.hops = Hop::ALL.map(|hop| present(run.facts, &copy.lineage, hop)).to_vec();
        report.duplicates = duplicates(&copy.lineage);
        return (report, false);
    }
    let mut report = CopyReport::new(copy, CopyState::Running);
    match way(run, copy, first, &mut report).await {
        Ok(end) => {
            report.state = match end {
                End::Reached => CopyState::Completed,
                End::GoesOn | End::TimedOut => CopyState::Running,
                End::Failed => CopyState::Failed,
                End::Refused => CopyState::Refused,
            };
            (report, matches!(end, End::TimedOut))
        }
        Err(error) => {
            report.state = CopyState::Failed;
            report.failure = Some(error.to_string());
            run.sink.note(format!("{}: {error}", copy.asked));
            report.error = Some(error);
            (report, false)
        }
    }
}

/// A copy that was there before. Its key is compared with the vault's: bootstrap saw to it that that
/// one is customer managed.
fn present(facts: &Facts, lineage: &Lineage, hop: Hop) -> HopReport {
    let mut report = HopReport::new(hop, HopAction::Skip);
    if let Some(job) = lineage.job_of(hop) {
        report = report.with_job(job);
    }
    if let Some(point) = lineage.point(hop.to()) {
        report.recovery_point_arn = Some(point.arn.to_string());
        report.encryption_key_arn = point.key_arn.as_ref().map(ToString::to_string);
        report.delete_at = point.delete_at;
        report.key_verified = point.key_arn.is_some() && point.key_arn == facts.vaults[hop.to().index()].key_arn;
    }
    report
}

/// The other copies of the same backup in the destination vault, and the jobs that make more.
fn duplicates(lineage: &Lineage) -> Vec<String> {
    let copies = lineage.points[EnvironmentName::Destination.index()].iter().filter(|point| point.status.is_usable());
    let copies = copies.skip(1).map(|point| point.arn.to_string());
    let running = lineage.jobs(Hop::Second).iter().filter(|job| job.state.is_in_flight());
    copies.chain(running.map(|job| format!("copy job {}", job.id))).collect()
}

/// One recovery point's way, step by step; each step is decided by the same pure function.
async fn way(run: &Run<'_>, copy: &ObservedCopy, first: Step, report: &mut CopyReport) -> Result<End, OperatorError> {
    let mut lineage = copy.lineage.clone();
    let mut known = copy.known.clone();
    let mut step = first;
    let mut waits = false;
    let mut started: Option<Hop> = None;
    if !matches!(step, Step::Start(Hop::First, _) | Step::Attach(Hop::First, _) | Step::AwaitPlan(_) | Step::Refuse(..))
    {
        report.hops.push(present(run.facts, &lineage, Hop::First));
    }
    let mut steps = 0;
    while steps < MOST_STEPS {
        steps += usize::from(!matches!(step, Step::AwaitPlan(_)));
        match step {
            Step::Arrived => {
                report.destination_recovery_point_arn =
                    lineage.point(EnvironmentName::Destination).map(|point| point.arn.to_string());
                report.duplicates = duplicates(&lineage);
                return Ok(End::Reached);
            }
            Step::Refuse(hop, finding) => {
                let mut hop = HopReport::new(hop, HopAction::Skip);
                hop.diagnosis = Some(*finding);
                report.hops.push(hop);
                return Ok(End::Refused);
            }
            Step::AwaitPlan(until) => {
                if run.options.wait == Wait::No {
                    report.hops.push(HopReport::new(Hop::First, HopAction::Attach));
                    return Ok(End::GoesOn);
                }
                if !std::mem::replace(&mut waits, true) {
                    run.sink.emit(Event::Waiting {
                        what: format!("the plan's own copy of {}", copy.asked),
                        until: Some(until),
                        resume: format!("backupctl copy --recovery-point {}", copy.asked),
                    });
                }
                if !pause(run).await {
                    report.hops.push(HopReport::new(Hop::First, HopAction::Attach));
                    return Ok(End::TimedOut);
                }
            }
            Step::Attach(hop, job) => {
                let hop_report = HopReport::new(hop, HopAction::Attach).with_job(&job);
                if let Some(end) = finish(run, &lineage, &mut known, hop, &job.id, hop_report, report).await? {
                    return Ok(end);
                }
            }
            Step::Start(hop, hop_step) => {
                // A second attempt at a hop: what AWS has still to tell of the first one gets the time for it.
                if started.replace(hop) == Some(hop) && !pause(run).await {
                    return Ok(End::TimedOut);
                }
                if let Some(end) = start(run, &lineage, &mut known, hop, &hop_step, report).await? {
                    return Ok(end);
                }
            }
        }
        lineage = look_at(run.pipeline, run.sessions, &mut known).await?;
        let source = run.sessions.get(EnvironmentName::Source);
        let facts = Facts { now: source.now(), ..run.facts.clone() };
        step = next_step(run.pipeline, &facts, run.options, &lineage, &copy.route);
    }
    Err(OperatorError::failed(
        format!("{} does not arrive: AWS reports completed jobs without a copy", copy.asked),
        ErrorPlace::of(run.sessions.get(EnvironmentName::Source)).about(copy.asked.as_str()),
        "see what AWS says: `backupctl verify`",
    ))
}

/// Pauses once; false where the time is over.
async fn pause(run: &Run<'_>) -> bool {
    let session = run.sessions.get(EnvironmentName::Source);
    if session.local_now() >= run.deadline {
        return false;
    }
    let left = (run.deadline - session.local_now()).to_std().unwrap_or_default();
    session.sleep(Patience::LONGEST_PAUSE.max(run.options.patience.poll_interval).min(left)).await;
    true
}

async fn start(
    run: &Run<'_>,
    lineage: &Lineage,
    known: &mut Known,
    hop: Hop,
    step: &HopStep,
    report: &mut CopyReport,
) -> Result<Option<End>, OperatorError> {
    let Some(copy) = request(run.pipeline, lineage, hop, step) else { return Ok(None) };
    let session = run.sessions.get(hop.from());
    let fail = |error: AwsError| {
        let place = ErrorPlace::of(session).about(copy.recovery_point.as_str());
        OperatorError::from_aws(format!("cannot start the copy to the {} vault", hop.to()), place, &error)
    };
    // AWS's clock has whole seconds in its answers' dates.
    let asked_at = session.now() - TimeDelta::seconds(2);
    let id = backup::start_copy_job(session, &copy).await.map_err(fail)?;
    let job = backup::describe_copy_job(session, &id).await.map_err(|error| not_followed(session, &id, &error))?;
    let older = job.created_at.is_some_and(|created| created < asked_at);
    if older && !job.state.is_in_flight() {
        // A remembered token, not a copy: the next look asks for what that job made, or counts it as spent.
        known.see_job(hop, job);
        return Ok(None);
    }
    let mut hop_report = HopReport::new(hop, HopAction::Start).with_job(&job);
    hop_report.attempt = Some(step.attempt);
    hop_report.delete_at = step.delete_at;
    tell(run, hop, &job, lineage);
    finish(run, lineage, known, hop, &id, hop_report, report).await
}

fn tell(run: &Run<'_>, hop: Hop, job: &CopyJob, lineage: &Lineage) {
    run.sink.emit(Event::CopyJob {
        environment: hop.to(),
        copy_job_id: job.id.clone(),
        resource_arn: lineage.origin.resource_arn.clone(),
        state: job.state.to_string(),
    });
}

fn not_followed(session: &Session, id: &str, error: &AwsError) -> OperatorError {
    OperatorError::from_aws("cannot follow the copy job", ErrorPlace::of(session).about(id), error)
        .hinting("the copy job keeps running in AWS, and the same command attaches to it")
}

/// Waits for a job, then for the copy to be seen in its vault under the right key. None where the
/// way goes on.
async fn finish(
    run: &Run<'_>,
    lineage: &Lineage,
    known: &mut Known,
    hop: Hop,
    id: &str,
    mut hop_report: HopReport,
    report: &mut CopyReport,
) -> Result<Option<End>, OperatorError> {
    if run.options.wait == Wait::No {
        report.hops.push(hop_report);
        return Ok(Some(End::GoesOn));
    }
    let session = run.sessions.get(hop.from());
    let left = (run.deadline - session.local_now()).to_std().unwrap_or_default();
    let patience = Patience { timeout: left, ..run.options.patience };
    let waited = poll(session, patience, async || {
        let job = backup::describe_copy_job(session, id).await?;
        if hop_report.state.as_ref() != Some(&job.state) {
            hop_report.state = Some(job.state.clone());
            tell(run, hop, &job, lineage);
        }
        Ok::<_, AwsError>(if job.state.is_in_flight() { Look::Again } else { Look::Done(job) })
    })
    .await;
    let job = match waited {
        Ok(Waited::Done(job)) => job,
        Ok(Waited::TimedOut) => {
            report.hops.push(hop_report);
            return Ok(Some(End::TimedOut));
        }
        Err(error) => {
            report.hops.push(hop_report);
            return Err(not_followed(session, id, &error));
        }
    };
    hop_report = hop_report.with_job(&job);
    known.see_job(hop, job.clone());
    if job.state != JobState::Completed {
        let subject = lineage_subject(lineage, hop);
        let why = run.doubts.why((run.pipeline, run.sessions), lineage, (hop, &subject, &job));
        hop_report.diagnosis = Some(why.await);
        hop_report.delete_at = None;
        report.hops.push(hop_report);
        return Ok(Some(End::Failed));
    }
    // What the job says of the key proves nothing: the copy itself is asked.
    hop_report.encryption_key_arn = None;
    let end = arrived(run, known, hop, &job, &mut hop_report, patience).await;
    report.hops.push(hop_report);
    end
}

fn lineage_subject(lineage: &Lineage, hop: Hop) -> String {
    lineage.point(hop.from()).map_or_else(|| lineage.origin.resource_arn.clone(), |point| point.arn.to_string())
}

/// The copy is done when the recovery point is seen in the vault under the vault's key.
async fn arrived(
    run: &Run<'_>,
    known: &mut Known,
    hop: Hop,
    job: &CopyJob,
    report: &mut HopReport,
    patience: Patience,
) -> Result<Option<End>, OperatorError> {
    let session = run.sessions.get(hop.to());
    let vault = run.pipeline.vault_arn(hop.to());
    let Some(arn) = &job.destination_recovery_point else { return Ok(None) };
    let look = poll(session, patience, async || {
        let found = backup::describe_recovery_point(session, &vault, arn).await?;
        Ok::<_, AwsError>(match found.filter(|point| point.status.is_usable()) {
            Some(point) => Look::Done(point),
            None => Look::Again,
        })
    });
    let place = ErrorPlace::of(session).about(arn.as_str());
    let point = match look.await {
        Ok(Waited::Done(point)) => point,
        Ok(Waited::TimedOut) => return Ok(Some(End::TimedOut)),
        Err(error) => return Err(OperatorError::from_aws("cannot read the copy", place, &error)),
    };
    known.see_point(hop.to(), point.clone());
    report.encryption_key_arn = point.key_arn.as_ref().map(ToString::to_string);
    report.delete_at = point.delete_at.or(report.delete_at);
    let expected = run.facts.vaults[hop.to().index()].key_arn.as_ref();
    report.key_verified = match &point.key_arn {
        Some(key) if Some(key) == expected => match kms::describe_key(session, key.as_str()).await {
            Ok(Some(found)) => found.manager == KeyManager::Customer,
            // Whoever may not describe the key still sees that it is the vault's.
            Err(error) if error.is_access_denied() => {
                run.sink
                    .note(format!("{key} is the vault's, and could not be described: {}: {error}", error.operation));
                true
            }
            Ok(None) => false,
            Err(error) => return Err(OperatorError::from_aws("cannot look at the key of the copy", place, &error)),
        },
        _ => false,
    };
    if report.key_verified {
        return Ok(None);
    }
    let key = report.encryption_key_arn.clone().unwrap_or_else(|| "no key".to_owned());
    let mut finding = held::under_another_key(hop.to(), arn.as_str(), &key);
    complete(run.pipeline, &mut finding);
    report.diagnosis = Some(finding);
    Ok(Some(End::Failed))
}
