//! What AWS refuses while the client waits: status, code, words.

use aws_sdk_backup::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{BACKUP_ROLE, DESTINATION_ARN, INTERMEDIATE, ORDERS, SOURCE, backed_up};
use crate::mutations::world;
use crate::support::operator::{in_intermediate, in_source};

/// Status, code and message.
fn said<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> (u16, String, String) {
    let error = answer.expect_err("a refusal");
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (status, text(error.code()), text(error.message()))
}

fn is(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

// aws-sdk-js 2625, terraform-provider-aws 26347: a vault that does not exist is a vault that one may not see.
#[test]
fn a_vault_that_does_not_exist_is_one_that_nobody_may_see() {
    in_source(&world(), async |config| {
        let backup = Client::new(&config);
        let denied = is(403, "AccessDeniedException", "Insufficient privileges to perform this action.");
        let describe = backup.describe_backup_vault().backup_vault_name("nobodys").send().await;
        assert_eq!(said(describe), denied);
        let policy = backup.get_backup_vault_access_policy().backup_vault_name("nobodys").send().await;
        assert_eq!(said(policy), denied);
        let none = said(backup.get_backup_vault_access_policy().backup_vault_name(SOURCE).send().await);
        assert_eq!((none.0, none.1.as_str()), (400, "ResourceNotFoundException"));
    });
}

// cloud-nuke 730 and aws-cdk 33711: the vault; aws-sdk-go-v2 1912: the filter; boto3 2797: the page size.
#[test]
fn what_a_vault_with_a_recovery_point_refuses() {
    let sandbox = world();
    let job = backed_up(&sandbox, ORDERS);
    let point = job.recovery_point_arn().expect("a recovery point").to_owned();
    in_source(&sandbox, async |config| {
        let backup = Client::new(&config);
        let delete = backup.delete_backup_vault().backup_vault_name(SOURCE).send().await;
        let text = "Backup vault cannot be deleted because it contains recovery points.";
        assert_eq!(said(delete), is(400, "InvalidRequestException", text));
        let list = backup.list_recovery_points_by_backup_vault().backup_vault_name(SOURCE).by_resource_arn(&point);
        let text = format!("Unsupported resource type: {point}");
        assert_eq!(said(list.send().await), is(400, "InvalidParameterValueException", &text));
        let list = backup.list_recovery_points_by_resource().resource_arn(ORDERS).max_results(5).send().await;
        let text = "Insufficient privileges to perform this action.";
        assert_eq!(said(list), is(403, "AccessDeniedException", text));
        // AWS workshop "Backup Vault Lock" and two field reports.
        let lock = backup.put_backup_vault_lock_configuration().backup_vault_name(SOURCE).min_retention_days(1);
        lock.send().await.expect("PutBackupVaultLockConfiguration");
        let delete = backup.delete_recovery_point().backup_vault_name(SOURCE).recovery_point_arn(&point).send().await;
        let text = "RecoveryPoint cannot be deleted or updated (Backup vault configured with Lock)";
        assert_eq!(said(delete), is(400, "InvalidRequestException", text));
    });
}

// aws-cli 5407: what AWS Backup manages is its alone. aws-maintenance 5: a far copy takes a key.
#[test]
fn what_rds_refuses_of_snapshots_that_aws_backup_manages() {
    let sandbox = world();
    let job = backed_up(&sandbox, ORDERS);
    let point = job.recovery_point_arn().expect("a recovery point").to_owned();
    let identifier = point.rsplit_once(":snapshot:").expect("a snapshot").1.to_owned();
    in_source(&sandbox, async |config| {
        let share = aws_sdk_rds::Client::new(&config).modify_db_snapshot_attribute();
        let share = share.db_snapshot_identifier(&identifier).attribute_name("restore").values_to_add("222222222222");
        let text = format!("The parameter {identifier} is not a valid identifier.");
        let refused = said(share.send().await);
        assert_eq!((refused.0, refused.1.as_str()), (400, "InvalidParameterValue"));
        assert!(refused.2.starts_with(text.trim_end_matches('.')), "{}", refused.2);
    });
    in_intermediate(&sandbox, async |config| {
        let copy = aws_sdk_rds::Client::new(&config).copy_db_snapshot().source_db_snapshot_identifier(&point);
        let copy = copy.target_db_snapshot_identifier("far");
        let text = "Must specify new KMS key for cross region encrypted snapshot copy.";
        assert_eq!(said(copy.send().await), is(400, "InvalidParameterValue", text));
    });
}

// terraform-provider-aws 21407: an empty message. cq-provider-aws 817: an account of no organization.
#[test]
fn the_global_settings_are_the_management_accounts() {
    in_source(&world(), async |config| {
        let update = Client::new(&config).update_global_settings();
        let refused = said(update.global_settings("isCrossAccountBackupEnabled", "false").send().await);
        assert_eq!(refused, is(403, "AccessDeniedException", ""));
    });
}

// AWS Backup Developer Guide, "AWS Backup console dashboards", RESOURCE_NOT_FOUND: `Cannot find recovery point`.
#[test]
fn a_recovery_point_that_does_not_exist_is_not_copied() {
    let sandbox = world();
    in_intermediate(&sandbox, async |config| {
        let start = Client::new(&config).start_copy_job().source_backup_vault_name(INTERMEDIATE);
        let point = "arn:aws:rds:us-west-2:111111111111:snapshot:awsbackup:copyjob-0";
        let start = start.recovery_point_arn(point).destination_backup_vault_arn(DESTINATION_ARN);
        let refused = said(start.iam_role_arn(BACKUP_ROLE).send().await);
        assert_eq!((refused.0, refused.1.as_str()), (400, "ResourceNotFoundException"));
        assert!(refused.2.starts_with("Cannot find recovery point."), "{}", refused.2);
    });
}
