//! How clients are built: attempts, credentials, the assumed role.

use aws_config::BehaviorVersion;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region as SdkRegion;
use aws_types::sdk_config::StalledStreamProtectionConfig;

use super::answer::Whole;
use super::outside::Outside;
use super::watch::{Place, SharedWatch};

/// Attempts of one call, the first included.
const ATTEMPTS: u32 = 8;
/// Tokens of a session's retry bucket: a bounded window of calls cannot drain it.
const RETRY_TOKENS: usize = 100_000;

/// One client for each service.
#[derive(Debug)]
pub(super) struct Clients {
    pub(super) backup: aws_sdk_backup::Client,
    pub(super) cloudformation: aws_sdk_cloudformation::Client,
    pub(super) events: aws_sdk_eventbridge::Client,
    pub(super) iam: aws_sdk_iam::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) lambda: aws_sdk_lambda::Client,
    pub(super) organizations: aws_sdk_organizations::Client,
    pub(super) rds: aws_sdk_rds::Client,
    pub(super) sns: aws_sdk_sns::Client,
    pub(super) sqs: aws_sdk_sqs::Client,
    pub(super) sts: aws_sdk_sts::Client,
}

/// Configuration without the role. Where the top gives credentials, nothing of the machine is read.
///
/// The SDK's correction of a clock that is off is switched off: it takes each denial for a wrong signature
/// while the clocks differ and repeats it for half a minute, and what it hides AWS says in clear words.
pub(super) async fn base_config(place: &Place<'_>, outside: &Outside) -> SdkConfig {
    let region = SdkRegion::new(place.region.as_str().to_owned());
    let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    if let Some(give) = &outside.credentials {
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .time_source(outside.time_source.clone())
            .sleep_impl(outside.sleep.clone())
            .retry_config(retry)
            .disable_clock_skew_correction(true)
            .credentials_provider(SharedCredentialsProvider::new(give(place.account)));
        builder = match &outside.http_client {
            // Stalled-stream protection sleeps for each attempt: in process there is nothing to stall.
            Some(client) => {
                builder.http_client(client.clone()).stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            }
            None => builder.http_client(https()),
        };
        return builder.build();
    }
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region)
        .time_source(outside.time_source.clone())
        .sleep_impl(outside.sleep.clone())
        .retry_config(retry)
        .disable_clock_skew_correction(true);
    loader = match &outside.http_client {
        Some(client) => {
            loader.http_client(client.clone()).stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        }
        None => loader.http_client(https()),
    };
    if let Some(profile) = &place.credentials.profile {
        loader = loader.profile_name(profile);
    }
    loader.load().await
}

fn https() -> aws_smithy_runtime_api::client::http::SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

pub(super) async fn with_role(base: SdkConfig, place: &Place<'_>) -> SdkConfig {
    let Some(role) = &place.credentials.role_arn else { return base };
    let mut builder = AssumeRoleProvider::builder(role.to_string()).configure(&base).session_name("backupctl");
    if let Some(id) = &place.credentials.external_id {
        builder = builder.external_id(id);
    }
    let provider = match base.credentials_provider() {
        Some(credentials) => builder.build_from_provider(credentials).await,
        None => builder.build().await,
    };
    base.into_builder().credentials_provider(SharedCredentialsProvider::new(provider)).build()
}

/// Each service's client, all seen by one watch.
pub(super) fn clients(config: &SdkConfig, place: &Place<'_>, watch: &SharedWatch) -> Clients {
    let name = format!("{}/{}/{}", place.label, place.account, place.region);
    // The SDK's own bucket is shared by the whole process: one throttled API would spend the
    // retries of all others.
    let partition =
        RetryPartition::custom(name).token_bucket(TokenBucket::builder().capacity(RETRY_TOKENS).build()).build();
    macro_rules! client {
        ($sdk:ident) => {
            $sdk::Client::from_conf(
                $sdk::config::Builder::from(config)
                    .retry_partition(partition.clone())
                    .interceptor(watch.clone())
                    .interceptor(Whole)
                    .build(),
            )
        };
    }
    Clients {
        backup: client!(aws_sdk_backup),
        cloudformation: client!(aws_sdk_cloudformation),
        events: client!(aws_sdk_eventbridge),
        iam: client!(aws_sdk_iam),
        kms: client!(aws_sdk_kms),
        lambda: client!(aws_sdk_lambda),
        organizations: client!(aws_sdk_organizations),
        rds: client!(aws_sdk_rds),
        sns: client!(aws_sdk_sns),
        sqs: client!(aws_sdk_sqs),
        sts: client!(aws_sdk_sts),
    }
}
