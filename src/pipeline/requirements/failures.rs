//! What AWS says when a job or a call fails, and the checks that it can come from.

mod table;

pub use table::FAILURES;

use crate::pipeline::check::Check;
use crate::pipeline::remedy::FixedStep;

/// A text that AWS is known to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Parts that occur in the text in this order; what lies between them varies.
    pub parts: &'static [&'static str],
    /// `MessageCategory` of the job, as AWS spells it; empty for answers of calls and for texts whose category
    /// is not published.
    pub category: &'static str,
    pub cause: &'static str,
    /// The checks that find the cause, likeliest first. Empty where the cause lies with AWS or passes by itself.
    pub checks: &'static [Check],
    /// What to do where no check finds it.
    pub remedy: &'static [FixedStep],
    /// Where AWS, or somebody who met it, wrote it down.
    pub source: &'static str,
}

impl Failure {
    /// Whether AWS's text is this one. Letters' case and what lies between the parts do not matter.
    pub fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let mut rest = text.as_str();
        self.parts.iter().all(|part| match rest.find(&part.to_lowercase()) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }

    /// The text as AWS shows it, `…` for what varies.
    pub fn text(&self) -> String {
        self.parts.join("…")
    }
}

/// What a text can mean, more particular rows first.
///
/// A general row ("does not exist") counts only where no particular one is in the text.
pub fn meanings(text: &str) -> Vec<&'static Failure> {
    let mut found: Vec<&'static Failure> = FAILURES.iter().filter(|failure| failure.is_in(text)).collect();
    if let Some(first) = found.first().copied() {
        found.retain(|other| *other == first || !is_general(other));
    }
    found
}

/// The checks that a message can come from, likeliest first, without those that have looked and passed: where every
/// other one has, what the organization forbids is what is left. Where all have, nothing is ruled out: it may have been
/// so when the message was written.
pub fn causes(text: &str, has_passed: impl Fn(Check) -> bool) -> Vec<Check> {
    let known = meanings(text).first().map(|failure| failure.checks).unwrap_or_default();
    let left: Vec<Check> = known.iter().copied().filter(|check| !has_passed(*check)).collect();
    if left.is_empty() { known.to_vec() } else { left }
}

/// The patterns that AWS publishes as expressions to look for, not as whole messages.
fn is_general(failure: &Failure) -> bool {
    matches!(
        failure.parts,
        ["does not exist"]
            | ["access denied"]
            | ["not authorized to"]
            | ["does not have permission"]
            | ["is disabled."]
            | ["no longer available"]
    )
}

/// The texts that a check's cause can show as.
pub fn texts_of(check: Check) -> impl Iterator<Item = &'static Failure> {
    FAILURES.iter().filter(move |failure| failure.checks.contains(&check))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_checks(text: &str) -> Vec<Check> {
        meanings(text).first().map(|failure| failure.checks.to_vec()).unwrap_or_default()
    }

    #[test]
    fn a_message_with_an_arn_inside_is_known() {
        let text = "The source snapshot KMS key [arn:aws:kms:us-west-2:111111111111:key/k] does not exist, is not \
                    enabled or you do not have permissions to access it.";
        assert_eq!(first_checks(text)[0], Check::KeyPolicyDenies);
        assert_eq!(meanings(text).len(), 1, "the general `does not exist` adds nothing");
    }

    #[test]
    fn quotes_and_case_do_not_matter() {
        let text =
            "\"Backup job failed because backup vault arn:aws:backup:us-east-1:1:backup-vault:x DOES NOT EXIST.\"";
        assert_eq!(first_checks(text), [Check::VaultMissing]);
    }

    #[test]
    fn a_strange_message_means_nothing() {
        assert!(meanings("the sun was in my eyes").is_empty());
    }

    // IAM User Guide, troubleshoot_access-denied: the message names the kind of policy.
    #[test]
    fn the_kind_of_policy_that_aws_names_leads() {
        let said = |action: &str, why: &str| {
            format!(
                "User: arn:aws:sts::111111111111:assumed-role/r/s is not authorized to perform: {action} on resource: \
                     arn {why}"
            )
        };
        for (action, why, first) in [
            ("rds:CopyDBSnapshot", "with an explicit deny in a service control policy", Check::GuardrailDenies),
            ("rds:CopyDBSnapshot", "because no service control policy allows the action", Check::GuardrailDenies),
            ("kms:CreateGrant", "with an explicit deny in a resource control policy", Check::GuardrailDenies),
            ("kms:CreateGrant", "with an explicit deny in a resource-based policy", Check::KeyPolicyDenies),
            (
                "backup:DeleteRecoveryPoint",
                "with an explicit deny in a resource-based policy",
                Check::VaultPolicyDenies,
            ),
            (
                "iam:PassRole",
                "because no identity-based policy allows the iam:PassRole action",
                Check::FunctionRoleDenied,
            ),
            ("rds:CopyDBSnapshot", "because no permissions boundary allows the action", Check::BackupRoleDenied),
            ("events:PutEvents", "because no identity-based policy allows the action", Check::EventForwardDenied),
        ] {
            assert_eq!(first_checks(&said(action, why)).first(), Some(&first), "{action} {why}");
        }
    }

    #[test]
    fn what_has_passed_is_no_cause_and_the_organization_is_what_is_left() {
        let text = "Access Denied trying to call AWS Backup service";
        let seen = [Check::VaultPolicyDenies, Check::BackupRoleDenied, Check::OrganizationMismatch];
        assert_eq!(causes(text, |_| false)[0], Check::VaultPolicyDenies);
        assert_eq!(causes(text, |check| seen.contains(&check)), [Check::GuardrailDenies, Check::GuardrailsUnseen]);
        assert_eq!(causes(text, |_| true), causes(text, |_| false));
        assert_eq!(causes(text, |check| check == Check::VaultPolicyDenies)[0], Check::BackupRoleDenied);
    }

    #[test]
    fn every_row_says_what_to_do() {
        for failure in FAILURES {
            assert!(!failure.checks.is_empty() || !failure.remedy.is_empty(), "{:?}", failure.parts);
            assert!(failure.is_in(&failure.text()), "{:?}", failure.parts);
        }
    }

    #[test]
    fn a_particular_row_stands_before_a_general_one_that_it_contains() {
        for (index, failure) in FAILURES.iter().enumerate() {
            let shadowed = FAILURES[..index].iter().find(|earlier| earlier.is_in(&failure.text()));
            assert!(shadowed.is_none(), "{:?} is hidden by {shadowed:?}", failure.parts);
        }
    }
}
