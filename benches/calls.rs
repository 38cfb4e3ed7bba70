//! Authorized calls in process, as the benchmark and its check make them.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use backupctl::cli::connector::Connector;
use backupctl::sandbox::{Sandbox, scenario};

/// `DescribeBackupVault` of `bench`, signed once by `../benches/client.py`'s recipe: the sandbox judges
/// no signature's age, so it holds for ever.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIA111111111111SAND/20260105/us-east-1/backup/aws4_request, SignedHeaders=host;x-amz-date, Signature=7db9632730e72a29391f4bb49eef4e2f4ef4348208d3f1e31aae28b82c57ebb0";
const HOST: &str = "127.0.0.1:4566";

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    /// Calls that the service answered with 200.
    pub answered: u64,
    /// How long they took.
    pub took: Duration,
}

/// Makes `count` calls through the SDK, serialisers, signer and parsers included.
pub fn through_the_sdk(count: u64) -> Measured {
    in_a_world(async |sandbox, config| {
        let client = aws_sdk_backup::Client::new(&config);
        let started = now();
        let mut answered = 0;
        for _ in 0..count {
            answered += u64::from(client.describe_backup_vault().backup_vault_name("bench").send().await.is_ok());
        }
        drop(sandbox);
        Measured { answered, took: started.elapsed() }
    })
}

/// Makes `count` calls of a ready request: decoded, authenticated, authorized, carried out, encoded.
pub fn at_the_door(count: u64) -> Measured {
    in_a_world(async |sandbox, _| {
        let connector = Connector::open(&sandbox);
        let started = now();
        let mut answered = 0;
        for _ in 0..count {
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_method("GET").expect("a method");
            request.set_uri(format!("http://{HOST}/backup-vaults/bench")).expect("a URI");
            for (name, value) in [("host", HOST), ("x-amz-date", "20260105T060000Z"), ("authorization", AUTHORIZATION)]
            {
                request.headers_mut().insert(name, value);
            }
            answered += u64::from(connector.call(request).await.is_ok_and(|answer| answer.status().as_u16() == 200));
        }
        Measured { answered, took: started.elapsed() }
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// A world with the vault that is asked for.
fn in_a_world(work: impl AsyncFnOnce(Sandbox, SdkConfig) -> Measured) -> Measured {
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let connector = Connector::open(&sandbox);
        let credentials = Credentials::new("AKIA111111111111SAND", "sandbox", None, None, "bench");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(connector.http_client())
            .time_source(connector.time_source())
            .sleep_impl(connector.sleep())
            .retry_config(RetryConfig::disabled())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let backup = aws_sdk_backup::Client::new(&config);
        backup.create_backup_vault().backup_vault_name("bench").send().await.expect("a vault");
        work(sandbox, config).await
    })
}
