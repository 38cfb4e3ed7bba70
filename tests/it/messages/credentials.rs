//! Credentials that are another account's or nobody's: what is told before anything is called with them.

use backupctl::aws::outside::Outside;
use backupctl::config;
use backupctl::operations::OperatorError;
use backupctl::operations::init::{Named, identify};
use backupctl::operations::sessions::Sessions;
use backupctl::output::Problem;
use backupctl::output::style::Style;
use backupctl::pipeline::EnvironmentName;
use backupctl::pipeline::arn::AccountId;
use backupctl::pipeline::settings::CredentialHints;
use backupctl::sandbox::Sandbox;

use crate::support::operator::{administrator, outside};
use crate::support::worlds;

/// Runs `work` with the credentials of the administrator of `account`, whichever account is asked for.
fn as_account<T>(sandbox: &Sandbox, account: &'static str, work: impl AsyncFnOnce(Outside) -> T) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async { work(outside(sandbox, move |_| administrator(account))).await })
}

fn shown(about: &str, error: &OperatorError) -> String {
    format!("## {about}\n{}\n", Problem::of(error).render(Style::PLAIN))
}

#[test]
fn credentials_that_are_not_the_configured_accounts_are_named() {
    let sandbox = worlds::built_in();
    let pipeline = config::built_in().expect("a configuration");
    let asked = async |outside: Outside| {
        let sessions = Sessions::open(&pipeline, &outside).await;
        sessions.identify(&EnvironmentName::ALL).await.expect_err("not this account")
    };
    let looked_for = async |account: Option<&AccountId>, outside: Outside| {
        let credentials = &CredentialHints::default();
        let named =
            Named { environment: EnvironmentName::Source, account, credentials, region: &pipeline.source.region };
        identify(&named, &outside).await.expect_err("not this account")
    };
    let named = async |outside: Outside| looked_for(Some(&pipeline.source.account), outside).await;
    let unnamed = async |outside: Outside| looked_for(None, outside).await;
    let text = [
        shown("Another account's", &as_account(&sandbox, "222222222222", asked)),
        shown("Nobody's", &as_account(&sandbox, "555555555555", asked)),
        shown("Another account's, at `init`", &as_account(&sandbox, "222222222222", named)),
        shown("Nobody's, while the account is looked for", &as_account(&sandbox, "555555555555", unnamed)),
    ];
    insta::assert_snapshot!(text.concat());
}
