//! A session: one environment's clients, and the only place where clients are built.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::answer::Required;
use super::clients::{Clients, base_config, clients, with_role};
use super::error::{AwsError, send};
use super::outside::Outside;
pub use crate::pipeline::seen::caller::Identity;
use crate::pipeline::settings::CredentialHints;
use crate::policy::names::{AccountId, Region};

pub use super::clocks::{ClockReading, Clocks};
pub use super::watch::Place;
use super::watch::{SharedWatch, Watch, local_now};

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
        let account = caller_account(self).await?;
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

/// The account that the session's credentials belong to.
async fn caller_account(session: &Session) -> Result<String, AwsError> {
    let answer = send("sts:GetCallerIdentity", session.sts().get_caller_identity().send()).await?;
    answer.account.required("sts:GetCallerIdentity", "Account")
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
    let found = caller_account(&session).await?;
    found.parse().map_err(|_| AwsError::missing("sts:GetCallerIdentity", "Account"))
}

#[cfg(test)]
mod tests;
