//! The backup plans that could be ours.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::decide::Candidate;
use crate::aws::backup::plans::{self, FoundSelection, PlanHead, Rule};
use crate::aws::{AwsError, Session, backup};
use crate::operations::deployment::{TAG, was_ours};
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::pipeline::settings::Pipeline;

/// A plan that carries our tag or our name.
#[derive(Debug)]
pub struct ObservedPlan {
    pub head: PlanHead,
    pub tags: BTreeMap<String, String>,
    pub rules: Vec<Rule>,
    pub selections: Vec<FoundSelection>,
}

impl ObservedPlan {
    /// The pipeline that it says it belongs to.
    pub fn tag(&self) -> Option<&str> {
        self.tags.get(TAG).map(String::as_str)
    }

    pub(in super::super) fn candidate(&self) -> Candidate<'_> {
        Candidate { head: &self.head, rules: &self.rules, selections: &self.selections }
    }
}

/// The plans that could be ours, and where there is none: when the last one was deleted.
pub(super) async fn observe(
    pipeline: &Pipeline,
    session: &Session,
) -> Result<(Vec<ObservedPlan>, Option<DateTime<Utc>>), OperatorError> {
    let fail = |error: AwsError| unseen(session, &error);
    let heads = plans::list_plans(session).await.map_err(fail)?;
    let found = among(pipeline, session, heads).await.map_err(fail)?;
    if !found.is_empty() {
        return Ok((found, None));
    }
    let ever = plans::list_plans_ever(session).await.map_err(fail)?;
    let deleted = ever.iter().filter(|plan| was_ours(pipeline, plan)).filter_map(|plan| plan.deleted_at).max();
    Ok((found, deleted))
}

/// Why the plans could not be looked at.
pub(in super::super) fn unseen(session: &Session, error: &AwsError) -> OperatorError {
    OperatorError::from_aws("cannot look at the backup plans", ErrorPlace::of(session), error)
}

/// Those of these plans that carry our tag or our name.
pub(in super::super) async fn among(
    pipeline: &Pipeline,
    session: &Session,
    heads: Vec<PlanHead>,
) -> Result<Vec<ObservedPlan>, AwsError> {
    let mut found = Vec::new();
    for head in heads {
        // Somebody may delete what was just listed.
        let Some(tags) = still_there(backup::list_tags(session, &head.arn).await)? else { continue };
        let ours = tags.get(TAG).is_some_and(|tag| tag == pipeline.identity());
        if head.name != pipeline.plan.name && !ours {
            continue;
        }
        let Some(rules) = still_there(plans::plan_rules(session, &head.id).await)? else { continue };
        let Some(listed) = still_there(plans::list_selections(session, &head.id).await)? else { continue };
        let mut selections = Vec::new();
        for (id, _) in listed {
            selections.extend(still_there(plans::get_selection(session, &head.id, &id).await)?);
        }
        found.push(ObservedPlan { head, tags, rules, selections });
    }
    Ok(found)
}

fn still_there<T>(answer: Result<T, AwsError>) -> Result<Option<T>, AwsError> {
    match answer {
        Err(error) if error.is("ResourceNotFoundException") => Ok(None),
        answer => answer.map(Some),
    }
}
