//! Why a copy job failed: AWS's message names what it can have been, and what is there now says which.

use std::collections::BTreeSet;

use tokio::sync::OnceCell;

use super::observe::ObservedCopy;
use super::predict::read_under;
use crate::operations::doctor::{self, Outlook, ReadUnder};
use crate::operations::sessions::Sessions;
use crate::pipeline::check::{Area, Check};
use crate::pipeline::complete::complete;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::finding::Finding;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::remedy::{Command, Hole, Remedy};
use crate::pipeline::settings::Pipeline;
use crate::policy::names::Arn;
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
    ) -> Finding {
        let look = || Box::pin(doctor::observe_hops(pipeline, sessions, &self.keys));
        let seen = self.seen.get_or_init(look).await;
        let under = ReadUnder::from(&read_under(lineage));
        let outlook = doctor::hop_outlook(pipeline, seen, REQUIREMENTS, hop, &under);
        let mut finding = failed((pipeline, hop, subject), job, &outlook);
        complete(pipeline, &mut finding);
        finding
    }
}

/// What was seen to refuse is the cause; else what the message is known to mean, the likeliest check first, without what
/// was seen to be right.
fn failed((pipeline, hop, subject): (&Pipeline, Hop, &str), job: &CopyJob, outlook: &Outlook) -> Finding {
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
