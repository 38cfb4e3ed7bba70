//! Whether a statement speaks about a request.

use super::context::Context;
use super::document::Statement;
use super::elements::{Chosen, Effect, Version};
use super::keys::PrincipalKind;
use super::names::{Partition, Region};
use super::principal::{self, Closeness};
use super::request::Request;
use super::truth::Truth;
use super::who::Principal;
use super::wildcard::{self, Expanded, Pattern};

/// One request with the condition keys that follow from who asks.
pub(super) struct Question<'a> {
    pub(super) request: &'a Request<'a>,
    context: Context,
    is_bounded: bool,
}

impl<'a> Question<'a> {
    pub(super) fn new(request: &'a Request<'a>, is_bounded: bool) -> Self {
        let context = with_principal_keys(request).asked_for(request.action, PrincipalKind::of(request.principal));
        Self { request, context, is_bounded }
    }

    /// How a statement's principal means the one who asks, `None` in the pair where it has no such element, and
    /// whether all the rest of it holds. Nothing where it means somebody else.
    pub(super) fn meant(&self, statement: &Statement, version: Version) -> Option<(Option<Closeness>, Truth)> {
        let denies = statement.effect == Effect::Deny;
        let closeness = match &statement.principal {
            None => None,
            // Such a statement denies everybody who has a boundary, whoever it names (IAM User Guide, "AWS JSON policy
            // elements: NotPrincipal").
            Some(Chosen::Except(_)) if denies && self.is_bounded => Some(Closeness::Itself),
            Some(element) => Some(principal::meant(element, self.request.principal, denies)?),
        };
        let action = |pattern: &String| wildcard::action_matches(pattern, self.request.action).into();
        let resource = |text: &String| self.is_resource(text, version);
        let parts = [contains(&statement.action, action)]
            .into_iter()
            .chain(statement.resource.iter().map(|chosen| contains(chosen, resource)))
            .chain(
                statement.conditions.iter().map(|condition| condition.holds(&self.context, version, statement.effect)),
            );
        Some((closeness, Truth::all(parts)))
    }

    fn is_resource(&self, text: &str, version: Version) -> Truth {
        match Pattern::of(text, &self.context, version) {
            Expanded::Pattern(pattern) => pattern.matches_resource(&self.request.resource.arn).into(),
            Expanded::NoValue => Truth::False,
            Expanded::Unknown(key) => Truth::open(&key),
        }
    }
}

fn contains<T>(chosen: &Chosen<T>, is: impl Fn(&T) -> Truth) -> Truth {
    match chosen {
        Chosen::Of(list) => Truth::any(list.iter().map(is)),
        Chosen::Except(list) => Truth::any(list.iter().map(is)).not(),
    }
}

/// The keys that follow from the principal (IAM User Guide, "AWS global condition context keys").
fn with_principal_keys(request: &Request<'_>) -> Context {
    let mut derived = Context::new();
    let is_service = matches!(request.principal, Principal::Service(_));
    derived.set("aws:PrincipalIsAWSService", if is_service { "true" } else { "false" });
    if let Some(account) = request.principal.account() {
        derived.set("aws:PrincipalAccount", account.as_str());
    }
    match request.principal {
        Principal::Service(name) => {
            derived.set("aws:PrincipalServiceName", name);
            derived.set("aws:PrincipalServiceNamesList", name);
        }
        Principal::Root(account) => {
            derived.set("aws:PrincipalArn", format!("arn:{}:iam::{account}:root", partition(request)));
            derived.set("aws:PrincipalType", "Account");
            derived.set("aws:userid", account.as_str());
        }
        Principal::User { arn, id } => {
            derived.set("aws:PrincipalArn", arn.to_string());
            derived.set("aws:PrincipalType", "User");
            derived.set("aws:userid", id);
            derived.set("aws:username", arn.resource.rsplit('/').next().unwrap_or_default());
        }
        Principal::Session { role, role_id, name } => {
            derived.set("aws:PrincipalArn", role.to_string());
            derived.set("aws:PrincipalType", "AssumedRole");
            derived.set("aws:userid", format!("{role_id}:{name}"));
        }
    }
    derived.extend(request.context);
    derived
}

/// The partition of a request, which nobody leaves: its resource's, else its Region's.
fn partition(request: &Request<'_>) -> Partition {
    let all = [Partition::China, Partition::GovCloud];
    let named = request.resource.arn.split(':').nth(1);
    let of_resource = all.into_iter().find(|one| named == Some(one.as_str()));
    let region = match request.context.get("aws:RequestedRegion") {
        Some([region]) => region.parse::<Region>().ok(),
        _ => None,
    };
    of_resource.or_else(|| region.map(|region| region.partition())).unwrap_or(Partition::Aws)
}
