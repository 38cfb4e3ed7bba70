//! The order in which policies are asked.

use super::context::Context;
use super::document::{Chosen, Document, Effect, Statement, Version};
use super::evaluate::{Caller, Decider, Layer, Named, Principal, Request, ResourceRule, Verdict};
use super::principal::{self, Closeness};
use super::wildcard::{self, Pattern};

/// The services whose resources resource control policies reach (Organizations User Guide,
/// "Resource control policies": list of AWS services that support RCPs).
const RESOURCE_CONTROL_SERVICES: &[&str] =
    &["s3", "sts", "kms", "sqs", "secretsmanager", "ecr", "aoss", "cognito-idp", "logs", "dynamodb"];

/// A document that was read, or why it could not be.
struct Read<'a> {
    name: &'a str,
    document: Result<Document, String>,
}

impl<'a> Read<'a> {
    fn all(named: impl IntoIterator<Item = &'a Named>) -> Vec<Self> {
        let read = |named: &'a Named| Read {
            name: &named.name,
            document: Document::parse(&named.text).map_err(|error| error.to_string()),
        };
        named.into_iter().map(read).collect()
    }
}

/// All documents of one question.
struct Documents<'a> {
    service_control: Vec<Vec<Read<'a>>>,
    resource_control: Vec<Vec<Read<'a>>>,
    resource: Vec<Read<'a>>,
    identity: Vec<Read<'a>>,
    boundary: Option<Vec<Read<'a>>>,
    session: Option<Vec<Read<'a>>>,
}

impl<'a> Documents<'a> {
    fn of(request: &Request<'a>, caller: &'a Caller) -> Self {
        let is_service = matches!(request.principal, Principal::Service(_));
        let is_linked = principal::is_service_linked(request.principal);
        let has_identity = !is_service && !matches!(request.principal, Principal::Root(_));
        let levels = |levels: &'a [Vec<Named>]| levels.iter().map(Read::all).collect();
        let own = |named: &'a [Named]| if has_identity { Read::all(named) } else { Vec::new() };
        Self {
            service_control: if is_service || is_linked { Vec::new() } else { levels(&caller.service_control) },
            resource_control: if is_linked || !is_resource_controlled(request.action) {
                Vec::new()
            } else {
                levels(&caller.resource_control)
            },
            resource: Read::all(&request.resource.policies),
            identity: own(&caller.identity),
            boundary: caller.boundary.as_ref().filter(|_| has_identity).map(|boundary| Read::all([boundary])),
            session: Some(&caller.session[..]).filter(|list| has_identity && !list.is_empty()).map(Read::all),
        }
    }

    fn by_layer(&self) -> Vec<(Layer, &Read<'a>)> {
        let mut all = Vec::new();
        all.extend(self.service_control.iter().flatten().map(|read| (Layer::ServiceControl, read)));
        all.extend(self.resource_control.iter().flatten().map(|read| (Layer::ResourceControl, read)));
        all.extend(self.resource.iter().map(|read| (Layer::Resource, read)));
        all.extend(self.identity.iter().map(|read| (Layer::Identity, read)));
        all.extend(self.boundary.iter().flatten().map(|read| (Layer::Boundary, read)));
        all.extend(self.session.iter().flatten().map(|read| (Layer::Session, read)));
        all
    }
}

/// Retiring a grant is beyond resource control policies (Organizations User Guide, "Resources and
/// entities not restricted by RCPs").
fn is_resource_controlled(action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    RESOURCE_CONTROL_SERVICES.contains(&service) && !action.eq_ignore_ascii_case("kms:RetireGrant")
}

/// One question with the condition keys that follow from who asks.
struct Question<'a> {
    request: &'a Request<'a>,
    context: Context,
    is_bounded: bool,
}

pub(super) fn decide(request: &Request<'_>, caller: &Caller) -> Verdict {
    let documents = Documents::of(request, caller);
    let is_bounded = documents.boundary.is_some();
    let question = Question { request, context: with_principal_keys(request), is_bounded };
    if let Some(denied) = question.explicit_deny(&documents) {
        return denied;
    }
    for level in &documents.service_control {
        if question.allow_in(level).is_none() {
            return Verdict::NotAllowed(Layer::ServiceControl);
        }
    }
    for level in &documents.resource_control {
        if question.allow_in(level).is_none() {
            return Verdict::NotAllowed(Layer::ResourceControl);
        }
    }
    if let Some(grant) = request.resource.grants.first().filter(|_| request.resource.rule == ResourceRule::Key) {
        let by = Decider { document: format!("grant {grant}"), statement: "grant".to_owned() };
        return Verdict::Allowed(vec![by]);
    }
    let by_resource = question.resource_allow(&documents.resource);
    match request.principal.account() {
        None => match by_resource {
            Some((_, by)) => Verdict::Allowed(vec![by]),
            None => Verdict::NotAllowed(Layer::Resource),
        },
        Some(account) if account == request.resource.owner => question.within(&documents, by_resource),
        Some(_) => question.across(&documents, by_resource),
    }
}

impl Question<'_> {
    fn explicit_deny(&self, documents: &Documents<'_>) -> Option<Verdict> {
        documents.by_layer().into_iter().find_map(|(layer, read)| {
            let statement = match &read.document {
                Err(error) => format!("unreadable: {error}"),
                Ok(document) => self.matching(document, Effect::Deny).map(|(statement, _)| statement).next()?,
            };
            Some(Verdict::Denied { layer, by: Decider { document: read.name.to_owned(), statement } })
        })
    }

    /// Within one account the resource's policy may allow by itself when it names the principal
    /// ("Policy evaluation for requests within a single account").
    fn within(&self, documents: &Documents<'_>, by_resource: Option<(Closeness, Decider)>) -> Verdict {
        let resource = &self.request.resource;
        match by_resource {
            Some((Closeness::Itself, by)) => Verdict::Allowed(vec![by]),
            Some((Closeness::Role, by)) => self.bounded(documents, vec![by]),
            None if resource.rule != ResourceRule::Ordinary => Verdict::NotAllowed(Layer::Resource),
            by_account => {
                let mut verdict = self.own_side(documents);
                if let (Verdict::Allowed(by), Some((_, decider))) = (&mut verdict, by_account) {
                    by.push(decider);
                }
                verdict
            }
        }
    }

    /// Across accounts both sides must allow ("Cross-account policy evaluation logic").
    fn across(&self, documents: &Documents<'_>, by_resource: Option<(Closeness, Decider)>) -> Verdict {
        match (self.own_side(documents), by_resource) {
            (Verdict::Allowed(mut by), Some((_, decider))) => {
                by.push(decider);
                Verdict::Allowed(by)
            }
            (Verdict::Allowed(_), None) => Verdict::NotAllowed(Layer::Resource),
            (refused, _) => refused,
        }
    }

    /// Identity policies, within boundary and session policies. The root user needs none.
    fn own_side(&self, documents: &Documents<'_>) -> Verdict {
        if let Principal::Root(account) = self.request.principal {
            let document = format!("root user of {account}");
            return Verdict::Allowed(vec![Decider { document, statement: "owner".to_owned() }]);
        }
        match self.allow_in(&documents.identity) {
            Some(by) => self.bounded(documents, vec![by]),
            None => Verdict::NotAllowed(Layer::Identity),
        }
    }

    /// Boundary and session policies must allow, where there are any.
    fn bounded(&self, documents: &Documents<'_>, mut by: Vec<Decider>) -> Verdict {
        for (layer, bounds) in [(Layer::Boundary, &documents.boundary), (Layer::Session, &documents.session)] {
            if let Some(bounds) = bounds {
                match self.allow_in(bounds) {
                    Some(decider) => by.push(decider),
                    None => return Verdict::NotAllowed(layer),
                }
            }
        }
        Verdict::Allowed(by)
    }

    fn allow_in(&self, documents: &[Read<'_>]) -> Option<Decider> {
        documents.iter().find_map(|read| {
            let document = read.document.as_ref().ok()?;
            let (statement, _) = self.matching(document, Effect::Allow).next()?;
            Some(Decider { document: read.name.to_owned(), statement })
        })
    }

    /// The statement of the resource's policies that allows and names the principal most narrowly.
    fn resource_allow(&self, documents: &[Read<'_>]) -> Option<(Closeness, Decider)> {
        let mut best: Option<(Closeness, Decider)> = None;
        for read in documents {
            let Ok(document) = &read.document else { continue };
            for (statement, closeness) in self.matching(document, Effect::Allow) {
                // A resource policy's statement without a principal means nobody.
                let Some(closeness) = closeness else { continue };
                if best.as_ref().is_none_or(|(known, _)| closeness > *known) {
                    best = Some((closeness, Decider { document: read.name.to_owned(), statement }));
                }
            }
        }
        best
    }

    /// The statements of this effect that speak about the question: name, and how they mean the
    /// principal.
    fn matching<'d>(
        &'d self,
        document: &'d Document,
        effect: Effect,
    ) -> impl Iterator<Item = (String, Option<Closeness>)> + 'd {
        let numbered = document.statements.iter().enumerate().filter(move |(_, one)| one.effect == effect);
        numbered.filter_map(move |(index, one)| {
            let closeness = self.speaks(one, document.version)?;
            Some((one.called(index), closeness))
        })
    }

    fn speaks(&self, statement: &Statement, version: Version) -> Option<Option<Closeness>> {
        let denies = statement.effect == Effect::Deny;
        let closeness = match &statement.principal {
            None => None,
            // Such a statement denies everybody who has a boundary, whoever it names (IAM User Guide, "AWS JSON policy
            // elements: NotPrincipal").
            Some(Chosen::Except(_)) if denies && self.is_bounded => Some(Closeness::Itself),
            Some(element) => Some(principal::meant(element, self.request.principal, denies)?),
        };
        let action = |pattern: &String| wildcard::action_matches(pattern, self.request.action);
        let is_meant = contains(&statement.action, action)
            && statement
                .resource
                .as_ref()
                .is_none_or(|chosen| contains(chosen, |text| self.is_resource(text, version)))
            && statement.conditions.iter().all(|condition| condition.holds(&self.context, version));
        is_meant.then_some(closeness)
    }

    fn is_resource(&self, text: &str, version: Version) -> bool {
        let pattern = match version {
            Version::V2012 => Pattern::expand(text, &self.context),
            Version::V2008 => Some(Pattern::new(text)),
        };
        pattern.is_some_and(|pattern| text == "*" || pattern.matches_arn(&self.request.resource.arn))
    }
}

fn contains<T>(chosen: &Chosen<T>, is: impl Fn(&T) -> bool) -> bool {
    match chosen {
        Chosen::Of(list) => list.iter().any(is),
        Chosen::Except(list) => !list.iter().any(is),
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
        Principal::Service(name) => derived.set("aws:PrincipalServiceName", name),
        Principal::Root(account) => {
            derived.set("aws:PrincipalArn", format!("arn:aws:iam::{account}:root"));
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
