//! An operator beside `backupctl`: the AWS SDK itself, through the same in-process connector.

use std::future::Future;
use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use backupctl::aws::Outside;
use backupctl::aws::outside::LocalClock;
use backupctl::cli::connector::Connector;
use backupctl::pipeline::arn::AccountId;
use backupctl::sandbox::Sandbox;

use super::budget::counted;

pub const PRODUCTION: &str = "111111111111";
pub const CENTRAL: &str = "222222222222";
pub const REGION_A: &str = "us-east-1";
pub const REGION_B: &str = "us-west-2";

/// Runs `work` as the administrator of `account` in `region`; the world's clock stands afterwards
/// where the work's own waits and calls left it.
pub fn acting<T, F>(sandbox: &Sandbox, account: &str, region: &str, work: impl FnOnce(SdkConfig) -> F) -> T
where
    F: Future<Output = T>,
{
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    counted(Some(sandbox), || {
        runtime.block_on(async {
            let connector = Connector::open(sandbox);
            let config = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(connector.http_client())
                .time_source(connector.time_source())
                .sleep_impl(connector.sleep())
                .retry_config(RetryConfig::disabled())
                .region(Region::new(region.to_owned()))
                .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(administrator(
                    account,
                )))
                .build();
            let result = work(config).await;
            connector.settle().expect("an in-memory world");
            result
        })
    })
}

/// The credentials of an account's administrator.
pub fn administrator(account: &str) -> Credentials {
    Credentials::new(format!("AKIA{account}SAND"), "sandbox", None, None, "test")
}

/// What an operation is handed to work inside a sandbox; `give` has the credentials for the account that is asked for.
pub fn outside(sandbox: &Sandbox, give: impl Fn(&AccountId) -> Credentials + Send + Sync + 'static) -> Outside {
    let connector = Connector::open(sandbox);
    Outside {
        http_client: Some(connector.http_client()),
        time_source: connector.time_source(),
        local_clock: LocalClock::Another,
        sleep: connector.sleep(),
        credentials: Some(Arc::new(give)),
        seed: Some(1),
    }
}

/// The physical id of what a stack made.
pub async fn made(config: &SdkConfig, stack: &str, logical_id: &str) -> String {
    let call = aws_sdk_cloudformation::Client::new(config).describe_stack_resource();
    let found = call.stack_name(stack).logical_resource_id(logical_id).send().await.expect("DescribeStackResource");
    let detail = found.stack_resource_detail.expect("a resource");
    detail.physical_resource_id.expect("a physical id")
}

/// As [`acting`], in the source environment.
pub fn in_source<T, F: Future<Output = T>>(sandbox: &Sandbox, work: impl FnOnce(SdkConfig) -> F) -> T {
    acting(sandbox, PRODUCTION, REGION_A, work)
}

/// As [`acting`], in the intermediate environment.
pub fn in_intermediate<T, F: Future<Output = T>>(sandbox: &Sandbox, work: impl FnOnce(SdkConfig) -> F) -> T {
    acting(sandbox, PRODUCTION, REGION_B, work)
}

/// As [`acting`], in the destination environment.
pub fn in_destination<T, F: Future<Output = T>>(sandbox: &Sandbox, work: impl FnOnce(SdkConfig) -> F) -> T {
    acting(sandbox, CENTRAL, REGION_B, work)
}

/// Backs a database up by hand into the source vault, waits for it, and returns its recovery point.
pub fn back_up(sandbox: &Sandbox, database: &str) -> String {
    let backup = |config: &SdkConfig| aws_sdk_backup::Client::new(config);
    let job = in_source(sandbox, async |config| {
        let start = backup(&config).start_backup_job().backup_vault_name("source-vault-account-a-region-a");
        let start = start.resource_arn(format!("arn:aws:rds:{REGION_A}:{PRODUCTION}:db:{database}"));
        let role = format!("arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole");
        start.iam_role_arn(role).send().await.expect("StartBackupJob").backup_job_id.expect("an id")
    });
    sandbox.advance_to(sandbox.now().plus_seconds(2 * 3600)).expect("an in-memory world");
    in_source(sandbox, async |config| {
        let job = backup(&config).describe_backup_job().backup_job_id(job).send().await.expect("DescribeBackupJob");
        job.recovery_point_arn.expect("completed")
    })
}

/// Switches the source's rules off: no event leaves, and there is something to update.
pub fn switch_rules_off(sandbox: &Sandbox) {
    in_source(sandbox, async |config| {
        let events = aws_sdk_eventbridge::Client::new(&config);
        for rule in events.list_rules().send().await.expect("ListRules").rules() {
            events.disable_rule().name(rule.name().expect("a name")).send().await.expect("DisableRule");
        }
    });
}
