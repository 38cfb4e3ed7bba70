//! Backup plans, their rules and their selections.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::pipeline::arn::VaultArn;

/// A plan as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanHead {
    pub id: String,
    pub arn: String,
    /// Its name; AWS allows several plans of one name.
    pub name: String,
}

/// A plan as the list of all plans, deleted ones included, shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEver {
    pub head: PlanHead,
    /// The id of the request that made it.
    pub request_id: Option<String>,
    /// Whether it was deleted, and when.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What came of asking for a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Creation {
    /// The id of the plan that AWS made, or that an earlier request of the same id made.
    Answered(String),
    /// AWS has such a plan already, and names it where it does.
    Exists(Option<String>),
}

/// A copy that a rule makes of every backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCopy {
    pub vault: VaultArn,
    /// For how many days.
    pub delete_after_days: Option<i64>,
}

/// A backup rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub name: String,
    /// The vault that it backs up to.
    pub vault: String,
    pub schedule: Option<String>,
    pub timezone: Option<String>,
    /// Counted in whole minutes.
    pub start_window_minutes: Option<i64>,
    /// Counted in whole minutes.
    pub completion_window_minutes: Option<i64>,
    pub delete_after_days: Option<i64>,
    /// Tags of its recovery points.
    pub tags: BTreeMap<String, String>,
    pub copies: Vec<RuleCopy>,
    /// What else is set in it, as AWS names it: nothing that this tool ever sets.
    pub others: Vec<String>,
}

/// A backup selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionSpec {
    pub name: String,
    /// The role that AWS Backup acts as.
    pub role_arn: String,
    pub resources: Vec<String>,
    /// ARNs that are left out.
    pub not_resources: Vec<String>,
    /// Any of these tags.
    pub any_tag: BTreeMap<String, String>,
    /// All of these tags.
    pub all_tags: BTreeMap<String, String>,
    /// Its other conditions, as AWS names them: nothing that this tool ever sets.
    pub others: Vec<String>,
}

/// A selection as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSelection {
    pub id: String,
    /// When it was made: databases are selected since then.
    pub created_at: Option<DateTime<Utc>>,
    pub spec: SelectionSpec,
}

/// A backup plan of the source environment.
#[derive(Debug)]
pub struct PlanSeen {
    pub head: PlanHead,
    /// Whether it carries our tag or our name.
    pub ours: bool,
    pub rules: Vec<Rule>,
    pub selections: Vec<FoundSelection>,
}
