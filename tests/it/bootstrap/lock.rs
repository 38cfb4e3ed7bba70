//! The lock of the destination vault: deployed, kept, moved without a copy being refused.

use std::sync::mpsc;

use aws_config::SdkConfig;
use aws_sdk_backup::types::Lifecycle;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::world::World;

use super::plan::backup;
use super::{INTERMEDIATE, cloudformation, our_tag, stack_of};
use crate::support::command::{Ran, backupctl, configured};
use crate::support::operator::{in_destination, in_intermediate};
use crate::support::share::share;
use crate::support::worlds;

pub const VAULT: &str = "destination-vault-account-b-region-b";
const DESTINATION: &str = "aws-backup-rds-destination-stack";

/// A configuration that keeps copies these days in account B, under these keys of `[destination]`.
pub fn keeping(days: u32, destination: &str) -> String {
    format!(
        "[source]\naccount = \"111111111111\"\n[intermediate]\n[destination]\naccount = \"222222222222\"\n{destination}\n\
         [organization]\nid = \"o-sandboxorg1\"\n[plan]\ndelete_after_days = 90\ncopy_delete_after_days = 90\n\
         destination_delete_after_days = {days}\n[selection]\n\
         resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n"
    )
}

pub const LOCK: &str = "lock = \"governance\"";

fn run(sandbox: &Sandbox, configuration: &str, arguments: &str) -> Ran {
    configured(sandbox, configuration, &format!("bootstrap {arguments} -o json"))
}

/// The vault's lock: the least and the most days, and whether it has become one that nobody takes off.
fn lock(sandbox: &Sandbox) -> Option<(i64, i64, bool)> {
    in_destination(sandbox, async |config| {
        let found = backup(&config).describe_backup_vault().backup_vault_name(VAULT).send().await.expect("the vault");
        let days = (found.min_retention_days(), found.max_retention_days());
        found
            .locked()
            .unwrap_or_default()
            .then(|| (days.0.expect("the least"), days.1.expect("the most"), found.lock_date().is_some()))
    })
}

/// After `bootstrap` with a lock and a night, in which one database was copied.
pub fn locked(days: u32) -> World {
    let sandbox = worlds::built_in();
    run(&sandbox, &keeping(days, LOCK), "--yes").expect(0);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    sandbox.world()
}

/// Starts a second hop of a recovery point of the intermediate vault, kept so long in account B; the job's id.
pub async fn second_hop(config: &SdkConfig, days: i64) -> String {
    let vault = "intermediate-vault-account-a-region-b";
    let points = backup(config).list_recovery_points_by_backup_vault().backup_vault_name(vault).send().await;
    let point = points.expect("recovery points").recovery_points()[0].recovery_point_arn().expect("an ARN").to_owned();
    let role = format!("arn:aws:iam::111111111111:role/backup-copy-{}", crate::support::operator::REGION_B);
    let call = backup(config)
        .start_copy_job()
        .recovery_point_arn(point)
        .source_backup_vault_name(vault)
        .destination_backup_vault_arn(format!("arn:aws:backup:us-west-2:222222222222:backup-vault:{VAULT}"))
        .iam_role_arn(role)
        .lifecycle(Lifecycle::builder().delete_after_days(days).build());
    call.send().await.expect("StartCopyJob").copy_job_id.expect("an id")
}

/// How a copy job ended, after the time that it takes.
fn ended(sandbox: &Sandbox, job: &str) -> (String, String) {
    backupctl(sandbox, "sandbox advance 4h").expect(0);
    in_intermediate(sandbox, async |config| {
        let found = backup(&config).describe_copy_job().copy_job_id(job).send().await.expect("DescribeCopyJob");
        let job = found.copy_job.expect("a job");
        (job.state.expect("a state").as_str().to_owned(), job.status_message.unwrap_or_default())
    })
}

/// What the second hop keeps its copies now, as the function reads it.
async fn deployed_days(config: &SdkConfig) -> i64 {
    let found = cloudformation(config).describe_stacks().stack_name(INTERMEDIATE).send().await.expect("a stack");
    let outputs = found.stacks()[0].outputs();
    let days = outputs.iter().find(|one| one.output_key() == Some("DestinationDeleteAfterDays")).expect("the output");
    days.output_value().expect("a value").parse().expect("days")
}

#[test]
fn a_lock_admits_the_configured_days_and_five_times_as_many_and_nothing_else() {
    let sandbox = Sandbox::in_memory(locked(7));
    assert_eq!(lock(&sandbox), Some((7, 35, false)));
    assert_eq!(run(&sandbox, &keeping(7, LOCK), "--yes").expect(0).json()["changed"], false);
    let doctor = configured(&sandbox, &keeping(7, LOCK), "doctor -o json").expect(0).json();
    assert!(!doctor["findings"].to_string().contains("vault-unprotected"), "{doctor:#}");
    // From account A a copy can be made neither to die at once nor to fill the vault for ever.
    for (days, state) in [(1, "FAILED"), (36_500, "FAILED"), (36, "FAILED"), (7, "COMPLETED"), (35, "COMPLETED")] {
        let job = in_intermediate(&sandbox, async |config| second_hop(&config, days).await);
        let (found, message) = ended(&sandbox, &job);
        assert_eq!(found, state, "{days} days: {message}");
        let range = "is not within the range specified for the target Backup Vault";
        assert_eq!(message.contains(range), state == "FAILED", "{days} days: {message}");
    }
    let refused = in_destination(&sandbox, async |config| {
        let points = backup(&config).list_recovery_points_by_backup_vault().backup_vault_name(VAULT).send().await;
        let point =
            points.expect("recovery points").recovery_points()[0].recovery_point_arn().expect("an ARN").to_owned();
        let delete = backup(&config).delete_recovery_point().backup_vault_name(VAULT).recovery_point_arn(&point);
        let update =
            backup(&config).update_recovery_point_lifecycle().backup_vault_name(VAULT).recovery_point_arn(point);
        let shorter = Lifecycle::builder().delete_after_days(1).build();
        let update = update.lifecycle(shorter).send().await.expect_err("a lock").into_service_error();
        [delete.send().await.expect_err("a lock").into_service_error().to_string(), update.to_string()]
    });
    assert!(refused.iter().all(|one| one.contains("configured with Lock")), "{refused:?}");
}

/// While the days and the lock change, a copy under the days that are deployed at that moment is never refused.
#[test]
fn no_copy_is_refused_while_retention_and_lock_change() {
    for (from, to) in [(7, 14), (14, 7), (7, 60), (60, 7)] {
        let world = locked(from);
        let wanted = keeping(to, LOCK);
        let undisturbed = Sandbox::in_memory(world.clone());
        undisturbed.interrupt(None);
        run(&undisturbed, &wanted, "--yes").expect(0);
        let calls = undisturbed.calls();
        assert_eq!(lock(&undisturbed), Some((i64::from(to), i64::from(to) * 5, false)), "{from} to {to}");
        assert_eq!(in_intermediate(&undisturbed, async |config| deployed_days(&config).await), i64::from(to));
        for call in share(3, (1..=calls).step_by(9)) {
            let sandbox = Sandbox::in_memory(world.clone());
            let (told, heard) = mpsc::channel();
            sandbox.meanwhile(call, move |sandbox| {
                let job = in_intermediate(&sandbox, async |config| {
                    let days = deployed_days(&config).await;
                    second_hop(&config, days).await
                });
                told.send(job).expect("the test waits for it");
            });
            let about = format!("{from} to {to}, call {call} of {calls}");
            let changed = run(&sandbox, &wanted, "--yes");
            assert_eq!(changed.code, 0, "{about}: {changed:?}");
            let (state, message) = ended(&sandbox, &heard.try_recv().expect("it was started"));
            assert_eq!(state, "COMPLETED", "{about}: {message}");
            assert_eq!(run(&sandbox, &wanted, "--yes").expect(0).json()["changed"], false, "{about}");
        }
    }
}

#[test]
fn a_lock_that_was_taken_off_or_widened_by_hand_is_put_back() {
    let world = locked(7);
    for by_hand in ["off", "wider"] {
        let sandbox = Sandbox::in_memory(world.clone());
        in_destination(&sandbox, async |config| match by_hand {
            "off" => {
                let off = backup(&config).delete_backup_vault_lock_configuration().backup_vault_name(VAULT);
                off.send().await.map(drop).expect("DeleteBackupVaultLockConfiguration");
            }
            _ => {
                let put = backup(&config).put_backup_vault_lock_configuration().backup_vault_name(VAULT);
                let put = put.min_retention_days(1).max_retention_days(100);
                put.send().await.map(drop).expect("PutBackupVaultLockConfiguration");
            }
        });
        let shown = run(&sandbox, &keeping(7, LOCK), "--dry-run").expect(4).json();
        assert_eq!(
            stack_of(&shown, "destination")["repairs"][0],
            format!("lock backup vault {VAULT} again, for 7 to 35 days")
        );
        run(&sandbox, &keeping(7, LOCK), "--yes").expect(0);
        assert_eq!(lock(&sandbox), Some((7, 35, false)), "{by_hand}");
        assert_eq!(run(&sandbox, &keeping(7, LOCK), "--yes").expect(0).json()["changed"], false, "{by_hand}");
    }
}

#[test]
fn a_lock_is_put_on_a_vault_that_stands_and_never_taken_off() {
    let sandbox = worlds::built_in();
    run(&sandbox, &keeping(7, ""), "--yes").expect(0);
    assert_eq!(lock(&sandbox), None);
    let shown = run(&sandbox, &keeping(7, LOCK), "--dry-run").expect(4).json();
    assert!(stack_of(&shown, "destination")["changes"].to_string().contains("LockConfiguration"), "{shown:#}");
    run(&sandbox, &keeping(7, "lock = \"governance\"\nlock_max_days = 100"), "--yes").expect(0);
    assert_eq!(lock(&sandbox), Some((7, 100, false)));
    let refused = run(&sandbox, &keeping(7, ""), "--yes").expect(5).json();
    assert!(refused["error"]["message"].to_string().contains("would take the lock off"), "{refused:#}");
    assert_eq!(lock(&sandbox), Some((7, 100, false)));
}

/// What is copied and what the lock admits lie in two stacks: one of them alone is not changed.
#[test]
fn neither_half_changes_alone() {
    let world = locked(7);
    for environment in ["intermediate", "destination"] {
        let sandbox = Sandbox::in_memory(world.clone());
        let refused = run(&sandbox, &keeping(14, LOCK), &format!("--yes --environment {environment}")).expect(5).json();
        assert!(refused["error"]["hint"].to_string().contains("--environment intermediate --environment destination"));
        assert_eq!(lock(&sandbox), Some((7, 35, false)));
        let both = "--yes --environment intermediate --environment destination";
        run(&sandbox, &keeping(14, LOCK), both).expect(0);
        assert_eq!(lock(&sandbox), Some((14, 70, false)));
    }
}

/// Deployed by hand, the template lets nobody in who was not named.
#[test]
fn the_destination_template_by_hand_admits_no_more_than_bootstrap() {
    let policy = async |config: SdkConfig| {
        let found = backup(&config).get_backup_vault_access_policy().backup_vault_name(VAULT).send().await;
        found.ok().and_then(|answer| answer.policy)
    };
    let bootstrapped = in_destination(&worlds::bootstrapped(), policy).expect("a policy");
    let by_hand = |sources: Option<&str>| {
        let sandbox = worlds::built_in();
        let template = backupctl(&sandbox, "template destination").expect(0).stdout;
        let created = in_destination(&sandbox, async |config| {
            let parameter = |key: &str, value: &str| {
                aws_sdk_cloudformation::types::Parameter::builder().parameter_key(key).parameter_value(value).build()
            };
            let call = cloudformation(&config).create_stack().stack_name(DESTINATION).template_body(template);
            let mut call = call.tags(our_tag()).parameters(parameter("OrganizationId", "o-sandboxorg1"));
            if let Some(sources) = sources {
                call = call.parameters(parameter("SourceAccountIds", sources));
            }
            call.send()
                .await
                .map(drop)
                .map_err(|error| error.into_service_error().meta().message().unwrap_or_default().to_owned())
        });
        backupctl(&sandbox, "sandbox advance 30m").expect(0);
        (created, in_destination(&sandbox, policy))
    };
    let (refused, vault) = by_hand(None);
    assert!(refused.is_err_and(|why| why.contains("[SourceAccountIds] must have values")));
    assert_eq!(vault, None);
    for wrong in ["*", "111111111111,all"] {
        assert_eq!(by_hand(Some(wrong)).1, None, "`{wrong}`");
    }
    // An empty list names nobody.
    let nobody = by_hand(Some("")).1;
    assert!(nobody.as_ref().is_none_or(|policy| policy.contains(r#""Principal":{"AWS":[]}"#)), "{nobody:?}");
    let (created, vault) = by_hand(Some("111111111111"));
    assert_eq!((created, vault), (Ok(()), Some(bootstrapped)));
}
