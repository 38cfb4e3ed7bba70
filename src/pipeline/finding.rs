//! Findings, and the record of what was checked.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::check::{Check, Severity};
use super::environment::{EnvironmentName, Hop};
use super::remedy::{Command, Hole, Remedy};
use super::settings::Pipeline;
use crate::policy::evaluate::Layer;

/// Something that is wrong, or worth knowing, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// How bad it is here.
    pub severity: Severity,
    pub environment: EnvironmentName,
    /// What it is about: an ARN, a stack, a setting.
    pub subject: String,
    pub message: String,
    /// What to do, and the commands that do it.
    #[serde(flatten)]
    pub remedy: Remedy,
    /// Where it stands written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Who reads it knows already: it is out of the exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
}

/// That somebody has taken note of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// Why it may stay as it is.
    pub reason: String,
    /// The last day on which that counts.
    pub until: NaiveDate,
}

/// The place in a policy that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    pub document: String,
    /// Whose document that is, where a policy refuses.
    #[serde(skip)]
    pub layer: Option<Layer>,
    /// Which statement of it.
    pub statement: Option<String>,
    /// The action that is decided.
    pub action: Option<String>,
    pub principal: Option<String>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// Looked, nothing wrong.
    Passed,
    /// Looked, something wrong.
    Failed,
    /// Could not look.
    Skipped,
}

/// One check of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub check: Check,
    pub environment: EnvironmentName,
    pub subject: String,
    pub result: CheckResult,
    /// Why it was skipped: `access-denied`, `call-failed:…`, `not-applicable`, `depends-on:…`, `undecided:…`.
    pub reason: Option<String>,
    /// The permission that would have let it look.
    pub missing_permission: Option<String>,
    /// Where the policy asks for what cannot be known beforehand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Whether what it would have found is found by no other check.
    #[serde(skip)]
    pub is_blind: bool,
    /// The hop whose completed copy job answers what could not be known beforehand.
    #[serde(skip)]
    pub proven_by: Option<Hop>,
}

/// Findings and checks, gathered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub checks: Vec<Checked>,
}

impl Report {
    /// Records that a check of a subject passed.
    pub fn pass(&mut self, check: Check, environment: EnvironmentName, subject: impl Into<String>) {
        self.record(Checked::new(check, environment, subject.into(), CheckResult::Passed));
    }

    /// Records that a check could not look, and why.
    pub fn skip(&mut self, check: Check, environment: EnvironmentName, subject: impl Into<String>, skipped: Skipped) {
        let is_blind = skipped.is_blind();
        let proven_by = match &skipped {
            Skipped::Undecided(undecided) => undecided.hop,
            _ => None,
        };
        let evidence = match &skipped {
            Skipped::Undecided(undecided) => Some(undecided.evidence.clone()),
            _ => None,
        };
        let (reason, missing_permission) = match skipped {
            Skipped::AccessDenied(permission) => ("access-denied".to_owned(), Some(permission)),
            Skipped::CallFailed(operation) => (format!("call-failed:{operation}"), None),
            Skipped::NotApplicable => ("not-applicable".to_owned(), None),
            Skipped::DependsOn(other) => (format!("depends-on:{other}"), None),
            Skipped::Undecided(Undecided { key, permission, .. }) => (format!("undecided:{key}"), permission),
        };
        let checked = Checked::new(check, environment, subject.into(), CheckResult::Skipped);
        self.record(Checked { reason: Some(reason), missing_permission, evidence, is_blind, proven_by, ..checked });
    }

    /// Records a finding and the failed check behind it.
    pub fn fail(&mut self, finding: Finding) {
        let subject = finding.subject.clone();
        self.record(Checked::new(finding.check, finding.environment, subject, CheckResult::Failed));
        self.findings.push(finding);
    }

    /// Passes what a completed copy job of the hop has answered: it arrived under the policies that were read.
    pub fn prove(&mut self, hop: Hop) {
        for check in self.checks.iter_mut().filter(|check| check.proven_by == Some(hop)) {
            *check = Checked::new(check.check, check.environment, check.subject.clone(), CheckResult::Passed);
        }
    }

    fn record(&mut self, checked: Checked) {
        self.checks.push(checked);
    }
}

impl Checked {
    fn new(check: Check, environment: EnvironmentName, subject: String, result: CheckResult) -> Self {
        Self {
            check,
            environment,
            subject,
            result,
            reason: None,
            missing_permission: None,
            evidence: None,
            is_blind: false,
            proven_by: None,
        }
    }
}

/// Why a check could not look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skipped {
    /// AWS refused; the permission that is missing.
    AccessDenied(String),
    /// The call brought nothing, for another reason: throttled, no network, an error of AWS's.
    CallFailed(String),
    /// It does not concern this pipeline.
    NotApplicable,
    /// Another check failed that this one builds on.
    DependsOn(Check),
    /// A policy that was read decides by a condition key that cannot be known beforehand.
    Undecided(Undecided),
}

/// What a policy asks that cannot be known beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The condition key, as the statement spells it.
    pub key: String,
    /// The permission that would let it be known; none where nothing would.
    pub permission: Option<String>,
    /// Where it is asked.
    pub evidence: Evidence,
    /// Whether a recovery point can be lost by it.
    pub decides: bool,
    /// The hop that it is about; none where a completed copy job would prove nothing of it.
    pub hop: Option<Hop>,
}

impl Skipped {
    /// Whether nobody looked: what does not apply hides nothing, and what is not there is found missing. Where an
    /// environment could not be entered, the finding that says so is another area's, which may not be asked for.
    fn is_blind(&self) -> bool {
        match self {
            Self::AccessDenied(_) | Self::CallFailed(_) => true,
            Self::Undecided(undecided) => undecided.decides,
            Self::NotApplicable => false,
            Self::DependsOn(other) => {
                matches!(other, Check::CredentialsInvalid | Check::AccountMismatch | Check::RegionUnavailable)
            }
        }
    }
}

impl Finding {
    /// A finding with the check's own severity and remedy.
    pub fn new(
        check: Check,
        environment: EnvironmentName,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let (row, subject) = (check.row(), subject.into());
        let remedy = Remedy::from(row.remedy).fill(Hole::Subject, &subject);
        Self {
            check,
            severity: row.severity,
            environment,
            subject,
            message: message.into(),
            remedy,
            evidence: None,
            acknowledged: None,
        }
    }

    /// The same where what it is about is not what its remedy would name: the subject is filled in nowhere.
    pub fn about(
        check: Check,
        environment: EnvironmentName,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::new(check, environment, subject, message).with_remedy(Remedy::from(check.row().remedy))
    }

    /// The same finding, its remedy with the last part of the subject's ARN where a command takes a name.
    #[must_use]
    pub fn named(self) -> Self {
        let name = self.subject.rsplit(['/', ':']).next().unwrap_or(&self.subject).to_owned();
        self.fill(Hole::Name, &name)
    }

    /// Whether it is to be counted: by the exit code, and among errors and warnings.
    pub fn counts(&self) -> bool {
        self.acknowledged.is_none()
    }

    /// Marks it, where the configuration acknowledges it and it is a warning or an error about a resource. One whose
    /// day is over is said to be.
    pub fn acknowledge(&mut self, pipeline: &Pipeline, now: DateTime<Utc>) {
        let may_be = match self.severity {
            Severity::Error => self.check.is_about_a_resource(),
            Severity::Warning => true,
            Severity::Info => false,
        };
        if !may_be {
            return;
        }
        if let Some(found) = pipeline.acknowledged(self.check, &self.subject, now) {
            self.acknowledged = Some(Acknowledged { reason: found.reason.clone(), until: found.until });
        } else if let Some(over) = pipeline.acknowledgements.iter().find(|one| one.is_about(self.check, &self.subject))
        {
            self.message += &format!(" (its acknowledgement ended on {})", over.until);
        }
    }

    /// The same finding with another remedy than the check's own.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = remedy;
        self
    }

    /// The same finding with one more thing to do.
    #[must_use]
    pub fn then(mut self, text: impl Into<Cow<'static, str>>, commands: Vec<Command>) -> Self {
        self.remedy = self.remedy.then(text, commands);
        self
    }

    /// The same finding with a hole of its remedy filled.
    #[must_use]
    pub fn fill(mut self, hole: Hole, value: &str) -> Self {
        self.remedy = self.remedy.fill(hole, value);
        self
    }

    /// The same finding with another severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedys_command_names_the_subject() {
        let subject = "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1";
        let finding =
            Finding::new(Check::DestinationCopyMissing, EnvironmentName::Destination, subject, "it is not there");
        assert_eq!(finding.remedy.commands(), [format!("backupctl copy --recovery-point {subject}")]);
    }

    #[test]
    fn a_finding_is_also_a_failed_check() {
        let mut report = Report::default();
        report.fail(Finding::new(Check::StackMissing, EnvironmentName::Source, "stack", "gone"));
        report.skip(
            Check::VaultMissing,
            EnvironmentName::Source,
            "vault",
            Skipped::AccessDenied("backup:ListBackupVaults".to_owned()),
        );
        assert_eq!(report.checks[0].result, CheckResult::Failed);
        assert_eq!(report.checks[1].missing_permission.as_deref(), Some("backup:ListBackupVaults"));
    }
}
