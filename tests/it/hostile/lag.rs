//! Lists that are late: what is new stands in none, and what has just ended is still running there. AWS does not say how
//! late its lists are, nor that they are not. The whole pipeline runs with several lags, each with several seeds.

use backupctl::sandbox::{Sandbox, scenario};

use super::super::support::command::{backupctl, configured};
use super::super::support::operator::{back_up, in_source, switch_rules_off};
use super::super::support::spoil::{From, Spoil, spoil};
use super::{nothing_twice, points, told};

const SOURCE: &str = "source-vault-account-a-region-a";

/// The default world with lists that are so many seconds late.
fn late(seed: u64, seconds: i64) -> Sandbox {
    let mut world = scenario::built_in(seed);
    world.settings.list_lag_seconds = seconds;
    Sandbox::in_memory(world)
}

/// How many recovery points lie in each vault.
fn counts(sandbox: &Sandbox) -> Vec<usize> {
    points(sandbox).values().map(std::collections::BTreeMap::len).collect()
}

#[test]
fn a_night_is_copied_once_whatever_the_lag() {
    for (seed, seconds) in [(1, 20), (2, 120), (3, 600), (4, 1800)] {
        let about = format!("seed {seed}, {seconds} s");
        let sandbox = late(seed, seconds);
        backupctl(&sandbox, "bootstrap --yes").expect(0);
        backupctl(&sandbox, "sandbox advance 26h").expect(0);
        backupctl(&sandbox, "verify").expect(0);
        for _ in 0..2 {
            let copied = backupctl(&sandbox, "copy --all-missing -o json").expect(0).json();
            assert_eq!(copied["summary"]["already_copied"], 2, "{about}: {copied}");
        }
        nothing_twice(&sandbox, &about);
        assert_eq!(counts(&sandbox), [2, 2, 2], "{about}");
        backupctl(&sandbox, "cleanup --dry-run").expect(4);
    }
}

/// In the middle of the night, when the plan's own copies and the function's are under way or have just ended.
#[test]
fn copy_beside_the_pipeline_makes_no_second_copy_whatever_the_lag() {
    for (seed, seconds) in [(1, 120), (2, 600), (3, 1800)] {
        // The backups begin at 05:00, 23 hours after the world.
        for minutes in [1385, 1400, 1420, 1450, 1500, 1560] {
            let about = format!("seed {seed}, {seconds} s, after {minutes} min");
            let sandbox = late(seed, seconds);
            backupctl(&sandbox, "bootstrap --yes").expect(0);
            backupctl(&sandbox, &format!("sandbox advance {minutes}m")).expect(0);
            backupctl(&sandbox, "copy --all-missing").expect(0);
            backupctl(&sandbox, "sandbox advance 12h").expect(0);
            nothing_twice(&sandbox, &about);
            assert_eq!(counts(&sandbox), [2, 2, 2], "{about}");
            backupctl(&sandbox, "verify").expect(0);
        }
    }
}

/// The backups of the tests are in nobody's tags: only `copy` brings them on.
#[test]
fn copy_alone_makes_each_hop_once_and_says_already_copied_after() {
    for (seed, seconds) in [(1, 60), (2, 900), (3, 3000)] {
        let about = format!("seed {seed}, {seconds} s");
        let sandbox = late(seed, seconds);
        backupctl(&sandbox, "bootstrap --yes").expect(0);
        switch_rules_off(&sandbox);
        let point = back_up(&sandbox, "orders");
        for (state, _) in [("completed", 1), ("already_copied", 2)] {
            let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(0);
            assert_eq!(ran.json()["summary"][state], 1, "{about}: {}", told(&ran));
        }
        backupctl(&sandbox, "sandbox advance 2h").expect(0);
        let ran = backupctl(&sandbox, "copy --all-missing -o json").expect(0);
        assert_eq!(ran.json()["summary"]["already_copied"], 1, "{about}: {}", told(&ran));
        nothing_twice(&sandbox, &about);
        assert_eq!(counts(&sandbox), [1, 1, 1], "{about}");
    }
}

/// A copy that somebody deleted is made again, once, as soon as its own name says that it is gone.
#[test]
fn a_copy_that_is_gone_is_made_again_and_not_twice() {
    let sandbox = late(1, 300);
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    switch_rules_off(&sandbox);
    let point = back_up(&sandbox, "orders");
    backupctl(&sandbox, &format!("copy --recovery-point {point}")).expect(0);
    backupctl(&sandbox, "sandbox advance 1h").expect(0);
    let (vault, copy) = points(&sandbox)
        .into_iter()
        .find(|(vault, _)| vault.contains("222222222222"))
        .map(|(vault, origins)| (vault, origins.into_values().flatten().next().expect("a copy")))
        .expect("a vault in the destination");
    super::super::support::operator::in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let name = vault.rsplit(':').next().expect("a name");
        let call = backup.delete_recovery_point().backup_vault_name(name).recovery_point_arn(&copy);
        call.send().await.expect("DeleteRecoveryPoint");
    });
    backupctl(&sandbox, "sandbox advance 3h").expect(0);
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(0);
    assert_eq!(ran.json()["summary"]["completed"], 1, "{}", told(&ran));
    nothing_twice(&sandbox, "made again");
    assert_eq!(counts(&sandbox), [1, 1, 1]);
}

/// A list that hides what is new in the one look after the end of each job: two minutes of AWS's time.
#[test]
fn a_recovery_point_that_no_list_has_yet_is_copied_by_its_name() {
    let sandbox = late(1, 6 * 3600);
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    let point = back_up(&sandbox, "orders");
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(0);
    assert_eq!(ran.json()["summary"]["completed"], 1, "{}", told(&ran));
    nothing_twice(&sandbox, "by name");
}

/// One day instead of seven: whoever may copy in account A can start the second hop before the event does.
#[test]
fn a_copy_that_was_cut_short_is_refused_and_not_made_twice() {
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    let point = back_up(&sandbox, "orders");
    backupctl(&sandbox, &format!("copy --recovery-point {point} --delete-after-days 3")).expect(0);
    backupctl(&sandbox, "sandbox advance 30h").expect(0);
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(5);
    let document = ran.json();
    assert_eq!(document["copies"][0]["state"], "refused", "{}", told(&ran));
    assert_eq!(document["copies"][0]["hops"][0]["diagnosis"]["check"], "copy-would-expire");
    nothing_twice(&sandbox, "cut short");
}

/// A lock that admits no less than 30 days: AWS would fail the second job after hours of the first.
#[test]
fn what_the_destination_s_lock_does_not_admit_is_refused_before_the_first_hop() {
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    super::super::support::operator::in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let lock = backup.put_backup_vault_lock_configuration();
        let lock = lock.backup_vault_name("destination-vault-account-b-region-b").min_retention_days(30);
        lock.send().await.expect("PutBackupVaultLockConfiguration");
    });
    let point = back_up(&sandbox, "orders");
    for dry in ["", " --dry-run"] {
        let ran = backupctl(&sandbox, &format!("copy --recovery-point {point}{dry} -o json")).expect(5);
        let document = ran.json();
        assert_eq!(document["copies"][0]["state"], "refused");
        assert_eq!(document["copies"][0]["hops"][0]["diagnosis"]["check"], "vault-retention-conflict");
    }
    assert_eq!(counts(&sandbox), [1]);
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} --delete-after-days 30 -o json")).expect(0);
    assert_eq!(ran.json()["summary"]["completed"], 1, "{}", told(&ran));
}

/// What a list leaves out only now and then is not copied again either.
#[test]
fn a_destination_that_a_list_hides_once_its_jobs_are_forgotten_is_not_copied_again() {
    let mut world = scenario::built_in(1);
    world.settings.job_list_seconds = 3600;
    let sandbox = Sandbox::in_memory(world);
    // The sweep relies on the thirty days that AWS lists jobs for.
    let configuration = include_str!("../support/without_sweep.toml");
    configured(&sandbox, configuration, "bootstrap --yes").expect(0);
    backupctl(&sandbox, "sandbox advance 34h").expect(0);
    let before = points(&sandbox);
    let hidden = ("backup:ListRecoveryPointsByBackupVault", From::Destination, Spoil::Empty("RecoveryPoints"));
    spoil(&sandbox, &[hidden]);
    let ran = configured(&sandbox, configuration, "copy --all-missing").expect(1);
    assert!(told(&ran).contains("though AWS counts"), "{}", told(&ran));
    sandbox.clear_between();
    backupctl(&sandbox, "sandbox advance 6h").expect(0);
    assert_eq!(points(&sandbox), before);
    let listed = in_source(&sandbox, async |config| {
        let list = aws_sdk_backup::Client::new(&config).list_recovery_points_by_backup_vault();
        list.backup_vault_name(SOURCE).send().await.expect("a list").recovery_points().len()
    });
    assert_eq!(listed, 2);
}

/// A list that is late shows what is deleted. Of a database the newest copy is told to stay, and it is gone: nothing is
/// deleted on the word of that list.
#[test]
fn a_copy_that_a_late_list_still_shows_is_not_the_one_that_stays() {
    let sandbox = late(1, 45 * 60);
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    backupctl(&sandbox, "sandbox advance 54h").expect(0);
    let destination =
        || points(&sandbox).into_iter().find(|(vault, _)| vault.contains("222222222222")).expect("a vault");
    let (vault, origins) = destination();
    assert_eq!(origins.len(), 4, "two nights of two databases: {origins:?}");
    let newest = origins.iter().rev().find(|(origin, _)| origin.contains(":db:orders ")).expect("a copy").1[0].clone();
    super::super::support::operator::in_destination(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        let name = vault.rsplit(':').next().expect("a name");
        let call = backup.delete_recovery_point().backup_vault_name(name).recovery_point_arn(&newest);
        call.send().await.expect("DeleteRecoveryPoint");
    });
    backupctl(&sandbox, "sandbox advance 5m").expect(0);
    let before = points(&sandbox);
    let prune = "cleanup --keep-last 1 --environment destination --yes --confirm 222222222222";
    let ran = backupctl(&sandbox, &format!("{prune} --quiet")).expect(5);
    assert!(ran.stderr.contains("is gone, though the list shows it"), "{}", told(&ran));
    insta::assert_snapshot!(ran.stderr);
    assert_eq!(points(&sandbox), before);
    // When the list has caught up, the one before is the newest, and stays.
    backupctl(&sandbox, "sandbox advance 4h").expect(0);
    backupctl(&sandbox, prune).expect(0);
    assert_eq!(destination().1.len(), 2);
}

/// Deletions that lists show late are waited for, whatever the lag; what is told as deleted is.
#[test]
fn cleanup_waits_for_lists_that_show_what_is_deleted() {
    for (seed, seconds) in [(1, 60), (2, 900), (3, 2700)] {
        let about = format!("seed {seed}, {seconds} s");
        let sandbox = late(seed, seconds);
        backupctl(&sandbox, "bootstrap --yes").expect(0);
        backupctl(&sandbox, "sandbox advance 30h").expect(0);
        let ran = backupctl(&sandbox, "cleanup --yes --confirm 111111111111 --confirm 222222222222 -o json").expect(0);
        assert_eq!(ran.json()["summary"]["deleted"], 6, "{about}: {}", ran.stdout);
        assert!(counts(&sandbox).is_empty(), "{about}");
    }
}
