//! The backup plans that could be ours.

use std::collections::BTreeMap;

use crate::aws::backup::plans::{self, FoundSelection, PlanHead, Rule};
use crate::aws::{AwsError, Session, backup};
use crate::operations::deployment::TAG;
use crate::operations::error::{ErrorPlace, OperatorError};
use crate::pipeline::settings::Pipeline;

/// A plan that carries our tag or our name.
#[derive(Debug)]
pub struct ObservedPlan {
    /// The plan.
    pub head: PlanHead,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Its selections.
    pub selections: Vec<FoundSelection>,
}

impl ObservedPlan {
    /// The pipeline that it says it belongs to.
    pub fn tag(&self) -> Option<&str> {
        self.tags.get(TAG).map(String::as_str)
    }
}

pub(super) async fn observe(pipeline: &Pipeline, session: &Session) -> Result<Vec<ObservedPlan>, OperatorError> {
    let fail =
        |error: AwsError| OperatorError::from_aws("cannot look at the backup plans", ErrorPlace::of(session), &error);
    let mut found = Vec::new();
    for head in plans::list_plans(session).await.map_err(fail)? {
        let tags = backup::list_tags(session, &head.arn).await.map_err(fail)?;
        let ours = tags.get(TAG).is_some_and(|tag| tag == pipeline.identity());
        if head.name != pipeline.plan.name && !ours {
            continue;
        }
        let rules = plans::plan_rules(session, &head.id).await.map_err(fail)?;
        let mut selections = Vec::new();
        for (id, _) in plans::list_selections(session, &head.id).await.map_err(fail)? {
            selections.push(plans::get_selection(session, &head.id, &id).await.map_err(fail)?);
        }
        found.push(ObservedPlan { head, tags, rules, selections });
    }
    Ok(found)
}
