//! `copy`, `bootstrap` and `cleanup` before hostile answers: nothing is made twice and nothing goes that must stay.

use super::super::support::command::backupctl;
use super::super::support::operator::back_up;
use super::super::support::spoil::{From, Spoil, spoil};
use super::super::support::worlds;
use super::{nothing_twice, points, standing, told};
use From::{Anywhere, Destination, Intermediate, Source};
use Spoil::{Empty, Half, Hollow, Noise, Nothing, Portal, SameToken, Status, Twice, Without};

/// Rules, the command, its exit code, what it says.
type Act = (&'static [(&'static str, From, Spoil)], &'static str, i32, &'static str);

const POINTS: &str = "backup:ListRecoveryPointsByBackupVault";

/// Everything is copied already: none of these may start a copy.
const COPIES: &[Act] = &[
    (&[(POINTS, Destination, Hollow)], "copy --all-missing", 1, "cannot be read"),
    (&[(POINTS, Destination, Nothing)], "copy --all-missing", 1, "cannot be read"),
    (&[(POINTS, Destination, Empty("RecoveryPoints"))], "copy --all-missing", 1, "is empty, though AWS counts 2"),
    (&[(POINTS, Intermediate, Empty("RecoveryPoints"))], "copy --all-missing", 1, "is empty, though AWS counts 2"),
    (&[(POINTS, Source, Empty("RecoveryPoints"))], "copy --all-missing", 1, "is empty, though AWS counts 2"),
    (&[(POINTS, Anywhere, Hollow)], "copy --all-missing", 1, "cannot be read"),
    (&[(POINTS, Destination, Without("RecoveryPointArn"))], "copy --all-missing", 1, "no RecoveryPointArn"),
    (&[(POINTS, Destination, Without("CreationDate"))], "copy --all-missing", 1, "no CreationDate"),
    (&[(POINTS, Destination, SameToken("NextToken"))], "copy --all-missing", 1, "repeats a page token"),
    (&[(POINTS, Destination, Twice("RecoveryPoints"))], "copy --all-missing", 0, "already"),
    (&[(POINTS, Anywhere, Twice("RecoveryPoints"))], "copy --all-missing", 0, "already"),
    (&[(POINTS, Destination, Portal)], "copy --all-missing", 1, "cannot be read"),
    (&[(POINTS, Destination, Half)], "copy --all-missing", 1, "cannot be read"),
    (&[(POINTS, Destination, Status(204))], "copy --all-missing", 1, "HTTP status 204"),
    (&[("backup:ListCopyJobs", Anywhere, Hollow)], "copy --all-missing", 1, "cannot be read"),
    (&[("backup:ListCopyJobs", Intermediate, Without("State"))], "copy --all-missing", 1, "no State"),
    (
        &[("backup:ListCopyJobs", Intermediate, Without("SourceRecoveryPointArn"))],
        "copy --all-missing",
        1,
        "no SourceRecoveryPointArn",
    ),
    (
        &[("backup:ListCopyJobs", Anywhere, Without("DestinationRecoveryPointArn"))],
        "copy --all-missing",
        1,
        "no DestinationRecoveryPointArn",
    ),
    (&[("backup:ListCopyJobs", Anywhere, Empty("CopyJobs"))], "copy --all-missing", 0, "already"),
    (&[("backup:ListCopyJobs", Anywhere, Twice("CopyJobs"))], "copy --all-missing", 0, "already"),
    (&[("backup:ListBackupVaults", Destination, Hollow)], "copy --all-missing", 1, "cannot be read"),
    (&[("backup:ListBackupPlans", Source, Hollow)], "copy --all-missing", 0, "already"),
    (&[("backup:GetBackupPlan", Source, Without("Rules"))], "copy --all-missing", 1, "no Rules"),
    (&[("cloudformation:DescribeStacks", Intermediate, Hollow)], "copy --all-missing", 1, "no Stacks"),
    (&[("sts:GetCallerIdentity", Destination, Portal)], "copy --all-missing", 1, "cannot be read"),
];

#[test]
fn no_answer_that_lacks_something_starts_a_second_copy() {
    let mut wrong = Vec::new();
    for (rules, command, code, says) in COPIES {
        let sandbox = worlds::after_a_night();
        let before = points(&sandbox);
        spoil(&sandbox, rules);
        let ran = backupctl(&sandbox, command);
        let said = told(&ran).split_whitespace().collect::<Vec<_>>().join(" ");
        if ran.code != *code || !said.contains(says) {
            wrong.push(format!("{rules:?}: exit {} and not {code}, {says:?} in: {said}", ran.code));
        }
        backupctl(&sandbox, "sandbox advance 12h").expect(0);
        let after = points(&sandbox);
        if after != before {
            wrong.push(format!("{rules:?}: {before:?} became {after:?}"));
        }
        nothing_twice(&sandbox, &format!("{rules:?}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Under way: the hops that are missing are made once, whatever the lists leave out.
#[test]
fn a_list_that_never_shows_what_is_new_makes_no_second_copy() {
    for vault in [Intermediate, Destination] {
        let sandbox = worlds::bootstrapped();
        let point = back_up(&sandbox, "orders");
        spoil(&sandbox, &[(POINTS, vault, Empty("RecoveryPoints"))]);
        let copy = format!("copy --recovery-point {point}");
        backupctl(&sandbox, &copy).expect(0);
        nothing_twice(&sandbox, &format!("{vault:?}"));
        // AWS counts what its list leaves out: now nothing is begun at all.
        let again = backupctl(&sandbox, &copy).expect(1);
        assert!(told(&again).contains("though AWS counts"), "{}", told(&again));
        backupctl(&sandbox, "sandbox advance 6h").expect(0);
        nothing_twice(&sandbox, &format!("{vault:?}"));
        assert_eq!(points(&sandbox).values().map(std::collections::BTreeMap::len).collect::<Vec<_>>(), [1, 1, 1]);
    }
}

/// Consents to all that there is.
const CLEANUP: &str = "cleanup --yes --confirm 111111111111 --confirm 222222222222";

/// Deleting, scheduling and making: what each of these answers hides, stays.
const CHANGES: &[Act] = &[
    (&[("backup:ListBackupVaults", Anywhere, Hollow)], CLEANUP, 1, "cannot be read"),
    (&[("backup:ListBackupVaults", Source, Without("BackupVaultArn"))], CLEANUP, 1, "no BackupVaultArn"),
    (&[("backup:ListBackupVaults", Source, Portal)], CLEANUP, 1, "cannot be read"),
    (&[(POINTS, Anywhere, Hollow)], CLEANUP, 1, "cannot be read"),
    (&[(POINTS, Anywhere, Hollow)], "cleanup --dry-run", 1, "cannot be read"),
    (&[(POINTS, Destination, SameToken("NextToken"))], CLEANUP, 1, "repeats a page token"),
    (&[(POINTS, Destination, Half)], CLEANUP, 1, "cannot be read"),
    (&[(POINTS, Source, Without("ResourceArn"))], CLEANUP, 1, "no ResourceArn"),
    (&[("backup:ListBackupPlans", Source, Hollow)], CLEANUP, 1, "cannot be read"),
    (&[("backup:ListBackupPlans", Source, SameToken("NextToken"))], CLEANUP, 1, "repeats a page token"),
    (&[("cloudformation:DescribeStacks", Source, Hollow)], CLEANUP, 1, "no Stacks"),
    (&[("cloudformation:ListStackResources", Source, Hollow)], CLEANUP, 1, "no StackResourceSummaries"),
    (&[("cloudformation:DescribeStacks", Destination, Noise)], CLEANUP, 1, "cannot be read"),
    (&[("sts:GetCallerIdentity", Destination, Portal)], CLEANUP, 1, "cannot be read"),
    (&[("backup:ListBackupPlans", Source, Hollow)], "bootstrap --yes", 1, "cannot be read"),
    (&[("backup:ListBackupPlans", Source, SameToken("NextToken"))], "bootstrap --yes", 1, "repeats a page token"),
    (&[("backup:ListBackupSelections", Source, Hollow)], "bootstrap --yes", 1, "cannot be read"),
    (&[("cloudformation:DescribeStacks", Intermediate, Hollow)], "bootstrap --yes", 1, "no Stacks"),
    (&[("backup:ListBackupVaults", Destination, Hollow)], "bootstrap --yes", 1, "cannot be read"),
];

#[test]
fn nothing_goes_and_nothing_is_made_on_an_answer_that_cannot_be_read() {
    let mut wrong = Vec::new();
    for (rules, command, code, says) in CHANGES {
        let sandbox = worlds::after_a_night();
        let before = standing(&sandbox);
        spoil(&sandbox, rules);
        let ran = backupctl(&sandbox, command);
        let said = told(&ran).split_whitespace().collect::<Vec<_>>().join(" ");
        if ran.code != *code || !said.contains(says) {
            wrong.push(format!("{command} {rules:?}: exit {} and not {code}, {says:?} in: {said}", ran.code));
        }
        if standing(&sandbox) != before {
            wrong.push(format!("{command} {rules:?}: {before:?} became {:?}", standing(&sandbox)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A clock of one answer is not the time: with a `Date` 60 days ahead nothing of today is older than 30 days.
#[test]
fn no_answer_dates_a_recovery_point_to_its_end() {
    for from in [Source, Intermediate, Destination] {
        let sandbox = worlds::after_a_night();
        let before = points(&sandbox);
        spoil(&sandbox, &[("backup:ListLegalHolds", from, Spoil::Date(60 * 86_400))]);
        let ran = backupctl(&sandbox, "cleanup --yes --older-than 30d");
        assert_ne!(ran.code, 0, "{from:?}: {}", told(&ran));
        assert_eq!(points(&sandbox), before, "{from:?}");
    }
}
