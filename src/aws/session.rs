//! A session: one environment's clients, and the only place where clients are built.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::clients::{Clients, base_config, clients, with_role};
use super::error::{AwsError, Refusal};
use super::outside::Outside;
use super::table::{Effect, effect};
pub use crate::pipeline::seen::caller::Identity;
use crate::pipeline::settings::CredentialHints;
use crate::policy::names::{AccountId, Region};

mod clocks;

pub use clocks::{ClockReading, Clocks};

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

/// Sees every call: counts it, keeps the time of its answer, refuses it in a wrong account.
#[derive(Debug)]
struct Watch {
    outside: Outside,
    account: AccountId,
    calls: AtomicU64,
    clock_offset_millis: AtomicI64,
    clocks: Mutex<Option<Clocks>>,
    identity: Mutex<Identity>,
}

impl Watch {
    fn read_clock(&self, reading: &ClockReading) {
        if let Ok(mut clocks) = self.clocks.lock() {
            match clocks.as_mut() {
                Some(clocks) => clocks.add(reading),
                None => *clocks = Some(Clocks::of(reading)),
            }
        }
    }

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
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        config.interceptor_state().store_put(Host(host_of(context.request().uri())));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let header = context.response().headers().get("date");
        if let Some(date) = header.and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            let offset = date.timestamp_millis() - local_now(&self.outside).timestamp_millis();
            let offset = if offset.abs() < DATE_GRAIN_MILLIS { 0 } else { offset };
            self.clock_offset_millis.store(offset, Ordering::Relaxed);
            // Only an answer to a call that was let in is AWS's own word.
            if context.response().status().is_success() {
                let host = config.load::<Host>().map(|host| host.0.clone()).unwrap_or_default();
                self.read_clock(&ClockReading { offset_millis: offset, host });
            }
        }
        Ok(())
    }
}

/// Whom a request went to.
#[derive(Debug)]
struct Host(String);

impl Storable for Host {
    type Storer = StoreReplace<Self>;
}

/// The host of a URL.
fn host_of(uri: &str) -> String {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
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
            clocks: Mutex::new(None),
            identity: Mutex::new(Identity::Unknown),
        });
        let base = base_config(&place, outside).await;
        let config = with_role(base, &place).await;
        let clients = clients(&config, &place, &SharedWatch(watch.clone()));
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

    /// The clocks of all answers so far that AWS gave to a call which it let in; none before the first.
    pub fn clocks(&self) -> Option<Clocks> {
        self.inner.watch.clocks.lock().ok()?.clone()
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
    pub(super) fn sns(&self) -> &aws_sdk_sns::Client {
        &self.inner.clients.sns
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

/// One watch for all clients of a session.
#[derive(Debug, Clone)]
pub(super) struct SharedWatch(Arc<Watch>);

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
