//! Why a copy job failed: AWS's message names what it can have been, and what is there now says which.

use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::checks::Outlook;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::{CheckResult, Evidence, Finding, Report};
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::remedy::{Command, Hole, Remedy, steps};
use crate::pipeline::requirements::failures::{causes, meanings};
use crate::pipeline::settings::Pipeline;
use crate::pipeline::verdict::last_failure;
use crate::policy::names::Arn;

pub(crate) const COPY_FAILED: Row = Row {
    id: "copy-failed",
    area: Area::RecoveryPoints,
    severity: Severity::Error,
    meaning: "The last copy job of a recovery point failed, and the copy is missing.",
    why: "The copy does not arrive by itself once its retries are spent.",
    remedy: steps!["Fix the cause that AWS reports, then copy it." => ["backupctl copy --recovery-point " {Subject}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

/// The last job of a hop, where it failed and nothing came after it.
pub(crate) fn judge(lineage: &Lineage, hop: Hop, name: EnvironmentName, subject: &str, report: &mut Report) {
    if let Some(job) = last_failure(lineage, hop) {
        let why = job.status_message.clone().unwrap_or_else(|| job.state.to_string());
        let message = format!("copy job {} ended in {}: {why}{}", job.id, job.state, likely(&why, report));
        let mut finding = Finding::new(Check::CopyFailed, name, subject, message);
        finding.evidence = Some(Evidence {
            document: format!("copy job {}", job.id),
            layer: None,
            statement: Some(why),
            action: None,
            principal: job.role_arn.clone(),
        });
        report.fail(finding);
    }
}

/// The checks that a message of AWS can come from, but those that have passed.
fn likely(message: &str, report: &Report) -> String {
    let has_passed = |check: Check| {
        let mut of = report.checks.iter().filter(|one| one.check == check).peekable();
        of.peek().is_some() && of.all(|one| one.result == CheckResult::Passed)
    };
    let checks: Vec<&str> = causes(message, has_passed).into_iter().map(Check::id).collect();
    match checks.is_empty() {
        true => String::new(),
        false => format!(" (likely {})", checks.join(" or ")),
    }
}

/// What was seen to refuse is the cause; else what the message is known to mean, the likeliest check first, without what
/// was seen to be right.
pub fn diagnose((pipeline, hop, subject): (&Pipeline, Hop, &str), job: &CopyJob, outlook: &Outlook) -> Finding {
    let text = job.status_message.as_deref().unwrap_or_default();
    let left = causes(text, |check| outlook.passed.contains(&check));
    let named = outlook.refusals.iter().find(|refusal| left.contains(&refusal.check));
    if let Some(refusal) = named.or(outlook.refusals.first()) {
        return refusal.clone();
    }
    let failed = |message: String| Finding::new(Check::CopyFailed, hop.to(), subject, message);
    let Some(known) = meanings(text).first().copied() else {
        return failed(format!("copy job {} ended in {}", job.id, job.state));
    };
    let found = match left.first() {
        Some(check) if known.checks.first() == Some(check) => {
            suspected(pipeline, *check, (hop, subject), text, known.cause)
        }
        // The text's own words are of its likeliest cause.
        Some(check) => suspected(pipeline, *check, (hop, subject), text, check.row().meaning),
        None => failed(known.cause.to_owned()),
    };
    let own = || Remedy::from(known.remedy).fill(Hole::Subject, subject);
    match &left[..] {
        [] if known.remedy.is_empty() => found,
        [_] if known.remedy.is_empty() || known.checks.len() > 1 => found,
        [] | [_] => found.with_remedy(own()),
        [_, others @ ..] => {
            let others: Vec<&str> = others.iter().map(|check| check.id()).collect();
            let text = format!("It can also be {}; this tells which.", others.join(" or "));
            found.then(text, vec![Command::whole("backupctl doctor")])
        }
    }
}

/// What a message points to. Whose state it is about the message says of a key only; of the rest the commands of the
/// check's remedy are named, not made up.
fn suspected(pipeline: &Pipeline, check: Check, (hop, subject): (Hop, &str), text: &str, message: &str) -> Finding {
    match check.row().area {
        Area::RecoveryPoints => Finding::new(check, hop.to(), subject, message),
        Area::Keys => match key_in(text) {
            Some(key) => {
                Finding::new(check, environment_of(pipeline, &key).unwrap_or(hop.to()), key.to_string(), message)
            }
            None => Finding::about(check, hop.to(), subject, message),
        },
        _ => Finding::about(check, hop.to(), subject, message),
    }
}

/// The key that AWS names.
fn key_in(text: &str) -> Option<Arn> {
    let words = text.split(|letter: char| letter.is_whitespace() || "[](),'\"".contains(letter));
    let arns = words.filter_map(|word| word.trim_end_matches('.').parse::<Arn>().ok());
    arns.into_iter().find(|arn| arn.service == "kms")
}

fn environment_of(pipeline: &Pipeline, arn: &Arn) -> Option<EnvironmentName> {
    EnvironmentName::ALL.into_iter().find(|name| {
        let environment = pipeline.environment(*name);
        arn.account_id().as_ref() == Some(&environment.account) && arn.region == environment.region.as_str()
    })
}
