//! How well a backup is protected, judged from what was seen. Pure.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::environment::{EnvironmentName, Hop};
use super::lifecycle::would_expire;
use super::lineage::Lineage;
use super::recovery_point::{JobState, RecoveryPoint};
use crate::policy::schedule::Schedule;

/// How well one backup is protected; the greater, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All vaults of the route seen, with the right keys.
    Protected,
    /// A copy has not begun and its deadline is not over.
    Waiting,
    /// A copy job is under way.
    Copying,
    /// A vault could not be looked at.
    Unknown,
    /// The destination copy goes within 48 hours and nothing newer is there.
    Expiring,
    /// A copy is missing past its deadline.
    Incomplete,
    /// A copy is under the wrong key, unencrypted or unhealthy.
    Broken,
}

impl State {
    /// The state as documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Waiting => "waiting",
            Self::Copying => "copying",
            Self::Unknown => "unknown",
            Self::Expiring => "expiring",
            Self::Incomplete => "incomplete",
            Self::Broken => "broken",
        }
    }
}

/// Whose key a recovery point is under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyClass {
    /// An AWS managed key.
    AwsManaged,
    /// The vault's customer managed key; in the source vault, the database's own.
    Expected,
    /// Another key.
    Other,
    /// No key: not encrypted.
    None,
}

/// Until when a missing copy is no finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// After the backup's completion.
    pub intermediate: Duration,
    /// After the backup's completion.
    pub destination: Duration,
}

/// How one vault stands for one backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// There, healthy, under the right key.
    Right,
    /// There, and wrong.
    Wrong,
    /// Not there, and not needed any more: what comes after it is there.
    Passed,
    /// Not there; a copy job is under way.
    Copying,
    /// Not there; the deadline is not over.
    Waiting,
    /// Not there past the deadline.
    Missing,
    /// Not looked at.
    Unseen,
}

/// What the judgement of one backup needs besides its lineage.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Which vaults were looked at.
    pub seen: [bool; 3],
    /// Whose key the recovery point of each vault is under.
    pub keys: [Option<KeyClass>; 3],
    /// Until when a missing copy is no finding.
    pub deadlines: Deadlines,
    /// Now, as AWS has it.
    pub now: DateTime<Utc>,
    /// Whether the destination holds a newer backup of the database.
    pub newer_arrived: bool,
    /// Whether its copy had arrived in the destination vault and is gone, or there is no vault that it could arrive in.
    pub deleted: bool,
}

/// How a vault stands for a backup.
pub fn stand(lineage: &Lineage, sight: &Sight, environment: EnvironmentName) -> Stand {
    let index = environment.index();
    if !sight.seen[index] {
        return Stand::Unseen;
    }
    if let Some(point) = lineage.point(environment) {
        return stand_of(point, sight.keys[index], environment);
    }
    let (hop, allowed) = match environment {
        EnvironmentName::Source => return Stand::Passed,
        EnvironmentName::Intermediate => (Hop::First, sight.deadlines.intermediate),
        EnvironmentName::Destination => (Hop::Second, sight.deadlines.destination),
    };
    // The intermediate copy may be kept for a shorter time than the destination's.
    if environment == EnvironmentName::Intermediate && lineage.point(EnvironmentName::Destination).is_some() {
        return Stand::Passed;
    }
    if lineage.in_flight(hop).is_some() {
        return Stand::Copying;
    }
    // What arrived and is gone does not come by itself: the second hop is over.
    if sight.deleted && environment == EnvironmentName::Destination {
        return Stand::Missing;
    }
    let allowed = TimeDelta::from_std(allowed).unwrap_or(TimeDelta::zero());
    if sight.now < backed_up_at(lineage) + allowed { Stand::Waiting } else { Stand::Missing }
}

fn stand_of(point: &RecoveryPoint, key: Option<KeyClass>, environment: EnvironmentName) -> Stand {
    use super::recovery_point::RecoveryPointStatus as Status;
    match point.status {
        Status::Creating => return Stand::Copying,
        Status::Completed | Status::Available => {}
        _ => return Stand::Wrong,
    }
    match (environment, key) {
        // The source's backup stays under the database's own key, whatever the vault's is.
        (EnvironmentName::Source, _) | (_, Some(KeyClass::Expected)) => Stand::Right,
        (_, Some(_)) => Stand::Wrong,
        (_, None) => Stand::Unseen,
    }
}

/// When the backup was completed: deadlines count from it. Where the source vault has it no more,
/// its creation.
pub fn backed_up_at(lineage: &Lineage) -> DateTime<Utc> {
    let source = lineage.point(EnvironmentName::Source);
    source.and_then(|point| point.completed_at).unwrap_or(lineage.origin.created_at)
}

/// Judges one backup; the worst wins.
pub fn judge(lineage: &Lineage, sight: &Sight) -> State {
    let stands = EnvironmentName::ALL.map(|name| stand(lineage, sight, name));
    let worst = stands.into_iter().map(|stand| match stand {
        Stand::Right | Stand::Passed => State::Protected,
        Stand::Waiting => State::Waiting,
        Stand::Copying => State::Copying,
        Stand::Unseen => State::Unknown,
        Stand::Missing => State::Incomplete,
        Stand::Wrong => State::Broken,
    });
    let worst = worst.max().unwrap_or(State::Unknown);
    let goes =
        lineage.point(EnvironmentName::Destination).is_some_and(|point| would_expire(point.delete_at, sight.now));
    if goes && !sight.newer_arrived { worst.max(State::Expiring) } else { worst }
}

/// The last job of a hop, where it is over without a result and no other is under way.
pub fn last_failure(lineage: &Lineage, hop: Hop) -> Option<&super::recovery_point::CopyJob> {
    let last = lineage.jobs(hop).last()?;
    last.state.is_over_without_result().then_some(last)
}

/// AWS retries the start of a job for two hours (AWS Backup Developer Guide,
/// recov-point-create-a-copy); twice that is stuck.
pub const STUCK_AFTER: TimeDelta = TimeDelta::hours(4);

/// A job of a hop that waits to start for longer than it should.
pub fn stuck(lineage: &Lineage, hop: Hop, now: DateTime<Utc>) -> Option<&super::recovery_point::CopyJob> {
    lineage.in_flight(hop).filter(|job| {
        job.state == JobState::Created && job.created_at.is_some_and(|created| now - created > STUCK_AFTER)
    })
}

/// What a database's newest backup is measured by.
#[derive(Debug, Clone, Copy)]
pub enum Freshness<'a> {
    /// It may be this old.
    MaxAge(Duration),
    /// It must not be older than the schedule's last fire time that had the time to succeed.
    Schedule {
        schedule: &'a Schedule,
        /// How long after its scheduled time a backup may start.
        start_window: Duration,
        /// How long after its scheduled time a backup may end.
        completion_window: Duration,
    },
}

/// What is wrong with a database's newest backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// There is none, and there should be.
    Missing,
    /// It is older than it may be; it should not be older than this.
    Stale(DateTime<Utc>),
}

/// Judges a database's newest completed backup. Before the first fire time since the database was
/// selected that had the time to succeed, nothing is missing or stale.
pub fn staleness(
    newest: Option<DateTime<Utc>>,
    selected_at: DateTime<Utc>,
    freshness: Freshness<'_>,
    now: DateTime<Utc>,
) -> Option<Staleness> {
    let back = |span: Duration| TimeDelta::from_std(span).unwrap_or(TimeDelta::zero());
    let not_before = match freshness {
        Freshness::MaxAge(age) => {
            let not_before = now - back(age);
            (selected_at <= not_before || newest.is_some()).then_some(not_before)?
        }
        Freshness::Schedule { schedule, start_window, completion_window } => {
            let time_to_succeed = completion_window.min(start_window + Duration::from_secs(12 * 3600));
            schedule.latest_fire(selected_at, now - back(time_to_succeed))?
        }
    };
    match newest {
        None => Some(Staleness::Missing),
        Some(newest) if newest < not_before => Some(Staleness::Stale(not_before)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::lineage::tests::{job, point};
    use crate::pipeline::lineage::tie;
    use crate::pipeline::recovery_point::{CopyJob, RecoveryPointStatus};
    use crate::pipeline::settings::tests::example;
    use EnvironmentName::{Destination, Intermediate, Source};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    fn sight(now: &str) -> Sight {
        Sight {
            seen: [true; 3],
            keys: [Some(KeyClass::AwsManaged), Some(KeyClass::Expected), Some(KeyClass::Expected)],
            deadlines: Deadlines {
                intermediate: Duration::from_secs(12 * 3600),
                destination: Duration::from_secs(24 * 3600),
            },
            now: at(now),
            newer_arrived: false,
            deleted: false,
        }
    }

    fn lineage(points: [&[RecoveryPoint]; 3], jobs: [&[CopyJob]; 2]) -> Lineage {
        let pipeline = example();
        let vaults = EnvironmentName::ALL.map(|name| pipeline.vault_arn(name));
        tie(points, jobs, [&vaults[0], &vaults[1], &vaults[2]]).pop_first().expect("a row").1
    }

    fn whole() -> [Vec<RecoveryPoint>; 3] {
        [vec![point(Source, "job-1")], vec![point(Intermediate, "copyjob-1")], vec![point(Destination, "copyjob-2")]]
    }

    #[test]
    fn seen_in_all_vaults_under_the_right_keys_is_protected() {
        let [a, b, c] = whole();
        assert_eq!(judge(&lineage([&a, &b, &c], [&[], &[]]), &sight("2026-01-05T10:00:00Z")), State::Protected);
        // The intermediate copy may be gone, the source's too.
        assert_eq!(judge(&lineage([&[], &[], &c], [&[], &[]]), &sight("2026-01-20T10:00:00Z")), State::Protected);
    }

    #[test]
    fn missing_is_an_error_only_after_its_deadline() {
        let alone = lineage([&[point(Source, "job-1")], &[], &[]], [&[], &[]]);
        assert_eq!(judge(&alone, &sight("2026-01-05T16:59:59Z")), State::Waiting);
        assert_eq!(judge(&alone, &sight("2026-01-05T17:00:00Z")), State::Incomplete);
        let half = lineage([&[point(Source, "job-1")], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
        assert_eq!(judge(&half, &sight("2026-01-06T04:59:59Z")), State::Waiting);
        assert_eq!(judge(&half, &sight("2026-01-06T05:00:00Z")), State::Incomplete);
    }

    #[test]
    fn a_copy_that_was_deleted_is_missing_at_once() {
        let half = lineage([&[point(Source, "job-1")], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
        let deleted = Sight { deleted: true, ..sight("2026-01-05T07:00:00Z") };
        assert_eq!(stand(&half, &deleted, Destination), Stand::Missing);
        assert_eq!(judge(&half, &deleted), State::Incomplete);
    }

    #[test]
    fn a_job_under_way_is_copying_whatever_the_time() {
        let jobs = [job(Hop::First, "job-1", None, "RUNNING")];
        let copying = lineage([&[point(Source, "job-1")], &[], &[]], [&jobs, &[]]);
        assert_eq!(stand(&copying, &sight("2026-01-09T00:00:00Z"), Intermediate), Stand::Copying);
    }

    #[test]
    fn a_copy_under_another_key_or_unhealthy_is_broken() {
        let [a, b, c] = whole();
        let mut wrong = sight("2026-01-05T10:00:00Z");
        wrong.keys[2] = Some(KeyClass::Other);
        assert_eq!(judge(&lineage([&a, &b, &c], [&[], &[]]), &wrong), State::Broken);
        let expired = RecoveryPoint { status: RecoveryPointStatus::Expired, ..point(Destination, "copyjob-2") };
        let unhealthy = lineage([&a, &b, &[expired]], [&[], &[]]);
        assert_eq!(judge(&unhealthy, &sight("2026-01-05T10:00:00Z")), State::Broken);
    }

    #[test]
    fn what_could_not_be_looked_at_is_unknown_and_not_missing() {
        let mut blind = sight("2026-01-09T00:00:00Z");
        blind.seen = [true, true, false];
        let half = lineage([&[point(Source, "job-1")], &[point(Intermediate, "copyjob-1")], &[]], [&[], &[]]);
        assert_eq!(judge(&half, &blind), State::Unknown);
    }

    #[test]
    fn the_last_copy_that_goes_soon_is_expiring() {
        let [a, b, _] = whole();
        let going = RecoveryPoint { delete_at: Some(at("2026-01-12T05:00:00Z")), ..point(Destination, "copyjob-2") };
        let row = lineage([&a, &b, &[going]], [&[], &[]]);
        assert_eq!(judge(&row, &sight("2026-01-10T05:00:00Z")), State::Protected);
        assert_eq!(judge(&row, &sight("2026-01-10T06:00:00Z")), State::Expiring);
        let newer = Sight { newer_arrived: true, ..sight("2026-01-10T06:00:00Z") };
        assert_eq!(judge(&row, &newer), State::Protected);
    }

    #[test]
    fn created_is_stuck_after_four_hours() {
        let jobs = [job(Hop::First, "job-1", None, "CREATED")];
        let row = lineage([&[point(Source, "job-1")], &[], &[]], [&jobs, &[]]);
        // The job was created at 06:00.
        assert!(stuck(&row, Hop::First, at("2026-01-05T10:00:00Z")).is_none());
        assert!(stuck(&row, Hop::First, at("2026-01-05T10:00:01Z")).is_some());
    }

    fn by_schedule(newest: Option<&str>, now: &str) -> Option<Staleness> {
        let schedule = Schedule::parse("cron(0 5 ? * * *)", chrono_tz::Etc::UTC).expect("a schedule");
        let hours = |count: u64| Duration::from_secs(count * 3600);
        // Selected on 1 January at noon; 8 h to start and 12 h more to succeed.
        let freshness =
            Freshness::Schedule { schedule: &schedule, start_window: hours(8), completion_window: hours(168) };
        staleness(newest.map(at), at("2026-01-01T12:00:00Z"), freshness, at(now))
    }

    #[test]
    fn before_the_first_fire_time_that_had_time_to_succeed_nothing_is_missing() {
        // The first fire time after the selection is 2 January 05:00; with 20 h it is due on 3 January 01:00.
        assert_eq!(by_schedule(None, "2026-01-03T00:59:59Z"), None);
        assert_eq!(by_schedule(None, "2026-01-03T01:00:00Z"), Some(Staleness::Missing));
    }

    #[test]
    fn stale_is_older_than_the_last_fire_time_that_had_time_to_succeed() {
        assert_eq!(by_schedule(Some("2026-01-04T05:10:00Z"), "2026-01-06T00:59:59Z"), None);
        let due = Staleness::Stale(at("2026-01-05T05:00:00Z"));
        assert_eq!(by_schedule(Some("2026-01-04T05:10:00Z"), "2026-01-06T01:00:00Z"), Some(due));
    }
}
