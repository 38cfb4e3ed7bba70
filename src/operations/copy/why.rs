//! Why a copy job failed: AWS's message names what it can have been, and what is there now says which.

use std::collections::BTreeSet;

use tokio::sync::OnceCell;

use super::decide::diagnosis;
use super::observe::ObservedCopy;
use super::predict::read_under;
use super::report::Diagnosis;
use crate::operations::doctor::{self, Outlook, ReadUnder};
use crate::operations::sessions::Sessions;
use crate::pipeline::check::Check;
use crate::pipeline::environment::Hop;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::settings::Pipeline;
use crate::requirements::REQUIREMENTS;
use crate::requirements::failures::{causes, meanings};

/// What decides over the hops, looked at once in a run, when its first job has failed.
#[derive(Debug)]
pub(super) struct Doubts {
    keys: BTreeSet<String>,
    seen: OnceCell<doctor::Observed>,
}

impl Doubts {
    pub(super) fn new<'a>(copies: impl Iterator<Item = &'a ObservedCopy>) -> Self {
        Self { keys: copies.filter_map(|copy| read_under(&copy.lineage)).collect(), seen: OnceCell::new() }
    }

    /// Why this job failed.
    pub(super) async fn why(
        &self,
        (pipeline, sessions): (&Pipeline, &Sessions),
        lineage: &Lineage,
        (hop, subject, job): (Hop, &str, &CopyJob),
    ) -> Diagnosis {
        let look = || Box::pin(doctor::observe_hops(pipeline, sessions, &self.keys));
        let seen = self.seen.get_or_init(look).await;
        let under = ReadUnder::from(&read_under(lineage));
        failed(subject, job, &doctor::hop_outlook(pipeline, seen, REQUIREMENTS, hop, &under))
    }
}

/// What was seen to refuse is the cause; else what the message is known to mean, the likeliest check first, without what
/// was seen to be right.
fn failed(subject: &str, job: &CopyJob, outlook: &Outlook) -> Diagnosis {
    let text = job.status_message.as_deref().unwrap_or_default();
    let left = causes(text, |check| outlook.passed.contains(&check));
    let named = outlook.refusals.iter().find(|refusal| left.contains(&refusal.check));
    if let Some(refusal) = named.or(outlook.refusals.first()) {
        return diagnosis(refusal.check, &refusal.subject, refusal.message.clone());
    }
    let unknown = || diagnosis(Check::CopyFailed, subject, format!("copy job {} ended in {}", job.id, job.state));
    let Some(known) = meanings(text).first().copied() else { return unknown() };
    let found = match left.first() {
        Some(check) if known.checks.first() == Some(check) => diagnosis(*check, subject, known.cause.to_owned()),
        // The text's own words are of its likeliest cause.
        Some(check) => diagnosis(*check, subject, check.row().meaning.to_owned()),
        None => Diagnosis { message: known.cause.to_owned(), ..unknown() },
    };
    let remedy = match &left[..] {
        [] if known.remedy.is_empty() => found.remedy,
        [_] if known.remedy.is_empty() || known.checks.len() > 1 => found.remedy,
        [] | [_] => known.remedy.replace(" ARN", &format!(" {subject}")),
        [_, others @ ..] => {
            let others: Vec<&str> = others.iter().map(|check| check.id()).collect();
            format!("{} It can also be {}: `backupctl doctor` tells which.", found.remedy, others.join(" or "))
        }
    };
    Diagnosis { remedy, ..found }
}
