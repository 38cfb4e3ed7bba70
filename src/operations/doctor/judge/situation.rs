//! Who asks, for what, under which policies: the requests that the requirements stand for, with the documents that
//! were seen.

use super::super::observe::{Look, Observed, RuleSeen};
use crate::aws::AwsError;
use crate::pipeline::check::Check;
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::finding::Evidence;
use crate::pipeline::settings::Pipeline;
use crate::policy::context::Context;
use crate::policy::evaluate::{Caller, Layer, Named, Principal, Request, Resource, ResourceRule, Verdict, evaluate};
use crate::policy::names::{AccountId, Arn};
use crate::requirements::Requirement;
use crate::requirements::needs::{What, Who, With};

/// Stands in for policies that could not be read: what is refused all the same is refused for certain.
const ANYTHING: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"unseen","Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
pub(super) const ANYTHING_OF_MINE: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"unseen","Effect":"Allow","Action":"*","Resource":"*"}]}"#;
/// A check's place.
pub(super) type Place = (Check, EnvironmentName, String);

/// How a requirement stands.
#[derive(Debug)]
pub(super) enum Answer {
    /// The call will go through, and these checks have looked.
    Allowed(Vec<Place>),
    /// It will be refused.
    Refused(Place, Evidence),
    /// What was seen refuses nothing, but not everything could be seen.
    Unseen(Vec<(Place, AwsError)>),
    /// Who asks, or what for, does not exist: another check says so.
    Missing,
}

/// One side of a request.
pub(super) struct Side<T> {
    pub(super) value: T,
    place: Option<Place>,
    unseen: Option<AwsError>,
}

pub(super) struct Situation<'a> {
    pub(super) pipeline: &'a Pipeline,
    observed: &'a Observed,
}

pub(super) fn everything(name: &str, text: &str) -> Vec<Named> {
    vec![Named { name: name.to_owned(), text: text.to_owned() }]
}

impl<'a> Situation<'a> {
    pub(super) fn new(pipeline: &'a Pipeline, observed: &'a Observed) -> Self {
        Self { pipeline, observed }
    }

    /// Whether AWS will allow a call.
    pub(super) fn answer(&self, row: &Requirement) -> Answer {
        let Some(who) = self.who(row.who) else { return Answer::Missing };
        let what = match (row.what, row.action) {
            (What::Role(who), "iam:PassRole") => self.passed(who),
            (what, _) => self.what(what),
        };
        let Some(what) = what else { return Answer::Missing };
        match self.asking_rule(row) {
            Some(Ok(None)) => return Answer::Missing,
            // Its ARN is a condition of whom it asks: nothing can be said without.
            Some(Err(error)) => {
                return Answer::Unseen(what.place.into_iter().map(|place| (place, error.clone())).collect());
            }
            Some(Ok(Some(_))) | None => {}
        }
        let (principal, caller) = &who.value;
        let context = self.context(row, principal);
        let request = Request { principal, action: row.action, resource: &what.value, context: &context };
        let verdict = evaluate(&request, caller);
        if verdict.is_allowed() {
            let unseen: Vec<(Place, AwsError)> = [(&who.place, &who.unseen), (&what.place, &what.unseen)]
                .into_iter()
                .filter_map(|(place, error)| Some((place.clone()?, error.clone()?)))
                .collect();
            return match unseen.is_empty() {
                true => Answer::Allowed(who.place.into_iter().chain(what.place).collect()),
                false => Answer::Unseen(unseen),
            };
        }
        let evidence = evidence(row.action, &row_principal(principal), &verdict, &what.value, caller);
        let by_resource = refused_by_resource(&verdict);
        let place = if by_resource { what.place.or(who.place) } else { who.place.or(what.place) };
        match place {
            Some(place) => Answer::Refused(place, evidence),
            None => Answer::Missing,
        }
    }

    pub(super) fn account(&self, name: EnvironmentName) -> &'a AccountId {
        &self.pipeline.environment(name).account
    }

    pub(super) fn region(&self, name: EnvironmentName) -> &'a str {
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

    fn what(&self, what: What) -> Option<Side<Resource>> {
        let plain = |arn: String, owner: EnvironmentName| {
            let owner = self.account(owner).clone();
            let value = Resource { arn, owner, policies: Vec::new(), rule: ResourceRule::Ordinary, grants: Vec::new() };
            Some(Side { value, place: None, unseen: None })
        };
        match what {
            What::Anything => plain("*".to_owned(), Source),
            What::Database => plain(self.database(), Source),
            What::SourceSnapshot => plain(self.snapshot(Source, "job"), Source),
            What::IntermediateSnapshot => plain(self.snapshot(Intermediate, "copyjob"), Intermediate),
            What::DestinationSnapshot => plain(self.snapshot(Destination, "copyjob"), Destination),
            What::SourcePoint => self.in_vault(Source, self.snapshot(Source, "job")),
            What::IntermediatePoint => self.in_vault(Intermediate, self.snapshot(Intermediate, "copyjob")),
            What::Vault(name) => self.in_vault(name, self.pipeline.vault_arn(name).to_string()),
            What::Key(name) => self.key(name),
            What::Bus => self.bus(),
            What::Function => self.function(),
            What::Role(who) => self.role(who),
            What::ForwardQueue => self.queue(Source, self.dead_letters_of(Source)?),
            What::CopyQueue => self.queue(Intermediate, self.dead_letters_of(Intermediate)?),
            What::FailureQueue => {
                let function = self.observed.path.function.as_ref().ok()?.as_ref()?;
                self.queue(Intermediate, function.on_failure.clone()?)
            }
        }
    }

    fn database(&self) -> String {
        let named = self.pipeline.selection.resources.iter().find(|arn| !arn.contains('*'));
        let (region, account) = (self.region(Source), self.account(Source));
        named
            .cloned()
            .unwrap_or_else(|| format!("arn:{}:rds:{region}:{account}:db:database", self.pipeline.partition()))
    }

    pub(super) fn snapshot(&self, name: EnvironmentName, kind: &str) -> String {
        format!(
            "arn:{}:rds:{}:{}:snapshot:awsbackup:{kind}-0175de71-5784-589f-d8ac-541accb4cac8",
            self.pipeline.partition(),
            self.region(name),
            self.account(name)
        )
    }

    /// A vault, or a recovery point in it: the vault's access policy speaks about both (AWS Backup Developer Guide,
    /// create-a-vault-access-policy).
    pub(super) fn in_vault(&self, name: EnvironmentName, arn: String) -> Option<Side<Resource>> {
        let seen = self.observed.environment(name);
        let place = Some((Check::VaultPolicyDenies, name, self.pipeline.vault_arn(name).to_string()));
        if matches!(seen.vault, Ok(None)) {
            return None;
        }
        let (policies, unseen) = match &seen.vault_policy {
            Ok(policy) => (policy.iter().cloned().collect(), None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = self.account(name).clone();
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    pub(super) fn key(&self, name: EnvironmentName) -> Option<Side<Resource>> {
        let seen = self.observed.environment(name);
        if matches!(seen.vault_key, Ok(None)) {
            return None;
        }
        let arn = seen.key_arn()?.to_owned();
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let (policies, unseen) = match &seen.key_policies {
            Ok(policies) => (policies.clone(), None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let place = Some((Check::KeyPolicyDenies, name, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Key, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    fn bus(&self) -> Option<Side<Resource>> {
        let arn = self.bus_arn();
        let (policies, unseen) = match &self.observed.path.bus_policy {
            Ok(policy) => {
                let named = |text: &String| Named { name: format!("policy of event bus {arn}"), text: text.clone() };
                (policy.iter().map(named).collect(), None)
            }
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let place = Some((Check::EventForwardDenied, Intermediate, arn.clone()));
        let owner = self.account(Intermediate).clone();
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    /// The default event bus of the intermediate Region.
    pub(super) fn bus_arn(&self) -> String {
        let (region, account) = (self.region(Intermediate), self.account(Intermediate));
        format!("arn:{}:events:{region}:{account}:event-bus/default", self.pipeline.partition())
    }

    fn function(&self) -> Option<Side<Resource>> {
        let function = self.observed.path.function.as_ref().ok()?.as_ref()?;
        let owner = self.account(Intermediate).clone();
        let policies = function.policy.iter().cloned().collect();
        let arn = function.arn.clone();
        let place = Some((Check::FunctionPermissionMissing, Intermediate, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen: None })
    }

    fn role(&self, who: Who) -> Option<Side<Resource>> {
        let (arn, look) = self.observed.roles.of(who)?;
        let (check, environment) = role_check(who);
        let (policies, unseen) = match look {
            Ok(None) => return None,
            Ok(Some(role)) => (vec![role.trust.clone()], None),
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let value = Resource { arn: arn.clone(), owner, policies, rule: ResourceRule::Trust, grants: Vec::new() };
        Some(Side { value, place: Some((check, environment, arn.clone())), unseen })
    }

    /// A role that is passed on: its trust policy speaks about who may assume it, not about who may pass it.
    fn passed(&self, who: Who) -> Option<Side<Resource>> {
        let (arn, look) = self.observed.roles.of(who)?;
        if matches!(look, Ok(None)) {
            return None;
        }
        let owner = arn.parse::<Arn>().ok()?.account_id()?;
        let value = Resource {
            arn: arn.clone(),
            owner,
            policies: Vec::new(),
            rule: ResourceRule::Ordinary,
            grants: Vec::new(),
        };
        Some(Side { value, place: None, unseen: None })
    }

    /// The queue that a rule's target names.
    pub(super) fn dead_letters_of(&self, name: EnvironmentName) -> Option<String> {
        let path = &self.observed.path;
        let rule = if name == Source { &path.forward_rule } else { &path.copy_rule };
        let targets = &rule.as_ref().ok()?.as_ref()?.rule.targets;
        targets.iter().find_map(|target| target.dead_letters.clone())
    }

    fn queue(&self, name: EnvironmentName, arn: String) -> Option<Side<Resource>> {
        let path = &self.observed.path;
        let look = if name == Source { &path.source_queue } else { &path.intermediate_queue };
        let (policies, unseen) = match look {
            Ok(Some(queue)) if queue.arn == arn => (queue.policy.iter().cloned().collect(), None),
            // A queue that is not the stack's own: its policy was not looked at.
            Ok(_) => return None,
            Err(error) => (everything("unseen", ANYTHING), Some(error.clone())),
        };
        let owner = self.account(name).clone();
        let place = Some((Check::QueuePolicyDenies, name, arn.clone()));
        let value = Resource { arn, owner, policies, rule: ResourceRule::Ordinary, grants: Vec::new() };
        Some(Side { value, place, unseen })
    }

    fn context(&self, row: &Requirement, principal: &Principal) -> Context {
        let mut context = Context::new().with("aws:SecureTransport", "true");
        if let (Some(_), Some(organization)) = (principal.account(), self.organization()) {
            context.set("aws:PrincipalOrgID", organization);
        }
        for with in row.with {
            match with {
                With::ViaRds(name) => {
                    context.set("kms:ViaService", format!("rds.{}.amazonaws.com", self.region(*name)));
                    if let Some(account) = principal.account() {
                        context.set("kms:CallerAccount", account.as_str());
                    }
                }
                With::ForAwsResource => context.set("kms:GrantIsForAWSResource", "true"),
                With::CopyTarget(name) => {
                    let target = self.pipeline.vault_arn(*name).to_string();
                    context = context.with_all("backup:CopyTargets", [target]);
                }
                With::PassedToBackup => context.set("iam:PassedToService", "backup.amazonaws.com"),
                With::ForwardRule | With::CopyRule | With::SweepRule => {
                    context.set("aws:SourceAccount", self.account(Source).as_str());
                    if let Some(Ok(Some(seen))) = self.asking_rule(row) {
                        context.set("aws:SourceArn", seen.rule.arn.clone());
                    }
                }
                With::SourceAccount => context.set("aws:SourceAccount", self.account(Source).as_str()),
            }
        }
        context
    }

    /// The rule for which EventBridge asks.
    fn asking_rule(&self, row: &Requirement) -> Option<&'a Look<Option<RuleSeen>>> {
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

    pub(super) fn organization(&self) -> Option<String> {
        let settings = &self.observed.settings;
        let looks = [&settings.destination_organization, &settings.source_organization];
        let seen = looks.into_iter().find_map(|look| Some(look.as_ref().ok()?.as_ref()?.id.clone()));
        seen.or_else(|| self.pipeline.organization.id.clone())
    }
}

pub(super) fn row_principal(principal: &Principal) -> String {
    match principal {
        Principal::Service(name) => name.clone(),
        Principal::Root(account) => account.to_string(),
        Principal::User { arn, .. } => arn.to_string(),
        Principal::Session { role, .. } => role.to_string(),
    }
}

fn refused_by_resource(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Denied { layer: Layer::Resource, .. } | Verdict::NotAllowed(Layer::Resource))
}

/// The document and the statement that refuse; where nothing allows, the documents that do not.
fn evidence(action: &str, principal: &str, verdict: &Verdict, resource: &Resource, caller: &Caller) -> Evidence {
    let names = |all: &[Named]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join(", ");
    let (document, statement) = match verdict {
        Verdict::Denied { by, .. } => (by.document.clone(), Some(by.statement.clone())),
        _ if refused_by_resource(verdict) && resource.policies.is_empty() => ("no policy at all".to_owned(), None),
        _ if refused_by_resource(verdict) => (names(&resource.policies), None),
        Verdict::NotAllowed(Layer::Boundary) => {
            (caller.boundary.as_ref().map(|one| one.name.clone()).unwrap_or_default(), None)
        }
        _ if caller.identity.is_empty() => ("no policy at all".to_owned(), None),
        _ => (names(&caller.identity), None),
    };
    let layer = match verdict {
        Verdict::Denied { layer, .. } | Verdict::NotAllowed(layer) => Some(*layer),
        Verdict::Allowed(_) | Verdict::Undecided(_) => None,
    };
    Evidence { document, layer, statement, action: Some(action.to_owned()), principal: Some(principal.to_owned()) }
}

/// The check that finds what a role's own policies refuse, and where.
pub(super) fn role_check(who: Who) -> (Check, EnvironmentName) {
    match who {
        Who::ForwardRole => (Check::EventForwardDenied, Source),
        Who::FunctionRole => (Check::FunctionRoleDenied, Intermediate),
        Who::CopyRole => (Check::BackupRoleDenied, Intermediate),
        Who::DestinationLinkedRole => (Check::BackupRoleDenied, Destination),
        Who::BackupRole | Who::BackupService | Who::EventBridge | Who::Lambda => (Check::BackupRoleDenied, Source),
    }
}
