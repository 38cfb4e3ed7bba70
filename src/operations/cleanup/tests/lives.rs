//! What does not last stands for nothing that goes, in many worlds: recovery points of one database in three vaults, with
//! short and long retentions, under keys that work and keys that do not.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;

/// One recovery point of a world, by what can be seen of it.
#[derive(Debug, Clone)]
struct Laid {
    days_old: i64,
    /// Hours that are left of its retention; none is for ever.
    left: Option<i64>,
    key: &'static str,
    whole: bool,
}

/// Pseudo-random numbers, the same in every run (Knuth, MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

const DYING: &str = "arn:aws:kms:us-west-2:222222222222:key/d1d1d1d1-12ab-34cd-56ef-1234567890ab";
const UNSEEN: &str = "arn:aws:kms:us-west-2:222222222222:key/e2e2e2e2-12ab-34cd-56ef-1234567890ab";

fn laid(numbers: &mut Numbers) -> Laid {
    Laid {
        days_old: numbers.one_of(&[1, 2, 3]),
        left: numbers.one_of(&[Some(5), Some(47), Some(60), Some(140), Some(140), Some(200), None]),
        key: numbers.one_of(&[KEY, KEY, KEY, KEY, DYING, UNSEEN]),
        whole: numbers.below(6) > 0,
    }
}

fn now() -> DateTime<Utc> {
    "2026-01-06T05:00:00Z".parse().expect("a date")
}

fn world(numbers: &mut Numbers, databases: &[Existing]) -> Observed {
    let mut observed = observed(databases);
    for (name, seen) in EnvironmentName::ALL.into_iter().zip(&mut observed.environments) {
        let template = seen.points.remove(0);
        for at in 0..numbers.below(4) {
            let one = laid(numbers);
            let mut point = template.clone();
            point.arn = super::point(name, &format!("{name}-{at}")).arn;
            point.origin.created_at = now() - TimeDelta::days(one.days_old);
            point.delete_at = one.left.map(|hours| now() + TimeDelta::hours(hours));
            point.key_arn = Some(one.key.parse().expect("an ARN"));
            point.status = RecoveryPointStatus::from(if one.whole { "COMPLETED" } else { "DELETING" });
            seen.ids.insert(point.arn.to_string(), "db-ORDERS".into());
            seen.points.push(point);
        }
        let dying = Key { arn: DYING.parse().expect("an ARN"), ..key("PendingDeletion", Some("2026-01-12T05:00:00Z")) };
        seen.keys.insert(DYING.to_owned(), Ok(Some(dying)));
        seen.keys.insert(UNSEEN.to_owned(), Err(denied("kms:DescribeKey")));
    }
    read(observed)
}

/// Whether one can restore from it in so many hours, by hand: it is whole, its key works, and AWS has not deleted it.
fn lives(point: &RecoveryPoint, hours: i64) -> bool {
    point.status.as_str() == "COMPLETED"
        && point.key_arn.as_ref().is_some_and(|key| key.as_str() == KEY)
        && point.delete_at.is_none_or(|at| at >= now() + TimeDelta::hours(hours))
}

fn asked(numbers: &mut Numbers) -> Options {
    let mut asked = options();
    match numbers.below(5) {
        0 => asked.keep_last = Some(1 + numbers.below(2)),
        1 => asked.older_than = Some(Duration::from_secs(3600 * numbers.one_of(&[1, 36, 60]))),
        2 => asked.resources = vec![ORDERS.to_owned()],
        3 => asked.only = vec![Part::RecoveryPoints],
        _ => {}
    }
    if numbers.below(3) == 0 {
        asked.environments = vec![Source, Intermediate];
    }
    asked
}

// What AWS deletes within 48 hours, or nobody can decrypt, is gone soon: `--yes` alone must leave something better.
#[test]
fn what_needs_no_account_leaves_a_copy_that_lasts() {
    let mut numbers = Numbers(6);
    let mut pruned = 0;
    for world_number in 0..4000 {
        let observed = world(&mut numbers, &[orders()]);
        let options = asked(&mut numbers);
        let changes = decide(&example(), &observed, &options);
        let stake = Stake::of(&example(), &changes, &options);
        let about = format!("world {world_number}: {options:?}\n{:#?}", changes.points);
        let all = || changes.points.iter();
        let gone_in_b = || all().filter(|one| one.goes() && one.environment == Destination);
        let left = |one: &&PointChange| !one.goes() && lives(&one.point, 48);
        if changes.deletions().next().is_some() && !all().any(|one| left(&one)) {
            assert_eq!(stake.unrestorable, [ORDERS], "{about}");
            let usable = changes.deletions().any(|one| one.point.status.is_usable());
            assert!(!usable || !stake.confirm.is_empty(), "{about}");
        }
        let confirmed = stake.confirm.iter().any(|account| account == "222222222222");
        for gone in gone_in_b().filter(|_| !confirmed) {
            pruned += 1;
            let outlives = |one: &PointChange| match (one.point.delete_at, gone.point.delete_at) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(stays), Some(goes)) => stays >= goes || !lives(&gone.point, 0),
            };
            let stands_for = |one: &&PointChange| {
                one.environment == Destination
                    && one.point.origin.created_at > gone.point.origin.created_at
                    && outlives(one)
            };
            let dead = !lives(&gone.point, 0);
            assert!(
                all().filter(left).any(|one| stands_for(&one) || (dead && one.environment == Destination)),
                "{about}"
            );
        }
    }
    assert!(pruned > 100, "{pruned} copies went without an account: the worlds try nothing");
}

#[test]
fn keep_last_leaves_as_many_that_last() {
    let mut numbers = Numbers(13);
    for world_number in 0..2000 {
        let observed = world(&mut numbers, &[orders()]);
        let count = 1 + numbers.below(2);
        let options = Options { keep_last: Some(count), ..options() };
        let changes = decide(&example(), &observed, &options);
        for name in EnvironmentName::ALL {
            let here = || changes.points.iter().filter(|one| one.environment == name && lives(&one.point, 48));
            let stay = here().filter(|one| !one.goes()).count();
            assert!(stay >= count.min(here().count()), "world {world_number}, {name}: {:#?}", changes.points);
        }
    }
}

// The copy in account B from which one can restore the longest stays, and the newest backup that lasts.
#[test]
fn of_a_database_that_is_gone_what_lasts_longest_stays() {
    let mut numbers = Numbers(26);
    let mut blocked = 0;
    for world_number in 0..4000 {
        let observed = world(&mut numbers, &[]);
        let changes = decide(&example(), &observed, &asked(&mut numbers));
        let about = format!("world {world_number}: {:#?}", changes.points);
        blocked += changes.points.iter().filter(|one| one.fate.reason == Some(Reason::LastCopy)).count();
        let in_b = |one: &&PointChange| one.environment == Destination;
        for hours in [0, 48, 60, 140, 200, 10_000] {
            let lives = |one: &&PointChange| lives(&one.point, hours);
            let before = changes.points.iter().filter(in_b).any(|one| lives(&one));
            let after = changes.points.iter().filter(in_b).any(|one| lives(&one) && !one.goes());
            assert_eq!(before, after, "in {hours} hours, {about}");
        }
        let lasting = || changes.points.iter().filter(|one| lives(&one.point, 48));
        let newest = lasting().map(|one| one.point.origin.created_at).max();
        let left = lasting().filter(|one| !one.goes()).map(|one| one.point.origin.created_at).max();
        assert_eq!(newest, left, "{about}");
        // Where nothing lasts, something stays all the same.
        let whole = |one: &&PointChange| one.point.status.is_usable();
        assert_eq!(
            changes.points.iter().any(|one| whole(&one)),
            changes.points.iter().any(|one| whole(&one) && !one.goes()),
            "{about}"
        );
    }
    assert!(blocked > 1000, "{blocked}");
}

#[test]
fn what_stays_under_a_key_that_fails_is_said_with_what_saves_it() {
    let mut observed = observed(&[orders()]);
    let only = Options { environments: vec![Source], ..options() };
    let mut told = Vec::new();
    let mut say = |about: &str, key: Result<Option<Key>, AwsError>, observed: &mut Observed| {
        observed.environments[2].keys.insert(KEY.to_owned(), key);
        let changes = decide(&example(), observed, &only);
        told.push(format!("{about}:\n  {}", changes.notes.join("\n  ")));
    };
    say("works", Ok(Some(key("Enabled", None))), &mut observed);
    say("going", Ok(Some(key("PendingDeletion", Some("2026-01-12T05:00:00Z")))), &mut observed);
    say("disabled", Ok(Some(key("Disabled", None))), &mut observed);
    say("unknown", Ok(None), &mut observed);
    say("unseen", Err(denied("kms:DescribeKey")), &mut observed);
    observed.environments[2].points[0].key_arn = None;
    say("unnamed", Ok(Some(key("Enabled", None))), &mut observed);
    insta::assert_snapshot!(told.join("\n"));
}
