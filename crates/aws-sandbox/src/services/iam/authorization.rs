//! The one place where a call is allowed or refused.

use super::super::organizations;
use super::lookup::side_of;
use crate::world::{Access, Call, ServiceError, TrailRecord, World};
use aws_policy::context::Context;
use aws_policy::evaluate::{Layer, Named, Principal, Request, Verdict, evaluate};

impl World {
    /// Asks every policy that AWS would ask, and notes the decision.
    ///
    /// # Errors
    /// The service's access-denied error in AWS's words.
    pub fn authorize(&mut self, call: &Call, access: &Access) -> Result<(), ServiceError> {
        let verdict = self.verdict(call, access);
        let decided_by = match &verdict {
            Verdict::Allowed(by) => by.first().map(|by| format!("{}: {}", by.document, by.statement)),
            Verdict::Denied { by, .. } => Some(format!("{}: {}", by.document, by.statement)),
            Verdict::NotAllowed(layer) => Some(format!("no {} allows it", kind_of(*layer))),
            Verdict::Undecided(doubts) => doubts.first().map(|doubt| format!("{} is not known", doubt.key)),
        };
        let refusal = refusal(call, access, &verdict);
        self.note(TrailRecord {
            at: self.now,
            place: call.place.clone(),
            principal: call.caller.shown(),
            action: access.action.clone(),
            resource: access.resource.arn.clone(),
            error: refusal.as_ref().map(|error| error.code.clone()),
            decided_by,
        });
        refusal.map_or(Ok(()), Err)
    }

    /// What the policies say, without a note: for answers that depend on rights the caller may lack.
    pub fn verdict(&self, call: &Call, access: &Access) -> Verdict {
        let mut side = side_of(self, &call.caller.principal);
        side.session = call
            .caller
            .session_policies
            .iter()
            .enumerate()
            .map(|(index, text)| Named { name: format!("session policy {}", index + 1), text: text.clone() })
            .collect();
        side.resource_control = organizations::resource_control(self, &access.resource.owner);
        let context = self.global_context(call, access);
        let request = Request {
            principal: &call.caller.principal,
            action: &access.action,
            resource: &access.resource,
            context: &context,
        };
        evaluate(&request, &side)
    }

    /// The global condition keys (IAM User Guide, "AWS global condition context keys"), then what the
    /// calling service added, then the action's own.
    fn global_context(&self, call: &Call, access: &Access) -> Context {
        let mut context = Context::new()
            .with("aws:CurrentTime", self.now.iso_seconds())
            .with("aws:EpochTime", (self.now.millis() / 1000).to_string())
            .with("aws:RequestedRegion", call.place.region.as_str())
            .with("aws:ResourceAccount", access.resource.owner.as_str())
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", call.context.get("aws:CalledVia").is_some().to_string());
        if let Some(of_resource) = organizations::of(self, &access.resource.owner) {
            context.set("aws:ResourceOrgID", of_resource.id.clone());
            context = context.with_all("aws:ResourceOrgPaths", [of_resource.path(&access.resource.owner)]);
        }
        if let Some(account) = call.caller.principal.account()
            && let Some(of_principal) = organizations::of(self, &account)
        {
            context.set("aws:PrincipalOrgID", of_principal.id.clone());
            context = context.with_all("aws:PrincipalOrgPaths", [of_principal.path(&account)]);
        }
        // A service that says for which account it asks says that account's organization too.
        let source = call.context.get("aws:SourceAccount").and_then(|accounts| accounts.first()?.parse().ok());
        if let (Principal::Service(_), Some(account)) = (&call.caller.principal, source)
            && let Some(of_source) = organizations::of(self, &account)
        {
            context.set("aws:SourceOrgID", of_source.id.clone());
            context = context.with_all("aws:SourceOrgPaths", [of_source.path(&account)]);
        }
        // Temporary credentials carry when they were issued; a service that assumes a role does so for the call
        // ("aws:TokenIssueTime").
        let is_session = matches!(call.caller.principal, Principal::Session { .. });
        if let Some(issued) = call.caller.issued.or(is_session.then_some(self.now)) {
            context.set("aws:TokenIssueTime", issued.iso_seconds());
        }
        if let Principal::User { arn, .. } = &call.caller.principal {
            context.set("aws:username", arn.resource.rsplit('/').next().unwrap_or_default());
        }
        context.extend(&call.context);
        context.extend(&access.context);
        context
    }
}

/// Refuses a call as if no policy of the caller's own allowed it, and notes that.
pub fn deny(world: &mut World, call: &Call, access: &Access) -> ServiceError {
    let why = "because no identity-based policy allows the";
    let error = refused(call, access, &format!("{why} {} action", access.action));
    world.note(TrailRecord {
        at: world.now,
        place: call.place.clone(),
        principal: call.caller.shown(),
        action: access.action.clone(),
        resource: access.resource.arn.clone(),
        error: Some(error.code.clone()),
        decided_by: Some("a fault that was ordered".to_owned()),
    });
    error
}

/// The kind of policy, in the words of AWS's access-denied messages
/// (IAM User Guide, "Troubleshoot access denied error messages").
fn kind_of(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "service control policy",
        Layer::ResourceControl => "resource control policy",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policy",
        Layer::Identity => "identity-based policy",
        Layer::Resource => "resource-based policy",
    }
}

fn refusal(call: &Call, access: &Access, verdict: &Verdict) -> Option<ServiceError> {
    let action = &access.action;
    let why = match verdict {
        Verdict::Allowed(_) => return None,
        Verdict::Denied { layer, .. } => {
            let kind = kind_of(*layer);
            let article = if kind.starts_with('i') { "an" } else { "a" };
            format!("with an explicit deny in {article} {kind}")
        }
        Verdict::NotAllowed(layer) => format!("because no {} allows the {action} action", kind_of(*layer)),
        // No call here leaves a key unknown; were it so, it would be refused.
        Verdict::Undecided(_) => format!("because no identity-based policy allows the {action} action"),
    };
    Some(refused(call, access, &why))
}

fn refused(call: &Call, access: &Access, why: &str) -> ServiceError {
    let action = &access.action;
    let resource = match access.resource.arn.as_str() {
        "*" => String::new(),
        arn => format!(" on resource: {arn}"),
    };
    let text = format!("User: {} is not authorized to perform: {action}{resource} {why}", call.caller.shown());
    ServiceError::new(call.service.row().denied, text)
}
