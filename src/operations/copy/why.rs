//! Why a copy job failed: AWS's message names what it can have been, and what is there now says which.

use std::collections::BTreeSet;

use tokio::sync::OnceCell;

use super::facts::ObservedCopy;
use super::facts::read_under;
use crate::operations::observe::{Scope, observe};
use crate::operations::sessions::Sessions;
use crate::pipeline::checks::points::failed_job;
use crate::pipeline::checks::{ReadUnder, hop_outlook};
use crate::pipeline::complete::complete;
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::Finding;
use crate::pipeline::lineage::Lineage;
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::requirements::REQUIREMENTS;
use crate::pipeline::seen::Observed as Seen;
use crate::pipeline::settings::Pipeline;

/// What decides over the hops, looked at once in a run, when its first job has failed.
#[derive(Debug)]
pub(super) struct Doubts {
    keys: BTreeSet<String>,
    seen: OnceCell<Seen>,
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
        let look = || Box::pin(observe(pipeline, sessions, Scope::Hops(&self.keys)));
        let seen = self.seen.get_or_init(look).await;
        let under = ReadUnder::from(&read_under(lineage));
        let outlook = hop_outlook(pipeline, seen, REQUIREMENTS, hop, &under);
        let mut finding = failed_job::diagnose((pipeline, hop, subject), job, &outlook);
        complete(pipeline, &mut finding);
        finding
    }
}
