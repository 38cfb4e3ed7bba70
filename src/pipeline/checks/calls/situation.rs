//! Who asks, for what, under which policies: the requests that the requirements stand for, with the documents that
//! were seen.

use chrono::{DateTime, Utc};

use super::context::permission_for;
use super::hops::ReadUnder;
use crate::pipeline::check::Check;
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::{Evidence, Undecided};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, What, Who, With, Without};
use crate::pipeline::seen::{AwsError, Look, Observed, RuleSeen};
use crate::pipeline::settings::Pipeline;
use crate::policy::context::Context;
use crate::policy::document::Effect;
use crate::policy::evaluate::{Caller, Decider, Doubt, Layer, Named, Principal, Request, Resource, Verdict, evaluate};
use crate::policy::names::{AccountId, Arn};

/// Stands in for policies that could not be read: what is refused all the same is refused for certain.
pub(crate) const ANYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"unseen","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
pub(crate) const ANYTHING_OF_MINE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"unseen","Effect":"Allow","Action":"*","Resource":"*"}]}"#;
/// The condition keys that tell the time of a call, or of its session (IAM User Guide,
/// reference_policies_condition-keys).
const DATES: [&str; 3] = ["aws:currenttime", "aws:epochtime", "aws:tokenissuetime"];
/// A check's place.
pub(crate) type Place = (Check, EnvironmentName, String);

/// How a requirement stands, the worst last.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Who asks, or what for, does not exist: another check says so.
    Missing,
    /// The call will go through, and these checks have looked.
    Allowed(Vec<Place>),
    /// What was seen refuses nothing, but not everything could be seen.
    Unseen(Vec<(Place, AwsError)>),
    /// Everything was seen, and it depends on what cannot be known beforehand.
    Undecided(Vec<(Place, Undecided)>),
    /// It will be refused.
    Refused(Place, Evidence),
}

impl Answer {
    pub(crate) fn badness(&self) -> u8 {
        match self {
            Self::Missing => 0,
            Self::Allowed(_) => 1,
            Self::Unseen(_) => 2,
            Self::Undecided(_) => 3,
            Self::Refused(..) => 4,
        }
    }
}

/// One side of a request.
pub(crate) struct Side<T> {
    pub(crate) value: T,
    pub(crate) place: Option<Place>,
    pub(crate) unseen: Option<AwsError>,
}

#[derive(Clone)]
pub(crate) struct Situation<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) observed: &'a Observed,
    pub(crate) under: ReadUnder,
    /// When the calls are made.
    pub(crate) at: DateTime<Utc>,
}

pub(crate) fn everything(name: &str, text: &str) -> Vec<Named> {
    vec![Named { name: name.to_owned(), text: text.to_owned() }]
}

impl<'a> Situation<'a> {
    pub(crate) fn new(pipeline: &'a Pipeline, observed: &'a Observed) -> Self {
        Self { pipeline, observed, under: ReadUnder::AnyKey, at: observed.now }
    }

    /// Whether AWS will allow a call: of several databases, the one that fares worst.
    pub(crate) fn answer(&self, row: &Requirement) -> Answer {
        let Some(who) = self.who(row.who) else { return Answer::Missing };
        let answers = self.resources(row).into_iter().map(|what| self.answer_about(row, &who, what));
        answers.max_by_key(Answer::badness).unwrap_or(Answer::Missing)
    }

    fn resources(&self, row: &Requirement) -> Vec<Side<Resource>> {
        match (row.what, row.action) {
            (What::Database, _) => self.databases().into_iter().map(|arn| self.one_database(arn)).collect(),
            (What::DatabaseKey, _) => self.database_keys(),
            (What::Role(who), "iam:PassRole") => self.passed(who).into_iter().collect(),
            (what, _) => self.what(what).into_iter().collect(),
        }
    }

    /// Whether any document that speaks about the call asks when it is made.
    pub(crate) fn asks_when(&self, row: &Requirement) -> bool {
        let Some(who) = self.who(row.who) else { return false };
        let (principal, caller) = &who.value;
        self.resources(row).iter().any(|what| {
            let caller = self.bound(principal, &what.value, caller.clone());
            let levels = caller.service_control.iter().chain(&caller.resource_control).flatten();
            let own = caller.identity.iter().chain(&caller.boundary).chain(&what.value.policies);
            levels.chain(own).any(|one| DATES.iter().any(|key| one.text.to_ascii_lowercase().contains(key)))
        })
    }

    fn answer_about(&self, row: &Requirement, who: &Side<(Principal, Caller)>, what: Side<Resource>) -> Answer {
        match self.asking_rule(row) {
            Some(Ok(None)) => return Answer::Missing,
            // Its ARN is a condition of whom it asks: nothing can be said without.
            Some(Err(error)) => {
                return Answer::Unseen(what.place.into_iter().map(|place| (place, error.clone())).collect());
            }
            Some(Ok(Some(_))) | None => {}
        }
        let (principal, caller) = &who.value;
        let caller = self.bound(principal, &what.value, caller.clone());
        let variants = self.variants(row, principal, self.context(row, principal, &what.value));
        let regions = self.regions(row);
        let ask = |context: &Context, region: &String, caller: &Caller| {
            let context = context.clone().with("aws:RequestedRegion", region);
            let request = Request { principal, action: row.action, resource: &what.value, context: &context };
            evaluate(&request, caller)
        };
        let each = variants.iter().flat_map(|context| regions.iter().map(|region| ask(context, region, &caller)));
        let key = if regions.len() > 1 { "aws:RequestedRegion" } else { "aws:SourceAccount" };
        let verdict = agreed(each.collect(), key, &what.value, &caller);
        let caller = narrowed(caller.clone(), &verdict, |caller| ask(&variants[0], &regions[0], caller));
        let place_of = |layer: Layer| match layer {
            Layer::Resource => what.place.clone().or_else(|| who.place.clone()),
            Layer::ServiceControl => principal.account().map(|account| self.guardrail_of(&account)),
            Layer::ResourceControl => Some(self.guardrail_of(&what.value.owner)),
            Layer::Identity | Layer::Boundary | Layer::Session => who.place.clone().or_else(|| what.place.clone()),
        };
        let asker = row_principal(principal);
        match &verdict {
            Verdict::Allowed(_) => {
                let sides = [(&who.place, &who.unseen), (&what.place, &what.unseen)];
                let unseen = sides.into_iter().filter_map(|(place, error)| Some((place.clone()?, error.clone()?)));
                let unseen: Vec<(Place, AwsError)> = unseen.collect();
                match unseen.is_empty() {
                    true => Answer::Allowed(who.place.iter().chain(&what.place).cloned().collect()),
                    false => Answer::Unseen(unseen),
                }
            }
            Verdict::Denied { layer, .. } | Verdict::NotAllowed(layer) => {
                let evidence = evidence(row.action, &asker, &verdict, &what.value, &caller);
                place_of(*layer).map_or(Answer::Missing, |place| Answer::Refused(place, evidence))
            }
            Verdict::Undecided(doubts) => {
                let undecided = |doubt: &Doubt| Some((place_of(doubt.layer)?, undecided(row, &asker, doubt)));
                let mut all: Vec<(Place, Undecided)> = doubts.iter().filter_map(undecided).collect();
                all.dedup();
                Answer::Undecided(all)
            }
        }
    }

    /// The caller with what the organization sets over it and over what it asks for, as far as that could be read.
    fn bound(&self, principal: &Principal, resource: &Resource, caller: Caller) -> Caller {
        let over = |account: Option<AccountId>| self.observed.guardrails.of(&account?);
        let levels = |look: Option<&Look<Vec<Vec<Named>>>>| look.and_then(|look| look.as_ref().ok()).cloned();
        let service_control = levels(over(principal.account()).map(|bounds| &bounds.service_control));
        let resource_control = levels(over(Some(resource.owner.clone())).map(|bounds| &bounds.resource_control));
        Caller {
            service_control: service_control.unwrap_or_default(),
            resource_control: resource_control.unwrap_or_default(),
            ..caller
        }
    }

    fn guardrail_of(&self, account: &AccountId) -> Place {
        (Check::GuardrailDenies, self.environment_of(account), account.to_string())
    }

    /// Where the organization's policies over an account could all be read.
    pub(crate) fn guardrails_read(&self) -> Vec<Place> {
        let read =
            |account: &&AccountId| self.observed.guardrails.of(account).is_some_and(|bounds| bounds.unread().is_none());
        [self.account(Source), self.account(Destination)]
            .into_iter()
            .filter(read)
            .map(|account| self.guardrail_of(account))
            .collect()
    }

    pub(crate) fn account(&self, name: EnvironmentName) -> &'a AccountId {
        &self.pipeline.environment(name).account
    }

    pub(crate) fn region(&self, name: EnvironmentName) -> &'a str {
        self.pipeline.environment(name).region.as_str()
    }

    fn who(&self, who: Who) -> Option<Side<(Principal, Caller)>> {
        let service = |name: &str| Side {
            value: (Principal::Service(name.to_owned()), Caller::default()),
            place: None,
            unseen: None,
        };
        match who {
            Who::BackupService => return Some(service("backup.amazonaws.com")),
            Who::EventBridge => return Some(service("events.amazonaws.com")),
            Who::Lambda => return Some(service("lambda.amazonaws.com")),
            Who::Caller => return self.caller(),
            _ => {}
        }
        let (arn, look) = self.observed.roles.of(who)?;
        let session = |arn: &str, id: &str| {
            let role: Arn = arn.parse().ok()?;
            Some(Principal::Session { role, role_id: id.to_owned(), name: "backupctl".to_owned() })
        };
        let (check, environment) = role_check(who);
        let place = Some((check, environment, arn.clone()));
        match look {
            Ok(None) => None,
            Ok(Some(role)) => {
                let caller =
                    Caller { identity: role.identity.clone(), boundary: role.boundary.clone(), ..Caller::default() };
                Some(Side { value: (session(arn, &role.id)?, caller), place, unseen: None })
            }
            Err(error) => {
                let caller = Caller { identity: everything("unseen", ANYTHING_OF_MINE), ..Caller::default() };
                Some(Side { value: (session(arn, "AROAUNSEEN")?, caller), place, unseen: Some(error.clone()) })
            }
        }
    }

    /// Whoever runs the command, where it was asked who that is. The credentials of both environments of account A are the
    /// same.
    fn caller(&self) -> Option<Side<(Principal, Caller)>> {
        let (check, environment) = role_check(Who::Caller);
        match self.observed.caller.as_ref()? {
            Ok(seen) => Some(Side {
                value: (seen.principal.clone(), seen.caller.clone()),
                place: Some((check, environment, seen.arn.clone())),
                unseen: seen.unseen.clone(),
            }),
            Err(error) => {
                let account = self.account(environment);
                let caller = Caller { identity: everything("unseen", ANYTHING_OF_MINE), ..Caller::default() };
                Some(Side {
                    value: (Principal::Root(account.clone()), caller),
                    place: Some((check, environment, account.to_string())),
                    unseen: Some(error.clone()),
                })
            }
        }
    }

    /// The rule for which EventBridge asks.
    pub(crate) fn asking_rule(&self, row: &Requirement) -> Option<&'a Look<Option<RuleSeen>>> {
        let path = &self.observed.path;
        row.with.iter().find_map(|with| match with {
            With::ForwardRule => Some(&path.forward_rule),
            With::CopyRule => Some(&path.copy_rule),
            With::SweepRule => Some(&path.sweep_rule),
            With::ViaRds(_)
            | With::ForAwsResource
            | With::CopyTarget(_)
            | With::PassedToBackup
            | With::SourceAccount => None,
        })
    }
}

/// What all of them come to: where they differ, it depends on the key in which they differ.
fn agreed(mut verdicts: Vec<Verdict>, key: &str, resource: &Resource, caller: &Caller) -> Verdict {
    if verdicts.iter().any(Verdict::is_refused) && !verdicts.iter().all(Verdict::is_refused) {
        let doubts = verdicts.iter().filter_map(|verdict| refusal(verdict, key, resource, caller));
        return Verdict::Undecided(doubts.collect());
    }
    let open = verdicts.iter().position(|verdict| matches!(verdict, Verdict::Undecided(_)));
    verdicts.swap_remove(open.unwrap_or(0))
}

/// The caller with nothing left of the organization's policies but the first level that does not allow, where one does
/// not: it is that level that has to be changed.
fn narrowed(caller: Caller, verdict: &Verdict, ask: impl Fn(&Caller) -> Verdict) -> Caller {
    let only = |levels: &[Vec<Named>], put: &dyn Fn(Vec<Vec<Named>>) -> Caller| {
        let each = levels.iter().map(|level| put(vec![level.clone()]));
        each.into_iter().find(|caller| ask(caller) == *verdict)
    };
    let found = match verdict {
        Verdict::NotAllowed(Layer::ServiceControl) => {
            only(&caller.service_control, &|service_control| Caller { service_control, ..caller.clone() })
        }
        Verdict::NotAllowed(Layer::ResourceControl) => {
            only(&caller.resource_control, &|resource_control| Caller { resource_control, ..caller.clone() })
        }
        _ => None,
    };
    found.unwrap_or(caller)
}

/// A refusal that holds for one of the key's values.
fn refusal(verdict: &Verdict, key: &str, resource: &Resource, caller: &Caller) -> Option<Doubt> {
    let (layer, effect, by) = match verdict {
        Verdict::Allowed(_) | Verdict::Undecided(_) => return None,
        Verdict::Denied { layer, by } => (*layer, Effect::Deny, by.clone()),
        Verdict::NotAllowed(layer) => {
            let document = silent(*layer, resource, caller);
            (*layer, Effect::Allow, Decider { document, statement: String::new() })
        }
    };
    Some(Doubt { key: key.to_owned(), effect, layer, by })
}

fn undecided(row: &Requirement, asker: &str, doubt: &Doubt) -> Undecided {
    Undecided {
        key: doubt.key.clone(),
        permission: permission_for(&doubt.key, row.action).map(str::to_owned),
        evidence: Evidence {
            document: doubt.by.document.clone(),
            layer: Some(doubt.layer),
            statement: Some(doubt.by.statement.clone()).filter(|statement| !statement.is_empty()),
            action: Some(row.action.to_owned()),
            principal: Some(asker.to_owned()),
        },
        decides: row.without == Without::Lost,
        // A second hop that was made has been asked for; were it by hand, the next one would be missed by its deadline.
        hop: match row.step {
            Step::Backup | Step::FirstHop => Some(Hop::First),
            Step::Forwarding | Step::Invocation | Step::Function | Step::SecondHop => Some(Hop::Second),
            Step::Sweep | Step::DeadLetters => None,
        },
    }
}

pub(crate) fn row_principal(principal: &Principal) -> String {
    match principal {
        Principal::Service(name) => name.clone(),
        Principal::Root(account) => account.to_string(),
        Principal::User { arn, .. } => arn.to_string(),
        Principal::Session { role, .. } => role.to_string(),
    }
}

/// The documents of a layer that allow nothing.
fn silent(layer: Layer, resource: &Resource, caller: &Caller) -> String {
    let names = |all: &[Named]| match all.is_empty() {
        true => "no policy at all".to_owned(),
        false => all.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", "),
    };
    match layer {
        Layer::Resource => names(&resource.policies),
        Layer::Boundary => caller.boundary.as_ref().map(|one| one.name.clone()).unwrap_or_default(),
        Layer::ServiceControl => names(&caller.service_control.concat()),
        Layer::ResourceControl => names(&caller.resource_control.concat()),
        Layer::Identity | Layer::Session => names(&caller.identity),
    }
}

/// The document and the statement that refuse; where nothing allows, the documents that do not.
fn evidence(action: &str, principal: &str, verdict: &Verdict, resource: &Resource, caller: &Caller) -> Evidence {
    let (document, statement, layer) = match verdict {
        Verdict::Denied { by, layer } => (by.document.clone(), Some(by.statement.clone()), Some(*layer)),
        Verdict::NotAllowed(layer) => (silent(*layer, resource, caller), None, Some(*layer)),
        Verdict::Allowed(_) | Verdict::Undecided(_) => (String::new(), None, None),
    };
    Evidence { document, layer, statement, action: Some(action.to_owned()), principal: Some(principal.to_owned()) }
}

/// The check that finds what a role's own policies refuse, and where.
pub(crate) fn role_check(who: Who) -> (Check, EnvironmentName) {
    match who {
        Who::ForwardRole => (Check::EventForwardDenied, Source),
        Who::FunctionRole => (Check::FunctionRoleDenied, Intermediate),
        Who::CopyRole => (Check::BackupRoleDenied, Intermediate),
        Who::DestinationLinkedRole => (Check::BackupRoleDenied, Destination),
        Who::Caller => (Check::CallerDenied, Source),
        Who::BackupRole | Who::BackupService | Who::EventBridge | Who::Lambda => (Check::BackupRoleDenied, Source),
    }
}
