//! What watches every call of a session: counts it, keeps the time of its answer, refuses it in a wrong account.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use chrono::{DateTime, Utc};

use super::clocks::{ClockReading, Clocks};
use super::error::Refusal;
use super::outside::Outside;
use super::table::{Effect, effect};
use crate::pipeline::seen::caller::Identity;
use crate::pipeline::settings::CredentialHints;
use crate::policy::names::{AccountId, Region};

/// A `Date` header has whole seconds: a smaller difference says nothing.
const DATE_GRAIN_MILLIS: i64 = 2_000;

/// Sees every call: counts it, keeps the time of its answer, refuses it in a wrong account.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) outside: Outside,
    pub(super) account: AccountId,
    pub(super) calls: AtomicU64,
    pub(super) clock_offset_millis: AtomicI64,
    pub(super) clocks: Mutex<Option<Clocks>>,
    pub(super) identity: Mutex<Identity>,
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

    pub(super) fn identity(&self) -> Identity {
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

pub(super) fn local_now(outside: &Outside) -> DateTime<Utc> {
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

/// One watch for all clients of a session.
#[derive(Debug, Clone)]
pub(super) struct SharedWatch(pub(super) Arc<Watch>);

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
