//! The rules, the function, the queues and the topic of the event path.

use super::Look;
use std::collections::BTreeMap;

use crate::policy::evaluate::Named;

/// A rule as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub name: String,
    pub arn: String,
    /// Whether it is switched on.
    pub enabled: bool,
    pub pattern: Option<String>,
    pub schedule: Option<String>,
    /// Where it hands its events.
    pub targets: Vec<Target>,
}

/// A rule's target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub arn: String,
    pub role_arn: Option<String>,
    /// The queue for what could not be delivered.
    pub dead_letters: Option<String>,
    /// Whether something else than the event is handed over.
    pub rewrites: bool,
}

/// A function as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its ARN, without a version.
    pub arn: String,
    pub role_arn: String,
    pub runtime: String,
    pub handler: String,
    /// Seconds that it may run.
    pub timeout_seconds: i32,
    /// Digest of its code.
    pub code_sha256: String,
    pub environment: BTreeMap<String, String>,
    /// Instances that it may have at most; none where it shares the account's.
    pub concurrency: Option<i32>,
    pub policy: Option<Named>,
    /// The queue that takes what it failed at for good.
    pub on_failure: Option<String>,
}

/// A queue as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub arn: String,
    pub url: String,
    /// Messages that wait in it, as far as SQS counts them.
    pub messages: u64,
    pub policy: Option<Named>,
}

/// Somebody who is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// An e-mail address, or an ARN.
    pub endpoint: String,
    /// Whether the subscriber has said yes.
    pub confirmed: bool,
}

/// A rule, and what EventBridge says of its pattern.
#[derive(Debug)]
pub struct RuleSeen {
    pub rule: Rule,
    /// Whether its pattern matches the event of a completed first hop.
    pub matches: Look<bool>,
}

/// The path as far as it could be seen. `Ok(None)` is looked and absent.
#[derive(Debug)]
pub struct PathSeen {
    /// The source environment's rule.
    pub forward_rule: Look<Option<RuleSeen>>,
    /// The intermediate environment's rule.
    pub copy_rule: Look<Option<RuleSeen>>,
    /// The rule of the sweep.
    pub sweep_rule: Look<Option<RuleSeen>>,
    /// The resource policy of the intermediate Region's default bus.
    pub bus_policy: Look<Option<String>>,
    pub function: Look<Option<Function>>,
    /// The dead-letter queue of the source environment.
    pub source_queue: Look<Option<Queue>>,
    /// The dead-letter queue of the intermediate environment.
    pub intermediate_queue: Look<Option<Queue>>,
    /// The topic's ARN and who is told by it; not asked for where nobody is to be told.
    pub topic: Look<Option<(String, Vec<Subscription>)>>,
}

impl PathSeen {
    /// Where only the hops are asked about.
    pub fn not_asked() -> Self {
        Self {
            forward_rule: Ok(None),
            copy_rule: Ok(None),
            sweep_rule: Ok(None),
            bus_policy: Ok(None),
            function: Ok(None),
            source_queue: Ok(None),
            intermediate_queue: Ok(None),
            topic: Ok(None),
        }
    }
}
