//! AWS's published failures, each caused the way an operator would, by API calls, and read back through the
//! API: text, category, state, code and status. `docs/failures.md` says which failure is met where; those
//! that one change to a deployed pipeline causes are rows of the table of mutations.

mod jobs;
mod organizations;
mod refusals;

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupJob, CopyJob};
use backupctl::sandbox::Sandbox;

use crate::support::operator::in_source;

const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";
const BACKUP_ROLE: &str = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
const SOURCE: &str = "source-vault-account-a-region-a";
const INTERMEDIATE: &str = "intermediate-vault-account-a-region-b";
const DESTINATION: &str = "destination-vault-account-b-region-b";
const DESTINATION_ARN: &str = "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault-account-b-region-b";

/// Lets so many hours pass.
fn pass(sandbox: &Sandbox, hours: i64) {
    sandbox.advance_to(sandbox.now().plus_seconds(hours * 3600)).expect("an in-memory world");
}

/// Starts a backup of a database of the source environment, lets four hours pass, and describes the job.
fn backed_up(sandbox: &Sandbox, database: &str) -> BackupJob {
    in_source(sandbox, async |config| {
        let start = aws_sdk_backup::Client::new(&config).start_backup_job();
        let start = start.backup_vault_name(SOURCE).resource_arn(database).iam_role_arn(BACKUP_ROLE);
        start.send().await.expect("StartBackupJob");
    });
    pass(sandbox, 4);
    in_source(sandbox, newest_backup)
}

async fn newest_backup(config: SdkConfig) -> BackupJob {
    let jobs = aws_sdk_backup::Client::new(&config).list_backup_jobs().send().await.expect("ListBackupJobs");
    jobs.backup_jobs().first().expect("a job").clone()
}

/// Starts a copy out of the source vault into the destination vault, lets six hours pass, and describes it.
fn copied_in_one(sandbox: &Sandbox, point: &str) -> CopyJob {
    let id = in_source(sandbox, async |config| {
        let start = aws_sdk_backup::Client::new(&config).start_copy_job();
        let start = start.recovery_point_arn(point).source_backup_vault_name(SOURCE);
        let start = start.destination_backup_vault_arn(DESTINATION_ARN).iam_role_arn(BACKUP_ROLE);
        start.send().await.expect("StartCopyJob").copy_job_id.expect("an id")
    });
    pass(sandbox, 6);
    in_source(sandbox, async |config| {
        let describe = aws_sdk_backup::Client::new(&config).describe_copy_job().copy_job_id(&id);
        describe.send().await.expect("DescribeCopyJob").copy_job.expect("a job")
    })
}
