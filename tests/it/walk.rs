//! Whole operations against a world: from an account with nothing of ours to a cleaned-up one.

use std::time::Duration;

use backupctl::aws::wait::Patience;
use backupctl::operations::deployment::Templates;
use backupctl::operations::sessions::Sessions;
use backupctl::operations::{Sink, bootstrap, cleanup, copy, verify};
use backupctl::pipeline::check::Area;
use backupctl::pipeline::{EnvironmentName, Pipeline};
use backupctl::sandbox::handle::Sandbox;
use backupctl::sandbox::scenario;

use crate::support::operator::{administrator, outside};

const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

/// Templates with what the pipeline cannot do without: key, vault, copy role, the public outputs.
const TEMPLATE: &str = include_str!("walk.yml");

fn pipeline() -> Pipeline {
    let mut pipeline = backupctl::config::built_in().expect("the built-in pipeline");
    pipeline.selection.resources = vec![ORDERS.to_owned()];
    pipeline
}

/// Runs a test on tokio's paused clock, which is the world's.
fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(test)
}

async fn sessions(pipeline: &Pipeline, sandbox: &Sandbox) -> Sessions {
    let outside = outside(sandbox, |account| administrator(account.as_str()));
    Sessions::open(pipeline, &outside).await
}

fn bootstrapping() -> bootstrap::Options {
    bootstrap::Options {
        environments: EnvironmentName::ALL.to_vec(),
        mode: bootstrap::Mode::Apply,
        settings: bootstrap::SettingsConsent::Enable,
        plan: bootstrap::WithPlan::Yes,
        templates: Templates([TEMPLATE; 3].map(str::to_owned)),
        patience: Patience::default(),
    }
}

async fn bootstrapped(pipeline: &Pipeline, sessions: &Sessions) -> bootstrap::Bootstrapped {
    let options = bootstrapping();
    let observed = bootstrap::observe(pipeline, sessions, &options, &Sink::none()).await.expect("a look");
    let changes = bootstrap::decide(pipeline, &observed, &options).expect("changes");
    let applied = bootstrap::apply(pipeline, sessions, &observed, &changes, options.patience, &Sink::none()).await;
    assert_eq!(applied.failure, None);
    applied.result
}

async fn copied(pipeline: &Pipeline, sessions: &Sessions) -> copy::Copied {
    let options = copy::Options {
        targets: copy::Targets::AllMissing { since: None },
        retention: None,
        start: copy::Start::AfterPlan,
        outdated: copy::Outdated::Refuse,
        wait: copy::Wait::ForTheEnd,
        concurrency: 4,
        patience: Patience::default(),
    };
    let observed = copy::observe(pipeline, sessions, &options, &Sink::none()).await.expect("a look");
    let changes = copy::decide(pipeline, observed, &options);
    copy::apply(pipeline, sessions, &changes, &options, &Sink::none()).await
}

async fn verified(pipeline: &Pipeline, sessions: &Sessions) -> verify::Verified {
    // These stacks have no event path, which is for `doctor` to say.
    let options = verify::Options { areas: vec![Area::RecoveryPoints], ..verify::Options::default() };
    let seen = verify::observe(pipeline, sessions, &options, &Sink::none()).await;
    verify::judge(pipeline, &seen, &options)
}

async fn cleaned(pipeline: &Pipeline, sessions: &Sessions) -> cleanup::Cleaned {
    let options = cleanup::Options {
        only: Vec::new(),
        environments: EnvironmentName::ALL.to_vec(),
        resources: Vec::new(),
        older_than: None,
        keep_last: None,
        last_copy: cleanup::LastCopy::Keep,
        locks: cleanup::LockConsent::Leave,
        patience: Patience::default(),
    };
    let observed = cleanup::observe(pipeline, sessions, &options, &Sink::none()).await.expect("a look");
    let changes = cleanup::decide(pipeline, &observed, &options);
    cleanup::apply(pipeline, sessions, &changes, &options, &Sink::none()).await
}

#[test]
fn a_second_bootstrap_changes_nothing() {
    run(async {
        let pipeline = pipeline();
        let sandbox = Sandbox::in_memory(scenario::built_in(1));
        let sessions = sessions(&pipeline, &sandbox).await;
        assert!(bootstrapped(&pipeline, &sessions).await.changed);
        assert!(!bootstrapped(&pipeline, &sessions).await.changed);
    });
}

#[test]
fn a_night_ends_protected_a_second_copy_makes_none_and_cleanup_leaves_nothing() {
    run(async {
        let pipeline = pipeline();
        let sandbox = Sandbox::in_memory(scenario::built_in(1));
        let sessions = sessions(&pipeline, &sandbox).await;
        bootstrapped(&pipeline, &sessions).await;
        tokio::time::advance(Duration::from_secs(30 * 3600)).await;
        let first = copied(&pipeline, &sessions).await;
        assert_eq!((first.summary.failed, first.summary.refused), (0, 0), "{first:#?}");
        assert!(first.summary.completed > 0);
        assert!(first.copies.iter().flat_map(|copy| &copy.hops).all(|hop| hop.key_verified), "{first:#?}");
        assert!(first.copies.iter().all(|copy| copy.route.hops == 2));
        let second = copied(&pipeline, &sessions).await;
        assert_eq!(second.summary.already_copied, first.copies.len());
        let verified = verified(&pipeline, &sessions).await;
        assert_eq!(verified.summary.protected, first.copies.len(), "{verified:#?}");
        assert_eq!(verified.summary.checks_failed, 0, "{:#?}", verified.findings);
        let cleaned = cleaned(&pipeline, &sessions).await;
        assert_eq!((&cleaned.failures[..], &cleaned.stopped), (&[][..], &None));
        assert_eq!(cleaned.left_behind, Vec::<String>::new());
        assert_eq!(cleaned.summary.deleted, 3 * first.copies.len());
    });
}
