//! The rules of a backup plan, and what AWS Backup checks of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::{invalid_parameter, limit_exceeded};
use super::lifecycle::Lifecycle;
use super::schedule::{self, DEFAULT_EXPRESSION, DEFAULT_TIMEZONE};
use super::{tags, vaults};
use crate::world::{Moment, ServiceError};

/// Rules in a plan, copy actions in a rule, tags that a rule adds (AWS Backup quotas).
const RULES: usize = 10;
const COPY_ACTIONS: usize = 5;
const RULE_TAGS: usize = 10;
/// Windows in minutes (AWS Backup Developer Guide, "Backup plan options").
const LEAST_START_WINDOW: i64 = 60;
const LONGEST_WINDOW: i64 = 52_560_000;
const DEFAULT_START_WINDOW: i64 = 480;
const DEFAULT_COMPLETION_WINDOW: i64 = 10_080;

/// A plan's document as the API has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PlanDocument {
    pub backup_plan_name: String,
    pub rules: Vec<Rule>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advanced_backup_settings: Vec<Value>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Rule {
    pub rule_name: String,
    pub target_backup_vault_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_logically_air_gapped_backup_vault_arn: Option<String>,
    pub schedule_expression: Option<String>,
    pub start_window_minutes: Option<i64>,
    pub completion_window_minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    #[serde(default)]
    pub recovery_point_tags: BTreeMap<String, String>,
    /// Drawn by AWS; a request has none.
    #[serde(default)]
    pub rule_id: String,
    #[serde(default)]
    pub copy_actions: Vec<CopyAction>,
    #[serde(default)]
    pub enable_continuous_backup: bool,
    pub schedule_expression_timezone: Option<String>,
}

/// Where a rule copies what it backed up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CopyAction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    pub destination_backup_vault_arn: String,
}

impl Rule {
    /// The schedule in words.
    pub(super) fn expression(&self) -> &str {
        self.schedule_expression.as_deref().unwrap_or(DEFAULT_EXPRESSION)
    }

    /// The schedule's time zone.
    pub(super) fn timezone(&self) -> &str {
        self.schedule_expression_timezone.as_deref().unwrap_or(DEFAULT_TIMEZONE)
    }

    /// The first fire time after `after`; a rate counts from `anchor`.
    pub(super) fn next_fire(&self, after: Moment, anchor: Moment) -> Option<Moment> {
        schedule::next_fire(self.expression(), self.timezone(), after, anchor)
    }

    /// How long a job may wait to start, in minutes.
    pub(super) fn start_window(&self) -> i64 {
        self.start_window_minutes.unwrap_or(DEFAULT_START_WINDOW)
    }

    /// How long after its time a job must be over, in minutes.
    pub(super) fn completion_window(&self) -> i64 {
        self.completion_window_minutes.unwrap_or(DEFAULT_COMPLETION_WINDOW)
    }

    fn complete(&mut self) {
        self.schedule_expression.get_or_insert_with(|| DEFAULT_EXPRESSION.to_owned());
        self.schedule_expression_timezone.get_or_insert_with(|| DEFAULT_TIMEZONE.to_owned());
        self.start_window_minutes.get_or_insert(DEFAULT_START_WINDOW);
        self.completion_window_minutes.get_or_insert(DEFAULT_COMPLETION_WINDOW);
    }

    fn check(&self) -> Result<(), ServiceError> {
        let wrong = |why: &str| Err(invalid_parameter(why));
        if self.target_backup_vault_name.is_empty() {
            return wrong("Backup vault name is null");
        }
        schedule::check(self.expression(), self.timezone())?;
        check_windows(self.start_window_minutes, self.completion_window_minutes)?;
        if self.enable_continuous_backup {
            check_continuous(self.lifecycle.as_ref())?;
        }
        if self.target_logically_air_gapped_backup_vault_arn.is_some() {
            return wrong("The sandbox has no logically air-gapped vaults");
        }
        if let Some(lifecycle) = &self.lifecycle {
            lifecycle.check()?;
        }
        if self.recovery_point_tags.len() > RULE_TAGS {
            return wrong(&format!("The number of recovery point tags must not exceed {RULE_TAGS}"));
        }
        tags::check(&self.recovery_point_tags)?;
        if self.copy_actions.len() > COPY_ACTIONS {
            return wrong(&format!("The number of copy actions must not exceed {COPY_ACTIONS}"));
        }
        for action in &self.copy_actions {
            if vaults::locate(&action.destination_backup_vault_arn).is_none() {
                return wrong(&format!("Invalid destination vault ARN: {}", action.destination_backup_vault_arn));
            }
            if let Some(lifecycle) = &action.lifecycle {
                lifecycle.check()?;
            }
        }
        Ok(())
    }
}

/// Checks the windows of a rule or a job, in minutes.
///
/// # Errors
/// `InvalidParameterValueException`.
pub(super) fn check_windows(start: Option<i64>, completion: Option<i64>) -> Result<(), ServiceError> {
    let start = start.unwrap_or(DEFAULT_START_WINDOW);
    if !(LEAST_START_WINDOW..=LONGEST_WINDOW).contains(&start) {
        return Err(invalid_parameter("StartWindowMinutes must be between 60 and 52560000 minutes"));
    }
    match completion {
        Some(completion) if completion < start || completion > LONGEST_WINDOW => {
            Err(invalid_parameter("CompletionWindowMinutes must not be less than StartWindowMinutes"))
        }
        _ => Ok(()),
    }
}

/// The default windows of a job without any, in minutes: to start, to complete.
pub(super) fn windows(start: Option<i64>, completion: Option<i64>) -> (i64, i64) {
    (start.unwrap_or(DEFAULT_START_WINDOW), completion.unwrap_or(DEFAULT_COMPLETION_WINDOW))
}

/// AWS's own demands on continuous backup, after which the sandbox says that it has none.
fn check_continuous(lifecycle: Option<&Lifecycle>) -> Result<(), ServiceError> {
    let Some(lifecycle) = lifecycle else {
        return Err(invalid_parameter("Lifecycle must be specified for backup rule enabled continuous backup"));
    };
    if lifecycle.move_to_cold_storage_after_days.is_some() {
        return Err(invalid_parameter("MoveToColdStorageAfterDays is unavailable"));
    }
    Err(invalid_parameter("The sandbox has no continuous backup"))
}

impl PlanDocument {
    /// Checks a document and fills in what AWS fills in; the first rule that is wrong is named the
    /// way AWS does.
    ///
    /// # Errors
    /// `InvalidParameterValueException` or `LimitExceededException`.
    pub(super) fn checked(mut self) -> Result<Self, ServiceError> {
        let name = &self.backup_plan_name;
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || name.len() > 50 || !name.chars().all(fits) {
            return Err(invalid_parameter("Invalid backup plan name"));
        }
        if self.rules.is_empty() {
            return Err(invalid_parameter("Backup plan must have at least one rule"));
        }
        if self.rules.len() > RULES {
            return Err(limit_exceeded(format!("A backup plan must not have more than {RULES} rules")));
        }
        for rule in &mut self.rules {
            rule.check().map_err(|error| ServiceError {
                message: format!("Error in some rules due to : {}", error.message),
                ..error
            })?;
            rule.complete();
        }
        Ok(self)
    }

    /// The document without what AWS draws.
    pub(super) fn without_ids(&self) -> Self {
        let mut document = self.clone();
        for rule in &mut document.rules {
            rule.rule_id.clear();
        }
        document
    }
}
