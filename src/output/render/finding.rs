//! A finding, and a check that could not look, as people read them.

use crate::pipeline::check::Severity;
use crate::pipeline::finding::{Checked, Evidence, Finding};
use crate::pipeline::remedy::{Command, Remedy, Step};

use super::{Page, fold};

/// The whole finding: what, where, why, and what to do.
pub fn whole(finding: &Finding, page: &Page) -> String {
    let severity = finding.severity.as_str();
    let severity = match finding.severity {
        Severity::Error => page.style.bad(severity),
        Severity::Warning => page.style.warn(severity),
        Severity::Info => page.style.faint(severity),
    };
    let mut text = format!("{severity}: {} ({})\n", finding.check, finding.environment);
    if let Some(acknowledged) = &finding.acknowledged {
        let (until, reason) = (acknowledged.until, &acknowledged.reason);
        text += &fold(&format!("acknowledged until {until}: {reason}"), 2, page.width);
    }
    text += &fold(&finding.subject, 2, page.width);
    text += &fold(&finding.message, 2, page.width);
    if let Some(by) = finding.evidence.as_ref().and_then(|evidence| decided_by(evidence, &finding.message)) {
        text += &fold(&by, 2, page.width);
    }
    text + &remedy(&finding.remedy, 2, page)
}

/// Which document decides it. What the message says already is not said again.
fn decided_by(evidence: &Evidence, message: &str) -> Option<String> {
    let document = &evidence.document;
    let by = match evidence.statement.as_deref() {
        None => String::new(),
        Some(words) if message.contains(words) && message.contains(document.as_str()) => return None,
        Some(numbered) if numbered.starts_with("statement ") => format!(", {numbered}"),
        Some(named) => format!(", statement {named}"),
    };
    Some(format!("decided by: {document}{by}"))
}

/// What to do, each step with its commands under it, which can be pasted.
pub(super) fn remedy(remedy: &Remedy, margin: usize, page: &Page) -> String {
    let heads = std::iter::once("remedy: ").chain(std::iter::repeat(""));
    remedy.steps().iter().zip(heads).map(|(step, head)| one_step(head, step, margin, page)).collect()
}

/// The same under a headline of its own.
pub(super) fn steps(remedy: &Remedy, margin: usize, page: &Page) -> String {
    remedy.steps().iter().map(|step| one_step("", step, margin, page)).collect()
}

fn one_step(head: &str, step: &Step, margin: usize, page: &Page) -> String {
    let typed: Vec<String> = step.commands.iter().filter_map(Command::typed).collect();
    let named: Vec<String> =
        step.commands.iter().filter(|one| one.typed().is_none()).map(|one| format!("`{}`", one.shown())).collect();
    let sentence = step.text.trim_end_matches('.');
    let sentence = match (named.is_empty(), typed.is_empty()) {
        (true, true) => format!("{sentence}."),
        (true, false) => format!("{sentence}:"),
        (false, _) => format!("{sentence}: {}.", named.join(", ")),
    };
    let mut text = fold(&format!("{head}{sentence}"), margin, page.width);
    for command in typed {
        text += &format!("{}{command}\n", " ".repeat(margin + 2));
    }
    text
}

/// Why a check could not look; none where it does not apply here, which is no lack.
pub(super) fn why_skipped(check: &Checked) -> Option<String> {
    let reason = check.reason.as_deref().unwrap_or_default();
    if reason == "not-applicable" {
        return None;
    }
    let permission = check.missing_permission.as_deref();
    if let Some(key) = reason.strip_prefix("undecided:") {
        let by = match &check.evidence {
            None => String::new(),
            Some(Evidence { document, statement, .. }) => match statement.as_deref() {
                None => format!(" in {document}"),
                Some(numbered) if numbered.starts_with("statement ") => format!(" in {numbered} of {document}"),
                Some(named) => format!(" in statement {named} of {document}"),
            },
        };
        return Some(match permission {
            None => format!("depends on the condition key {key}{by}"),
            Some(permission) => format!("depends on the condition key {key}{by}, which {permission} would show"),
        });
    }
    Some(match (permission, reason.split_once(':')) {
        (Some(permission), _) => format!("{permission} is denied"),
        (None, Some(("call-failed", operation))) => format!("{operation} failed"),
        (None, Some(("depends-on", other))) => format!("depends on {other}"),
        (None, _) => reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::render::tests_page;
    use crate::pipeline::check::Check;
    use crate::pipeline::environment::EnvironmentName::{Destination, Source};
    use crate::pipeline::finding::Report;
    use crate::pipeline::finding::Skipped;
    use crate::pipeline::remedy::Hole;

    #[test]
    fn each_step_has_its_commands_under_it_once() {
        let finding = Finding::about(Check::DeadLetters, Source, "arn:q", "2 messages wait in the queue");
        let text = whole(&finding.fill(Hole::Url, "https://q"), &tests_page());
        let expected = "warning: dead-letters (source)\n  arn:q\n  2 messages wait in the queue\n  remedy: Copy the recovery \
                        points that the messages name:\n    backupctl copy --all-missing\n  When they have arrived, empty the \
                        queue:\n    aws sqs purge-queue --queue-url https://q\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_command_that_lacks_something_is_named_in_the_sentence() {
        let finding = Finding::about(Check::KeyDisabled, Destination, "a recovery point", "it is disabled");
        let text = whole(&finding, &tests_page());
        assert!(text.ends_with("  remedy: Enable the key: `aws kms enable-key …`.\n"), "{text}");
    }

    #[test]
    fn what_the_message_says_is_not_said_again() {
        let mut finding = Finding::new(Check::CopyFailed, Destination, "arn:p", "copy job J ended in FAILED: no key");
        let evidence = |statement: &str| Evidence {
            document: "copy job J".to_owned(),
            layer: None,
            statement: Some(statement.to_owned()),
            action: None,
            principal: None,
        };
        finding.evidence = Some(evidence("no key"));
        assert!(!whole(&finding, &tests_page()).contains("decided by"));
        finding.evidence = Some(evidence("another"));
        assert!(whole(&finding, &tests_page()).contains("decided by: copy job J, statement another"));
    }

    #[test]
    fn a_check_that_could_not_look_says_what_it_lacked() {
        let why = |skipped: Skipped| {
            let mut report = Report::default();
            report.skip(Check::WrongKey, Source, "x", skipped);
            why_skipped(&report.checks[0])
        };
        assert_eq!(why(Skipped::NotApplicable), None);
        let denied = why(Skipped::AccessDenied("kms:DescribeKey".to_owned()));
        assert_eq!(denied.as_deref(), Some("kms:DescribeKey is denied"));
        assert_eq!(why(Skipped::DependsOn(Check::StackMissing)).as_deref(), Some("depends on stack-missing"));
        let failed = why(Skipped::CallFailed("kms:GetKeyPolicy".to_owned()));
        assert_eq!(failed.as_deref(), Some("kms:GetKeyPolicy failed"));
    }
}
