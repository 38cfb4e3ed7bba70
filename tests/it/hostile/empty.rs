//! Lists that can be read and are empty, although there is something: each on which a deletion, a second copy or a green
//! hangs. Nothing is taken for absent on the word of one of them.

use backupctl::sandbox::Sandbox;

use super::super::messages::cleanup::unlisted::restored;
use super::super::support::command::backupctl;
use super::super::support::operator::{back_up, in_destination};
use super::super::support::spoil::{From, Spoil, spoil};
use super::super::support::worlds;
use super::{findings, nothing_twice, standing, told};
use From::{Anywhere, Destination, Intermediate, Source};
use Spoil::Empty;

type Rules = &'static [(&'static str, From, Spoil)];

const POINTS: &str = "backup:ListRecoveryPointsByBackupVault";
const PLANS: (&str, From, Spoil) = ("backup:ListBackupPlans", Anywhere, Empty("BackupPlansList"));
const SELECTIONS: (&str, From, Spoil) = ("backup:ListBackupSelections", Source, Empty("BackupSelectionsList"));
const TAGS: (&str, From, Spoil) = ("backup:ListTags", Source, Empty("Tags"));
const COPY_JOBS: (&str, From, Spoil) = ("backup:ListCopyJobs", Anywhere, Empty("CopyJobs"));
const BACKUP_JOBS: (&str, From, Spoil) = ("backup:ListBackupJobs", Source, Empty("BackupJobs"));
const HOLDS: (&str, From, Spoil) = ("backup:ListLegalHolds", Anywhere, Empty("LegalHolds"));
const CLEANUP: &str = "cleanup --yes --confirm 111111111111 --confirm 222222222222";

const fn points(from: From) -> (&'static str, From, Spoil) {
    (POINTS, from, Empty("RecoveryPoints"))
}

const fn vaults(from: From) -> (&'static str, From, Spoil) {
    ("backup:ListBackupVaults", from, Empty("BackupVaultList"))
}

const fn resources(from: From) -> (&'static str, From, Spoil) {
    ("cloudformation:ListStackResources", from, Empty("StackResourceSummaries"))
}

const fn databases(from: From) -> (&'static str, From, Spoil) {
    ("rds:DescribeDBInstances", from, Empty("DBInstances"))
}

/// Each ends before anything is changed: exit code, and what is said.
const REFUSED: &[(Rules, i32, &str)] = &[
    (&[points(Source)], 5, "is empty, though AWS counts 2 recovery points in it; nothing is deleted"),
    (&[points(Intermediate)], 5, "is empty, though AWS counts 2 recovery points in it; nothing is deleted"),
    (&[points(Destination)], 5, "is empty, though AWS counts 2 recovery points in it; nothing is deleted"),
    (&[points(Anywhere)], 5, "is empty, though AWS counts 2 recovery points in it; nothing is deleted"),
    (&[points(Anywhere), PLANS], 5, "is empty, though AWS counts 2 recovery points in it; nothing is deleted"),
    (&[resources(Source)], 5, "the list of its resources is empty; nothing is deleted"),
    (&[resources(Intermediate)], 5, "the list of its resources is empty; nothing is deleted"),
    (&[resources(Destination)], 5, "the list of its resources is empty; nothing is deleted"),
    (&[SELECTIONS], 6, "AWS Backup still knows selections of the plan"),
];

#[test]
fn cleanup_changes_nothing_where_an_empty_list_is_contradicted() {
    for (rules, code, says) in REFUSED {
        for command in ["cleanup --dry-run", CLEANUP] {
            let sandbox = worlds::after_a_night();
            let before = standing(&sandbox);
            spoil(&sandbox, rules);
            let ran = backupctl(&sandbox, command);
            let said = told(&ran).split_whitespace().collect::<Vec<_>>().join(" ");
            // What AWS refuses to delete is only heard when it is asked.
            if *code != 6 || command == CLEANUP {
                assert_eq!(ran.code, *code, "{command} {rules:?}: {said}");
                assert!(said.contains(says), "{command} {rules:?}: {said}");
            }
            assert_eq!(standing(&sandbox), before, "{command} {rules:?}");
        }
    }
}

/// Before the first backup nothing but the list shows the plan.
#[test]
fn a_plan_that_no_list_shows_is_not_taken_for_deleted() {
    for command in ["cleanup --dry-run", CLEANUP] {
        let sandbox = worlds::bootstrapped();
        let before = standing(&sandbox);
        spoil(&sandbox, &[PLANS]);
        let ran = backupctl(&sandbox, command).expect(5);
        assert!(told(&ran).contains("lists no backup plan of this pipeline"), "{}", told(&ran));
        assert_eq!(standing(&sandbox), before, "{command}");
        // Whoever knows that there is none can say so.
        backupctl(&sandbox, "cleanup --dry-run --only recovery-points --only stacks").expect(4);
    }
}

/// What is known by its name after all is deleted as it would have been, and nothing is left that is told as gone.
#[test]
fn a_plan_that_its_recovery_points_name_goes_with_all_else() {
    let sandbox = worlds::after_a_night();
    spoil(&sandbox, &[PLANS]);
    let ran = backupctl(&sandbox, &format!("{CLEANUP} -o json")).expect(0);
    assert_eq!(ran.json()["plans"].as_array().map(Vec::len), Some(1), "{}", ran.stdout);
    assert_eq!(ran.json()["plan"]["result"], "deleted");
    assert!(standing(&sandbox).points.is_empty(), "{:?}", standing(&sandbox));
    sandbox.clear_between();
    let alive = super::super::support::operator::in_source(&sandbox, async |config| {
        let plans = aws_sdk_backup::Client::new(&config).list_backup_plans().send().await.expect("plans");
        plans.backup_plans_list().len()
    });
    assert_eq!(alive, 0);
}

const KEPT: &[Rules] = &[&[TAGS], &[vaults(Source)], &[vaults(Destination)], &[vaults(Anywhere)], &[databases(Source)]];

/// Each hides what keeps something: that stays, and it is no exit 0.
#[test]
fn what_an_empty_list_hides_keeps_what_it_kept() {
    for rules in KEPT {
        let sandbox = worlds::after_a_night();
        spoil(&sandbox, rules);
        let dry = backupctl(&sandbox, "cleanup --dry-run");
        assert!([4, 5].contains(&dry.code), "{rules:?}: {}", told(&dry));
        let ran = backupctl(&sandbox, CLEANUP).expect(5);
        let left = standing(&sandbox);
        let keys_stay = left.going_keys < 3;
        assert!(keys_stay && (left.stacks > 0 || left.plans > 0), "{rules:?}: {left:?} {}", told(&ran));
        if rules[0] == databases(Source) {
            let copies = left.points.iter().find(|(vault, _)| vault.contains("222222222222"));
            assert_eq!(copies.map(|(_, origins)| origins.len()), Some(2), "the last copies: {left:?}");
        }
    }
}

/// A database that was restored in account B runs under the destination's key: RDS's grant names it.
#[test]
fn a_database_that_no_list_shows_keeps_the_key_that_it_runs_under() {
    let sandbox = worlds::bootstrapped();
    restored(&sandbox);
    spoil(&sandbox, &[databases(Destination)]);
    let ran = backupctl(&sandbox, &format!("{CLEANUP} -o json")).expect(5);
    let keys = ran.json()["keys"].clone();
    let of_destination = keys.as_array().and_then(|keys| keys.iter().find(|key| key["environment"] == "destination"));
    let key = of_destination.expect("a key");
    assert_eq!(key["action"], "blocked", "{key:#}");
    assert!(key["used_by"].to_string().contains("which no list shows"), "{key:#}");
}

/// AWS refuses what is under a hold, whoever did not see the hold.
#[test]
fn a_hold_that_no_list_shows_keeps_what_it_holds() {
    let sandbox = worlds::after_a_night();
    in_destination(&sandbox, async |config| {
        let selection = aws_sdk_backup::types::RecoveryPointSelection::builder()
            .vault_names("destination-vault-account-b-region-b")
            .build();
        let hold = aws_sdk_backup::Client::new(&config).create_legal_hold().title("case").description("case");
        hold.recovery_point_selection(selection).send().await.expect("CreateLegalHold");
    });
    spoil(&sandbox, &[HOLDS]);
    let ran = backupctl(&sandbox, CLEANUP);
    assert!([1, 5].contains(&ran.code), "{}", told(&ran));
    let left = standing(&sandbox);
    let copies = left.points.iter().find(|(vault, _)| vault.contains("222222222222"));
    assert_eq!(copies.map(|(_, origins)| origins.len()), Some(2), "{left:?}");
}

/// What is under way shows in RDS where the lists of jobs lack it: it ends before anything is deleted.
#[test]
fn jobs_that_no_list_shows_end_before_their_recovery_points_go() {
    // The backups begin at 05:00, 23 hours after the world; both hops follow.
    for minutes in [1390, 1430, 1470] {
        let sandbox = worlds::bootstrapped();
        backupctl(&sandbox, &format!("sandbox advance {minutes}m")).expect(0);
        spoil(&sandbox, &[COPY_JOBS, BACKUP_JOBS]);
        backupctl(&sandbox, &format!("{CLEANUP} --include-last-copy"));
        let world = serde_json::to_value(sandbox.world()).expect("a world is JSON");
        for place in world["services"]["backup"].as_object().into_iter().flat_map(|places| places.values()) {
            let jobs = place["copy_jobs"].to_string().to_uppercase();
            assert!(!jobs.contains("\"STATE\":\"FAILED\""), "after {minutes} min: {jobs}");
        }
    }
}

/// `verify`: exit 3 and why, or 0 with what was learned by name.
const LOOKS: &[(Rules, i32, &str)] = &[
    (&[points(Source)], 3, "call-failed:backup:ListRecoveryPointsByBackupVault"),
    (&[points(Intermediate)], 0, "PROTECTED"),
    (&[points(Destination)], 0, "PROTECTED"),
    (&[points(Anywhere), COPY_JOBS], 3, "call-failed:backup:ListRecoveryPointsByBackupVault"),
    (&[points(Anywhere), COPY_JOBS, BACKUP_JOBS], 3, "call-failed:backup:ListRecoveryPointsByBackupVault"),
    (&[points(Destination), COPY_JOBS], 3, "call-failed:backup:ListRecoveryPointsByBackupVault"),
    (&[COPY_JOBS], 3, "call-failed:backup:ListCopyJobs"),
    (&[BACKUP_JOBS], 3, "call-failed:backup:ListBackupJobs"),
    (&[PLANS], 3, "plan-missing"),
    (&[SELECTIONS], 3, "selection-missing"),
    // The plan is known by its name as well.
    (&[TAGS], 0, "PROTECTED"),
    (&[vaults(Source)], 3, "vault-missing"),
    (&[vaults(Destination)], 3, "vault-missing"),
    // The sweep copies what no event brings: what the source's events lack is a warning.
    (&[resources(Source)], 0, "rule-missing"),
    (&[resources(Intermediate)], 3, "missing"),
    (&[databases(Source)], 3, "missing"),
    (&[("events:ListTargetsByRule", Source, Empty("Targets"))], 0, "rule-target-missing"),
];

#[test]
fn no_empty_list_makes_verify_green() {
    let mut wrong = Vec::new();
    for (rules, code, says) in LOOKS {
        let sandbox = worlds::after_a_night();
        spoil(&sandbox, rules);
        let ran = backupctl(&sandbox, "verify -o json");
        if ran.code != *code || !ran.stdout.contains(says) {
            wrong.push(format!("{rules:?}: exit {}, {:?}", ran.code, findings(&ran.json())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The hop that the plan makes by itself is not made beside it, though the plan stands in no list.
#[test]
fn a_plan_that_no_list_shows_copies_all_the_same() {
    let sandbox = worlds::bootstrapped();
    spoil(&sandbox, &[PLANS]);
    for minutes in [1380, 15, 15, 15, 30, 60] {
        backupctl(&sandbox, &format!("sandbox advance {minutes}m")).expect(0);
        backupctl(&sandbox, "copy --all-missing --no-wait");
    }
    backupctl(&sandbox, "sandbox advance 12h").expect(0);
    nothing_twice(&sandbox, "the plan's own hop");
    let by_hand = back_up(&sandbox, "orders");
    backupctl(&sandbox, &format!("copy --recovery-point {by_hand}")).expect(0);
    nothing_twice(&sandbox, "by hand");
}

/// The worlds of this table are deleted whole where no list is spoiled.
#[test]
fn unspoiled_the_world_is_cleaned_up_whole() {
    let sandbox: Sandbox = worlds::after_a_night();
    backupctl(&sandbox, CLEANUP).expect(0);
    assert_eq!(standing(&sandbox).going_keys, 3);
}
