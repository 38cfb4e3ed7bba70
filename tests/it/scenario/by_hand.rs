//! `copy` typed by an operator, beside what AWS does by itself.

use backupctl::sandbox::Sandbox;

use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_intermediate, in_source};
use crate::support::worlds;

/// The copy jobs of an environment's Region, as (source recovery point, state).
fn copy_jobs(sandbox: &Sandbox, intermediate: bool) -> Vec<(String, String)> {
    let list = async |config: aws_config::SdkConfig| {
        let jobs = aws_sdk_backup::Client::new(&config).list_copy_jobs().send().await.expect("ListCopyJobs");
        let jobs = jobs.copy_jobs().iter().map(|job| {
            let state = job.state().map(|state| state.as_str().to_owned()).unwrap_or_default();
            (job.source_recovery_point_arn().unwrap_or_default().to_owned(), state)
        });
        jobs.collect()
    };
    if intermediate { in_intermediate(sandbox, list) } else { in_source(sandbox, list) }
}

/// The recovery points of the source vault.
pub fn source_points(sandbox: &Sandbox) -> Vec<String> {
    in_source(sandbox, async |config| {
        let list = aws_sdk_backup::Client::new(&config)
            .list_recovery_points_by_backup_vault()
            .backup_vault_name("source-vault-account-a-region-a")
            .send()
            .await
            .expect("recovery points");
        list.recovery_points().iter().filter_map(|point| point.recovery_point_arn().map(str::to_owned)).collect()
    })
}

/// Advances a bootstrapped world minute by minute until `done`.
pub fn until(done: impl Fn(&Sandbox) -> bool) -> Sandbox {
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 22h").expect(0);
    for _ in 0..300 {
        if done(&sandbox) {
            return sandbox;
        }
        backupctl(&sandbox, "sandbox advance 1m").expect(0);
    }
    panic!("it never came to that");
}

/// Every source recovery point was copied once, and once more into the destination.
fn one_copy_each(sandbox: &Sandbox, point: &str) {
    let hop_1 = copy_jobs(sandbox, false).into_iter().filter(|(source, _)| source == point).count();
    assert_eq!(hop_1, 1, "{:?}", copy_jobs(sandbox, false));
    let into_destination = in_destination(sandbox, async |config| {
        let list = aws_sdk_backup::Client::new(&config)
            .list_recovery_points_by_backup_vault()
            .backup_vault_name("destination-vault-account-b-region-b")
            .send()
            .await
            .expect("recovery points");
        list.recovery_points().iter().filter_map(|point| point.resource_arn().map(str::to_owned)).collect::<Vec<_>>()
    });
    let mut once = into_destination.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), into_destination.len(), "{into_destination:?}");
}

#[test]
fn typed_before_the_plans_own_first_hop_has_begun_it_makes_no_second_one() {
    let sandbox = until(|sandbox| !source_points(sandbox).is_empty());
    let point = source_points(&sandbox).remove(0);
    let before = copy_jobs(&sandbox, false).iter().filter(|(source, _)| *source == point).count();
    assert!(before <= 1);
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(0).json();
    assert_eq!(ran["copies"][0]["state"], "completed", "{ran:#}");
    assert_eq!(ran["copies"][0]["hops"][0]["action"], "attach", "{ran:#}");
    backupctl(&sandbox, "sandbox advance 6h").expect(0);
    one_copy_each(&sandbox, &point);
}

#[test]
fn typed_while_the_plans_own_first_hop_runs_it_makes_no_second_one() {
    let sandbox = until(|sandbox| copy_jobs(sandbox, false).iter().any(|(_, state)| state == "RUNNING"));
    let running = copy_jobs(&sandbox, false).into_iter().find(|(_, state)| state == "RUNNING");
    let point = running.expect("a running job").0;
    let ran = backupctl(&sandbox, &format!("copy --recovery-point {point} -o json")).expect(0).json();
    assert_eq!(ran["copies"][0]["state"], "completed", "{ran:#}");
    assert_eq!(ran["copies"][0]["hops"][0]["action"], "attach", "{ran:#}");
    backupctl(&sandbox, "sandbox advance 6h").expect(0);
    one_copy_each(&sandbox, &point);
}
