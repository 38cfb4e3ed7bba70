//! The order in which policies are asked.

use super::document::Document;
use super::elements::Effect;
use super::principal::{self, Closeness};
use super::reach;
use super::request::{Caller, Decider, Doubt, Layer, Named, Request, ResourceRule, Verdict};
use super::statement::Question;
use super::truth::Truth;
use super::who::Principal;

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
            resource_control: if is_linked || !is_resource_controlled(request) {
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

/// Retiring a grant and the keys that AWS manages are beyond resource control policies (Organizations User Guide,
/// "Resources and entities not restricted by RCPs").
fn is_resource_controlled(request: &Request<'_>) -> bool {
    let service = request.action.split(':').next().unwrap_or_default();
    RESOURCE_CONTROL_SERVICES.contains(&service)
        && !request.action.eq_ignore_ascii_case("kms:RetireGrant")
        && request.resource.rule != ResourceRule::AwsManagedKey
}

/// Whether documents allow, as far as the keys that they ask for are known.
#[derive(Debug, Clone)]
enum Answer {
    Yes(Vec<Decider>),
    /// Refused, here: the layers are in the order of [`Answer::or`].
    No(Layer),
    /// It depends.
    Open(Vec<Doubt>),
}

impl Answer {
    /// Both must allow: what one certainly refuses is refused, whatever the other depends on.
    fn and(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::No(layer), _) | (_, Answer::No(layer)) => Answer::No(layer),
            (Answer::Open(doubts), Answer::Yes(_)) | (Answer::Yes(_), Answer::Open(doubts)) => Answer::Open(doubts),
            (Answer::Open(doubts), Answer::Open(more)) => Answer::Open([doubts, more].concat()),
            (Answer::Yes(by), Answer::Yes(more)) => Answer::Yes([by, more].concat()),
        }
    }

    /// One of them suffices. Where neither allows, the one that got further says on which layer it ended: nothing of
    /// the resource's, nothing of the caller's, not within the bounds.
    fn or(self, other: Answer) -> Answer {
        let depth = |layer: Layer| match layer {
            Layer::Resource => 0,
            Layer::Identity => 1,
            Layer::Boundary | Layer::Session | Layer::ServiceControl | Layer::ResourceControl => 2,
        };
        match (self, other) {
            (Answer::Yes(by), _) | (_, Answer::Yes(by)) => Answer::Yes(by),
            (Answer::Open(doubts), Answer::Open(more)) => Answer::Open([doubts, more].concat()),
            (Answer::Open(doubts), Answer::No(_)) | (Answer::No(_), Answer::Open(doubts)) => Answer::Open(doubts),
            (Answer::No(one), Answer::No(other)) => Answer::No(if depth(other) > depth(one) { other } else { one }),
        }
    }
}

/// A statement that speaks about the question, or may.
struct Spoken {
    by: Decider,
    closeness: Option<Closeness>,
    truth: Truth,
}

impl Spoken {
    /// What it leaves open, by key.
    fn doubts(&self, layer: Layer, effect: Effect) -> Vec<Doubt> {
        let doubt = |key: &String| Doubt { key: key.clone(), effect, layer, by: self.by.clone() };
        match &self.truth {
            Truth::Open(keys) => keys.iter().map(doubt).collect(),
            Truth::True | Truth::False => Vec::new(),
        }
    }
}

pub(super) fn decide(request: &Request<'_>, caller: &Caller) -> Verdict {
    let documents = Documents::of(request, caller);
    let question = Question::new(request, documents.boundary.is_some());
    let mut doubts = match question.explicit_deny(&documents) {
        Ok(doubts) => doubts,
        Err(denied) => return denied,
    };
    match question.guardrails(&documents).and(question.granted(&documents)) {
        Answer::No(layer) => return Verdict::NotAllowed(layer),
        Answer::Yes(by) if doubts.is_empty() => return Verdict::Allowed(by),
        Answer::Yes(_) => {}
        Answer::Open(more) => doubts.extend(more),
    }
    // One statement may be asked on two ways: for the role, and for its account.
    let mut told = Vec::with_capacity(doubts.len());
    for doubt in doubts {
        if !told.contains(&doubt) {
            told.push(doubt);
        }
    }
    Verdict::Undecided(told)
}

impl Question<'_> {
    /// The first statement that certainly denies; else what the denials depend on that only may apply.
    fn explicit_deny(&self, documents: &Documents<'_>) -> Result<Vec<Doubt>, Verdict> {
        let mut doubts = Vec::new();
        for (layer, read) in documents.by_layer() {
            if let Err(error) = &read.document {
                let by = Decider { document: read.name.to_owned(), statement: format!("unreadable: {error}") };
                return Err(Verdict::Denied { layer, by });
            }
            for spoken in self.spoken(read, Effect::Deny) {
                if spoken.truth == Truth::True {
                    return Err(Verdict::Denied { layer, by: spoken.by });
                }
                doubts.extend(spoken.doubts(layer, Effect::Deny));
            }
        }
        Ok(doubts)
    }

    /// Every level of service and resource control policies must allow. They grant nothing, and so decide nothing.
    fn guardrails(&self, documents: &Documents<'_>) -> Answer {
        let service = documents.service_control.iter().map(|level| (Layer::ServiceControl, level));
        let resource = documents.resource_control.iter().map(|level| (Layer::ResourceControl, level));
        let levels = service.chain(resource).map(|(layer, level)| match self.allow_in(level, layer) {
            Answer::Yes(_) => Answer::Yes(Vec::new()),
            other => other,
        });
        levels.fold(Answer::Yes(Vec::new()), Answer::and)
    }

    /// A grant, the resource's policy and the caller's own, together within an account and both across accounts.
    fn granted(&self, documents: &Documents<'_>) -> Answer {
        let resource = self.request.resource;
        if let Some(grant) = resource.grants.first().filter(|_| resource.rule.is_key()) {
            return Answer::Yes(vec![Decider { document: format!("grant {grant}"), statement: "grant".to_owned() }]);
        }
        match self.request.principal.account() {
            None => self.named_in(documents, Closeness::Account),
            Some(account) if account == resource.owner => self.within(documents),
            Some(_) if !reach::crosses_accounts(self.request.action) => Answer::No(Layer::Resource),
            // "Cross-account policy evaluation logic".
            Some(_) => self.own_side(documents).and(self.named_in(documents, Closeness::Account)),
        }
    }

    /// Within one account the resource's policy may allow by itself when it names the principal
    /// ("Policy evaluation for requests within a single account").
    fn within(&self, documents: &Documents<'_>) -> Answer {
        let itself = self.named_in(documents, Closeness::Itself);
        let role = self.named_in(documents, Closeness::Role).and(self.bounds(documents));
        let account = self.named_in(documents, Closeness::Account);
        let own = match (self.request.resource.rule, account) {
            // Such a policy has no say here, but is named where it agrees.
            (ResourceRule::Ordinary, Answer::No(_) | Answer::Open(_)) => self.own_side(documents),
            (_, Answer::No(layer)) => Answer::No(layer),
            (_, account) => self.own_side(documents).and(account),
        };
        itself.or(role).or(own)
    }

    /// Identity policies, within boundary and session policies. The root user needs none.
    fn own_side(&self, documents: &Documents<'_>) -> Answer {
        if let Principal::Root(account) = self.request.principal {
            let document = format!("root user of {account}");
            return Answer::Yes(vec![Decider { document, statement: "owner".to_owned() }]);
        }
        self.allow_in(&documents.identity, Layer::Identity).and(self.bounds(documents))
    }

    /// Boundary and session policies must allow, where there are any.
    fn bounds(&self, documents: &Documents<'_>) -> Answer {
        let boundary = documents.boundary.iter().map(|bounds| (Layer::Boundary, bounds));
        let session = documents.session.iter().map(|bounds| (Layer::Session, bounds));
        let each = boundary.chain(session).map(|(layer, bounds)| self.allow_in(bounds, layer));
        each.fold(Answer::Yes(Vec::new()), Answer::and)
    }

    fn allow_in(&self, documents: &[Read<'_>], layer: Layer) -> Answer {
        let allows = documents.iter().flat_map(|read| self.spoken(read, Effect::Allow));
        one_of(allows, layer)
    }

    /// Whether the resource's policies allow and name the principal as closely as this, or closer: by the statement
    /// that names it most closely.
    fn named_in(&self, documents: &Documents<'_>, least: Closeness) -> Answer {
        let allows = documents.resource.iter().flat_map(|read| self.spoken(read, Effect::Allow));
        // A resource policy's statement without a principal means nobody.
        let mut close: Vec<_> = allows.filter(|spoken| spoken.closeness.is_some_and(|is| is >= least)).collect();
        close.sort_by_key(|spoken| std::cmp::Reverse(spoken.closeness));
        one_of(close, Layer::Resource)
    }

    /// The statements of this effect that speak about the question, or may.
    fn spoken(&self, read: &Read<'_>, effect: Effect) -> Vec<Spoken> {
        let Ok(document) = &read.document else { return Vec::new() };
        let numbered = document.statements.iter().enumerate().filter(|(_, one)| one.effect == effect);
        let spoken = numbered.filter_map(|(index, one)| {
            let (closeness, truth) = self.meant(one, document.version)?;
            let by = Decider { document: read.name.to_owned(), statement: one.called(index) };
            (truth != Truth::False).then_some(Spoken { by, closeness, truth })
        });
        spoken.collect()
    }
}

/// The first that certainly allows; else what it depends on whether one does.
fn one_of(allows: impl IntoIterator<Item = Spoken>, layer: Layer) -> Answer {
    let mut doubts = Vec::new();
    for spoken in allows {
        if spoken.truth == Truth::True {
            return Answer::Yes(vec![spoken.by]);
        }
        doubts.extend(spoken.doubts(layer, Effect::Allow));
    }
    if doubts.is_empty() { Answer::No(layer) } else { Answer::Open(doubts) }
}
