//! A session: one environment's clients, and the only place where clients are built.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use aws_types::region::Region as SdkRegion;
use aws_types::sdk_config::StalledStreamProtectionConfig;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::error::{AwsError, Refusal};
use super::outside::Outside;
use super::table::{Effect, effect};
use crate::pipeline::settings::CredentialHints;
use crate::policy::names::{AccountId, Region};

/// Attempts of one call, the first included.
const ATTEMPTS: u32 = 8;
/// Tokens of a session's retry bucket: a bounded window of calls cannot drain it.
const RETRY_TOKENS: usize = 100_000;
/// A `Date` header has whole seconds: a smaller difference says nothing.
const DATE_GRAIN_MILLIS: i64 = 2_000;

/// What a session is for whose account is not known yet: no account has this id.
const NO_ACCOUNT: &str = "000000000000";

/// The clients of one account + Region pair, for one set of credentials.
#[derive(Debug, Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    label: String,
    account: AccountId,
    region: Region,
    outside: Outside,
    watch: Arc<Watch>,
    names: AtomicU64,
    clients: Clients,
}

#[derive(Debug)]
struct Clients {
    backup: aws_sdk_backup::Client,
    cloudformation: aws_sdk_cloudformation::Client,
    events: aws_sdk_eventbridge::Client,
    iam: aws_sdk_iam::Client,
    kms: aws_sdk_kms::Client,
    lambda: aws_sdk_lambda::Client,
    organizations: aws_sdk_organizations::Client,
    rds: aws_sdk_rds::Client,
    sqs: aws_sdk_sqs::Client,
    sts: aws_sdk_sts::Client,
}

/// Who STS says that we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// STS was not asked yet.
    Unknown,
    /// The configured account.
    Right,
    /// Another account.
    Other(String),
}

/// Sees every call: counts it, keeps the time of its answer, refuses it in a wrong account.
#[derive(Debug)]
struct Watch {
    outside: Outside,
    account: AccountId,
    calls: AtomicU64,
    clock_offset_millis: AtomicI64,
    identity: Mutex<Identity>,
}

impl Watch {
    fn identity(&self) -> Identity {
        self.identity.lock().map_or(Identity::Unknown, |identity| identity.clone())
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = config.load::<Metadata>() else { return Ok(()) };
        if call.service() == "STS" {
            return Ok(());
        }
        match (self.identity(), effect(call.service(), call.name())) {
            (Identity::Other(found), _) => {
                Err(Refusal::OtherAccount { found, wanted: self.account.to_string() }.into())
            }
            (Identity::Unknown, Effect::Change) => {
                Err(Refusal::Unidentified { wanted: self.account.to_string() }.into())
            }
            _ => Ok(()),
        }
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let header = context.response().headers().get("date");
        if let Some(date) = header.and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            let offset = date.timestamp_millis() - local_now(&self.outside).timestamp_millis();
            let offset = if offset.abs() < DATE_GRAIN_MILLIS { 0 } else { offset };
            self.clock_offset_millis.store(offset, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn local_now(outside: &Outside) -> DateTime<Utc> {
    DateTime::<Utc>::from(outside.time_source.now())
}

/// What a session is for.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    /// How it is called in messages: an environment's name, or `management`.
    pub label: &'a str,
    /// The account that it must be.
    pub account: &'a AccountId,
    /// The Region of its calls.
    pub region: &'a Region,
    /// Where credentials come from, where the top gives none.
    pub credentials: &'a CredentialHints,
}

impl Session {
    /// Builds a session; nothing is called.
    ///
    /// Credentials are the given ones, else the profile's or the environment's; a role is assumed
    /// with them in either case.
    pub async fn open(place: Place<'_>, outside: &Outside) -> Self {
        let watch = Arc::new(Watch {
            outside: outside.clone(),
            account: place.account.clone(),
            calls: AtomicU64::new(0),
            clock_offset_millis: AtomicI64::new(0),
            identity: Mutex::new(Identity::Unknown),
        });
        let base = base_config(&place, outside).await;
        let config = with_role(base, &place).await;
        let clients = clients(&config, &place, &watch);
        let inner = Inner {
            label: place.label.to_owned(),
            account: place.account.clone(),
            region: place.region.clone(),
            outside: outside.clone(),
            watch,
            names: AtomicU64::new(0),
            clients,
        };
        Self { inner: Arc::new(inner) }
    }

    /// How the session is called in messages.
    pub fn label(&self) -> &str {
        &self.inner.label
    }

    /// The account that it must be.
    pub fn account(&self) -> &AccountId {
        &self.inner.account
    }

    /// The Region of its calls.
    pub fn region(&self) -> &Region {
        &self.inner.region
    }

    /// Calls made so far, each attempt counted.
    pub fn calls(&self) -> u64 {
        self.inner.watch.calls.load(Ordering::Relaxed)
    }

    /// Now, as AWS's answers have it.
    pub fn now(&self) -> DateTime<Utc> {
        let offset = self.inner.watch.clock_offset_millis.load(Ordering::Relaxed);
        local_now(&self.inner.outside) + TimeDelta::milliseconds(offset)
    }

    /// Waits.
    pub async fn sleep(&self, span: Duration) {
        use aws_smithy_async::rt::sleep::AsyncSleep;
        self.inner.outside.sleep.sleep(span).await;
    }

    /// The local clock: it paces polls and bounds time-outs, nothing else.
    pub fn local_now(&self) -> DateTime<Utc> {
        local_now(&self.inner.outside)
    }

    /// Asks STS who these credentials are, and remembers it: a session of another account refuses
    /// every call but STS's, one that never asked refuses to change anything.
    ///
    /// # Errors
    /// STS's answer, where it gave none.
    pub async fn identify(&self) -> Result<Identity, AwsError> {
        let known = self.inner.watch.identity();
        if known != Identity::Unknown {
            return Ok(known);
        }
        let account = super::sts::caller_account(self).await?;
        let found = if account == self.inner.account.as_str() { Identity::Right } else { Identity::Other(account) };
        if let Ok(mut identity) = self.inner.watch.identity.lock() {
            *identity = found.clone();
        }
        Ok(found)
    }

    /// A name that no other call of this run got: the kind and 12 hex digits, from the seed or from
    /// the time, and a counter.
    pub fn fresh_name(&self, kind: &str) -> String {
        let count = self.inner.names.fetch_add(1, Ordering::Relaxed);
        // The time is part of it with a seed too: under virtual time it repeats, and a second run
        // against the same state must not reuse the first one's names.
        let seed = self.inner.outside.seed.unwrap_or_default();
        let time = local_now(&self.inner.outside).timestamp_micros();
        let text = format!("{seed}\n{time}\n{}\n{}\n{}\n{count}", self.account(), self.region(), self.label());
        let digest = hex::encode(Sha256::digest(format!("{text}\n{kind}").as_bytes()));
        format!("{kind}-{}", &digest[..12])
    }

    pub(super) fn backup(&self) -> &aws_sdk_backup::Client {
        &self.inner.clients.backup
    }
    pub(super) fn cloudformation(&self) -> &aws_sdk_cloudformation::Client {
        &self.inner.clients.cloudformation
    }
    pub(super) fn events(&self) -> &aws_sdk_eventbridge::Client {
        &self.inner.clients.events
    }
    pub(super) fn iam(&self) -> &aws_sdk_iam::Client {
        &self.inner.clients.iam
    }
    pub(super) fn kms(&self) -> &aws_sdk_kms::Client {
        &self.inner.clients.kms
    }
    pub(super) fn lambda(&self) -> &aws_sdk_lambda::Client {
        &self.inner.clients.lambda
    }
    pub(super) fn organizations(&self) -> &aws_sdk_organizations::Client {
        &self.inner.clients.organizations
    }
    pub(super) fn rds(&self) -> &aws_sdk_rds::Client {
        &self.inner.clients.rds
    }
    pub(super) fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.inner.clients.sqs
    }
    pub(super) fn sts(&self) -> &aws_sdk_sts::Client {
        &self.inner.clients.sts
    }
}

/// The account that credentials belong to, as STS says. `account` names the one whose credentials the
/// top gives, where it gives any.
///
/// # Errors
/// STS's answer, where it gave none.
pub async fn whose(
    label: &str,
    account: Option<&AccountId>,
    region: &Region,
    credentials: &CredentialHints,
    outside: &Outside,
) -> Result<AccountId, AwsError> {
    let unknown: AccountId = NO_ACCOUNT.parse().map_err(|_| AwsError::missing("sts:GetCallerIdentity", "Account"))?;
    let account = account.unwrap_or(&unknown);
    let session = Session::open(Place { label, account, region, credentials }, outside).await;
    let found = super::sts::caller_account(&session).await?;
    found.parse().map_err(|_| AwsError::missing("sts:GetCallerIdentity", "Account"))
}

/// Configuration without the role. Where the top gives credentials, nothing of the machine is read.
async fn base_config(place: &Place<'_>, outside: &Outside) -> SdkConfig {
    let region = SdkRegion::new(place.region.as_str().to_owned());
    let retry = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    if let Some(give) = &outside.credentials {
        let mut builder = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .time_source(outside.time_source.clone())
            .sleep_impl(outside.sleep.clone())
            .retry_config(retry)
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
        .retry_config(retry);
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

async fn with_role(base: SdkConfig, place: &Place<'_>) -> SdkConfig {
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

fn clients(config: &SdkConfig, place: &Place<'_>, watch: &Arc<Watch>) -> Clients {
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
                    .interceptor(SharedWatch(watch.clone()))
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
        sqs: client!(aws_sdk_sqs),
        sts: client!(aws_sdk_sts),
    }
}

/// One watch for all clients of a session.
#[derive(Debug, Clone)]
struct SharedWatch(Arc<Watch>);

impl Intercept for SharedWatch {
    fn name(&self) -> &'static str {
        "Watch"
    }
    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.read_before_serialization(context, components, config)
    }
    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.read_before_transmit(context, components, config)
    }
    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.read_before_deserialization(context, components, config)
    }
}

#[cfg(test)]
mod tests;
