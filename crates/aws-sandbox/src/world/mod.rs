//! The world: everything that exists in the simulated AWS, and the one way in which it changes.

pub mod call;
pub mod error;
pub mod faults;
pub mod ids;
pub mod moment;
pub mod queue;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use self::call::{Access, Call, Caller, Operation, OperationKind};
pub use self::error::ServiceError;
pub use self::faults::Faults;
pub use self::ids::Ids;
pub use self::moment::Moment;
pub use self::queue::Queue;
use super::services::{self, Due, Service};
use aws_policy::context::Context;
use aws_policy::names::{AccountId, Region};

/// One account in one Region: where a regional service keeps its state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub account: AccountId,
    pub region: Region,
}

impl Place {
    /// One account in one Region.
    pub fn new(account: AccountId, region: Region) -> Self {
        Self { account, region }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

impl FromStr for Place {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (account, region) = text.split_once('/').ok_or_else(|| format!("`{text}` is not account/Region"))?;
        Ok(Self {
            account: account.parse().map_err(|error| format!("{error}"))?,
            region: region.parse().map_err(|error| format!("{error}"))?,
        })
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The state of one service, account by account or place by place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Per<K: Ord, T>(BTreeMap<K, T>);

impl<K: Ord, T> Default for Per<K, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, T: Default> Per<K, T> {
    /// The state there, if anything was ever made there.
    pub fn get(&self, key: &K) -> Option<&T> {
        self.0.get(key)
    }

    /// The state there, empty at first.
    pub fn at(&mut self, key: &K) -> &mut T {
        self.0.entry(key.clone()).or_default()
    }

    /// All states in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &T)> {
        self.0.iter()
    }

    /// All states, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut T)> {
        self.0.iter_mut()
    }
}

/// What the world does where AWS does not document itself, and its pace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What one call costs, in milliseconds.
    pub call_latency_ms: i64,
    /// A scheduled job starts at most this long after its time, in seconds.
    pub start_delay_seconds: i64,
    /// How long AWS Backup remembers an idempotency token, in seconds.
    pub token_memory_seconds: i64,
    /// For whom it remembers one.
    pub token_scope: TokenScope,
    /// How far back job lists reach, in seconds.
    pub job_list_seconds: i64,
    /// How late lists of jobs, recovery points and snapshots are, in seconds. What is asked for by name is never late.
    pub list_lag_seconds: i64,
    /// How late `NumberOfRecoveryPoints` is, in seconds; at most an hour.
    pub count_lag_seconds: i64,
    /// Within how many seconds after its time an expired recovery point goes.
    pub expiry_spread_seconds: i64,
    /// How many of a hundred events of AWS services never come.
    pub events_lost_percent: i64,
    /// How many of a hundred events of AWS services come twice.
    pub events_twice_percent: i64,
    /// How long a change of IAM stays invisible, in seconds.
    pub iam_lag_seconds: i64,
    /// What the copy of a snapshot says its database's id is.
    pub copied_snapshot_id: CopiedId,
}

/// What the copy of a snapshot says its database's `DbiResourceId` is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopiedId {
    /// What the snapshot says that it is a copy of.
    #[default]
    Kept,
    /// Nothing.
    Absent,
    /// Another id, for each copy one of its own.
    Another,
}

/// Who shares the tokens that AWS Backup remembers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenScope {
    /// Every caller of an account in a Region.
    #[default]
    Account,
    /// Each principal has its own.
    Principal,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            call_latency_ms: 50,
            start_delay_seconds: 15 * 60,
            token_memory_seconds: 3600,
            token_scope: TokenScope::Account,
            job_list_seconds: 30 * 86_400,
            list_lag_seconds: 0,
            count_lag_seconds: 30,
            expiry_spread_seconds: 8 * 3600,
            events_lost_percent: 0,
            events_twice_percent: 0,
            iam_lag_seconds: 4,
            copied_snapshot_id: CopiedId::Kept,
        }
    }
}

/// One authorized or refused call, kept for `sandbox show` and for tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrailRecord {
    pub at: Moment,
    /// Where the service answered.
    pub place: Place,
    pub principal: String,
    /// In the form `backup:StartCopyJob`.
    pub action: String,
    pub resource: String,
    /// The error code, where it was refused.
    pub error: Option<String>,
    /// The document and the statement that decided.
    pub decided_by: Option<String>,
}

/// Everything that exists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct World {
    /// Every identifier, duration and delay is drawn from it.
    pub seed: u64,
    pub now: Moment,
    pub settings: Settings,
    /// The Regions that its accounts have enabled.
    pub regions: Vec<Region>,
    pub ids: Ids,
    /// What is due, in order.
    pub queue: Queue,
    /// What was ordered to go wrong.
    #[serde(default)]
    pub faults: Faults,
    /// The last calls, oldest first, bounded.
    pub trail: VecDeque<TrailRecord>,
    pub services: services::States,
    /// How functions run whose source is not the shipped one: the process's, and not saved.
    #[serde(skip)]
    pub python: services::lambda::Python,
}

/// How many records of the trail are kept.
const TRAIL_LENGTH: usize = 500;

impl World {
    /// A world with nothing in it but its clock.
    pub fn empty(seed: u64, now: Moment, regions: Vec<Region>) -> Self {
        Self {
            seed,
            now,
            settings: Settings::default(),
            regions,
            ids: Ids::new(seed),
            queue: Queue::default(),
            faults: Faults::default(),
            trail: VecDeque::new(),
            services: services::States::default(),
            python: services::lambda::Python::default(),
        }
    }

    /// Moves the clock to `instant` and lets everything that is due on the way happen, in order.
    ///
    /// Returns how many things happened. The clock never goes back.
    pub fn advance_to(&mut self, instant: Moment) -> usize {
        let mut happened = 0;
        while let Some((at, place, due)) = self.queue.take_due(instant) {
            self.now = self.now.max(at);
            services::happen(self, &place, due);
            happened += 1;
        }
        self.now = self.now.max(instant);
        happened
    }

    /// Lets `due` happen at `at` (or at once, when that has passed), in `place`.
    pub fn schedule(&mut self, at: Moment, place: &Place, due: impl Into<Due>) {
        self.queue.push(at.max(self.now), place.clone(), due.into());
    }

    /// One call by `caller` to a service in `region`, from outside or from a service inside:
    /// authorized, carried out, noted in the trail. The service answers in the caller's account.
    ///
    /// `context` holds the condition keys that a calling service adds (`kms:ViaService`).
    ///
    /// # Errors
    /// What AWS would answer: the refusal of the authorization, or the service's own error.
    pub fn call(
        &mut self,
        caller: &Caller,
        region: &Region,
        service: Service,
        operation: &str,
        input: Value,
        context: &Context,
    ) -> Result<Value, ServiceError> {
        let request_id = self.ids.request_id();
        let Some(operation) = service.operation(operation) else {
            return Err(ServiceError::unknown_operation(service, operation));
        };
        let call = Call {
            caller: caller.clone(),
            place: Place::new(caller.account(), service.home(region)),
            service,
            operation: operation.name,
            request_id,
            context: context.clone(),
        };
        for access in (operation.needs)(self, &call, &input)? {
            self.authorize(&call, &access)?;
        }
        (operation.run)(self, &call, input)
    }

    /// Whether lists tell already of what happened then.
    pub fn is_listed(&self, at: Moment) -> bool {
        at <= self.now.plus_seconds(-self.settings.list_lag_seconds)
    }

    /// Notes one decision, forgetting the oldest beyond the bound.
    pub fn note(&mut self, record: TrailRecord) {
        if self.trail.len() == TRAIL_LENGTH {
            self.trail.pop_front();
        }
        self.trail.push_back(record);
    }
}
