//! The table of requirements against the policies that were seen.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::plan::next_run;
use super::super::{NOTHING_DELIVERS, Sweep, skipped};
use super::key_policy;
use super::situation::{Answer, Place, Situation};
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::finding::{Evidence, Finding, Report, Skipped, Undecided};
use crate::pipeline::instant::shown;
use crate::pipeline::remedy::{Command, FixedPiece, FixedStep, Hole, Remedy, piece, steps};
use crate::pipeline::requirements::Requirement;
use crate::pipeline::requirements::needs::{Step, What, Without};
use crate::pipeline::seen::role::inline_policy;
use crate::pipeline::seen::{AwsError, Observed};
use crate::pipeline::settings::{BACKUP_ROLE_TRUST, Pipeline};
use crate::policy::evaluate::Layer;

pub(crate) const KEY_POLICY_DENIES: Row = Row {
    id: "key-policy-denies",
    area: Area::Keys,
    severity: Severity::Error,
    meaning: "The policy of a KMS key denies a call that a copy needs.",
    why: "The copy job fails: the key `does not exist, is not enabled or you do not have permissions to access it`.",
    remedy: steps!["Restore the key policy; for a key of your own, or a database's key, allow the call in its key policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, encryption",
};

pub(crate) const VAULT_POLICY_DENIES: Row = Row {
    id: "vault-policy-denies",
    area: Area::Vaults,
    severity: Severity::Error,
    meaning: "The access policy of a backup vault denies a copy that the pipeline needs.",
    why: "The copy job fails with `Access Denied trying to call AWS Backup service`.",
    remedy: steps!["Restore the policy." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-a-vault-access-policy",
};

pub(crate) const BACKUP_ROLE_DENIED: Row = Row {
    id: "backup-role-denied",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The role that AWS Backup assumes is not allowed to do what a backup or a copy needs.",
    why: "The job fails, hours after it was due.",
    remedy: steps!["Allow what is missing." => ["aws iam attach-role-policy --role-name " {Name} " --policy-arn arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"]],
    source: "AWS Backup Developer Guide, security-iam-awsmanpol",
};

pub(crate) const EVENT_FORWARD_DENIED: Row = Row {
    id: "event-forward-denied",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "EventBridge is not allowed to put the event on the event bus of the intermediate Region.",
    why: "EventBridge drops the event without a retry, so the second hop never starts.",
    remedy: steps!["Restore the role." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, sending events between Regions",
};

pub(crate) const FUNCTION_PERMISSION_MISSING: Row = Row {
    id: "function-permission-missing",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The rule is not allowed to invoke the function.",
    why: "EventBridge does not retry, so the second hop never starts.",
    remedy: steps!["Restore the permission." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, resource-based policies",
};

pub(crate) const FUNCTION_ROLE_DENIED: Row = Row {
    id: "function-role-denied",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "The function's role is not allowed to do what the function does.",
    why: "The function fails and the second hop never starts, or the function's log is lost.",
    remedy: steps!["Restore the role." => ["backupctl bootstrap"]],
    source: "AWS Lambda Developer Guide, execution role",
};

pub(crate) const QUEUE_POLICY_DENIES: Row = Row {
    id: "queue-policy-denies",
    area: Area::Events,
    severity: Severity::Error,
    meaning: "A dead-letter queue does not accept the messages that it is for.",
    why: "Events and invocations that fail for good are lost without a trace.",
    remedy: steps!["Restore the queue's policy." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, dead-letter queues",
};

pub(crate) const CALLER_DENIED: Row = Row {
    id: "caller-denied",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The caller of `copy` is not allowed to start the copy job, or to pass the role that it runs under.",
    why: "AWS denies the call and no copy is started by hand. The plan and the function make their own calls, which other checks judge.",
    remedy: steps!["Give the caller what it lacks, remove what denies it from its policies, or use credentials that are allowed. These print the permissions that it needs." => ["backupctl policy --for copy --environment source"], ["backupctl policy --for copy --environment intermediate"]],
    source: "Service Authorization Reference, AWS Backup, StartCopyJob",
};

pub(crate) const GUARDRAIL_DENIES: Row = Row {
    id: "guardrail-denies",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "A service control policy or a resource control policy of the organization denies a call of the pipeline.",
    why: "Nothing that an account grants overrides it: the job fails, whatever its roles, vaults and keys allow.",
    remedy: steps![
        "Ask whoever administers the organization to exempt the pipeline's roles, Regions or resources in that statement; no policy of this account helps."
    ],
    source: "AWS Organizations User Guide, orgs_manage_policies_scps and orgs_manage_policies_rcps",
};

/// What was found out about one check of one subject.
#[derive(Default)]
struct Gathered {
    refused: Vec<(Requirement, Evidence, When)>,
    undecided: Vec<Undecided>,
    unseen: Option<AwsError>,
    looked: bool,
}

/// When a call is refused that the plan makes every night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// Whenever it is made.
    Always,
    /// When it is made the next time, then; not now.
    Then(DateTime<Utc>),
    /// Now, and no more when it is made the next time, then.
    OnlyNow(DateTime<Utc>),
}

/// How long after the plan's fire time the last call of the night is made, about.
const A_NIGHT: TimeDelta = TimeDelta::hours(4);

/// What AWS will answer when the plan runs next, where that depends on the time; now, where it does not.
fn answer(situation: &Situation<'_>, row: &Requirement, next: Option<DateTime<Utc>>) -> (Answer, When) {
    let now = situation.answer(row);
    let Some(next) = next.filter(|_| situation.asks_when(row)) else { return (now, When::Always) };
    let at = |at: DateTime<Utc>| (Situation { at, ..situation.clone() }.answer(row), at);
    let [first, last] = [at(next), at(next + A_NIGHT)];
    let (then, at) = if last.0.badness() > first.0.badness() { last } else { first };
    let is_refused = |answer: &Answer| matches!(answer, Answer::Refused(..));
    match (is_refused(&now), is_refused(&then)) {
        (false, true) => (then, When::Then(at)),
        (true, false) => (now, When::OnlyNow(next)),
        (true, true) | (false, false) => (then, When::Always),
    }
}

pub(crate) fn judge(
    pipeline: &Pipeline,
    observed: &Observed,
    requirements: &[Requirement],
    sweep: Sweep,
    report: &mut Report,
) {
    let situation = Situation::new(pipeline, observed);
    let next = next_run(pipeline, observed);
    let mut gathered: BTreeMap<Place, Gathered> = BTreeMap::new();
    for row in requirements.iter().filter(|row| row.step != Step::Sweep) {
        let (answer, when) = answer(&situation, row, next);
        match answer {
            Answer::Missing => {}
            Answer::Allowed(places) => {
                places.into_iter().for_each(|place| gathered.entry(place).or_default().looked = true);
            }
            Answer::Refused(place, evidence) => {
                gathered.entry(place).or_default().refused.push((*row, evidence, when));
            }
            Answer::Unseen(sides) => {
                sides.into_iter().for_each(|(place, error)| gathered.entry(place).or_default().unseen = Some(error));
            }
            Answer::Undecided(doubts) => {
                for (place, mut one) in doubts {
                    // Where the sweep delivers all the same, nothing is lost by it, and a copy proves nothing of it.
                    if severity_of(row, sweep, when) == Severity::Warning {
                        one = Undecided { decides: false, hop: None, ..one };
                    }
                    gathered.entry(place).or_default().undecided.push(one);
                }
            }
        }
    }
    for place in situation.guardrails_read() {
        gathered.entry(place).or_default().looked = true;
    }
    for ((check, environment, subject), found) in gathered {
        if found.refused.is_empty() {
            match (&found.unseen, found.undecided.is_empty()) {
                (Some(error), _) => report.skip(check, environment, subject, skipped(error)),
                (None, false) => undecided(report, (check, environment, subject), found.undecided),
                (None, true) if found.looked => report.pass(check, environment, subject),
                (None, true) => {}
            }
            continue;
        }
        for severity in [Severity::Error, Severity::Warning] {
            let rows: Vec<_> =
                found.refused.iter().filter(|(row, _, when)| severity_of(row, sweep, *when) == severity).collect();
            if let Some((_, first, _)) = rows.first() {
                let finding = Finding::new(check, environment, &subject, message(&rows, sweep)).with_severity(severity);
                report.fail(by_policies(observed, finding, first));
            }
        }
    }
}

/// Each key once for each hop; of those by which nothing is lost none where others decide.
fn undecided(report: &mut Report, (check, environment, subject): Place, mut all: Vec<Undecided>) {
    if all.iter().any(|one| one.decides) {
        all.retain(|one| one.decides);
    }
    let mut known = Vec::new();
    for one in all {
        if !known.contains(&(one.key.clone(), one.hop)) {
            known.push((one.key.clone(), one.hop));
            report.skip(check, environment, subject.as_str(), Skipped::Undecided(one));
        }
    }
}

/// A finding that rests on a policy, with the remedy that undoes what that policy says.
pub(crate) fn by_policies(observed: &Observed, finding: Finding, by: &Evidence) -> Finding {
    let finding = match own_remedy(observed, &finding, by) {
        Some(remedy) => finding.with_remedy(remedy),
        None => finding,
    };
    let finding = if finding.subject.contains(":role/") { finding.named() } else { finding };
    Finding { evidence: Some(by.clone()), ..finding }
}

/// What undoes it where that depends on what refuses; none where the check's own remedy does.
fn own_remedy(observed: &Observed, finding: &Finding, by: &Evidence) -> Option<Remedy> {
    let (environment, subject) = (finding.environment, finding.subject.as_str());
    match finding.check {
        Check::GuardrailDenies => Some(guardrail(environment, by)),
        Check::KeyPolicyDenies => match observed.database_keys.get(subject) {
            Some(key) => key_policy::of_database(key, subject, by),
            None => key_policy::remedy(observed.environment(environment), subject, by),
        },
        Check::EventForwardDenied => boundary(by).or_else(|| bus_policy(by)),
        Check::FunctionRoleDenied => boundary(by),
        Check::BackupRoleDenied => boundary(by).or_else(|| role_policy(environment, by)),
        Check::VaultPolicyDenies if environment == EnvironmentName::Source => Some(source_vault_policy(by)),
        _ => None,
    }
}

/// What the organization denies, nobody in the account can allow.
fn guardrail(environment: EnvironmentName, by: &Evidence) -> Remedy {
    let who = match by.layer {
        Some(Layer::ResourceControl) => format!("the resources of the {environment} account"),
        _ => by.principal.clone().unwrap_or_default(),
    };
    let what = by.action.as_deref().unwrap_or_default();
    Remedy::text(match &by.statement {
        Some(statement) => format!(
            "Ask whoever administers the organization to exempt {who} from statement {statement} of the {}: no policy of \
             the account can allow {what} there.",
            by.document
        ),
        None => format!(
            "Ask whoever administers the organization to allow {what} for {who} at that level, where only {} speaks: no \
             policy of the account can.",
            by.document
        ),
    })
}

const TAKE_THE_BOUNDARY_OFF: &[FixedStep] = steps![
    "Ask whoever set the role's permissions boundary to allow it there, or remove the boundary."
        => ["aws iam delete-role-permissions-boundary --role-name " {Name}]
];

fn boundary(by: &Evidence) -> Option<Remedy> {
    (by.layer == Some(Layer::Boundary)).then(|| Remedy::from(TAKE_THE_BOUNDARY_OFF))
}

/// No template has a policy for the bus: what stands there is somebody's.
fn bus_policy(by: &Evidence) -> Option<Remedy> {
    if by.layer != Some(Layer::Resource) || is_of_trust(by) {
        return None;
    }
    Some(match by.statement.as_deref() {
        // Without a name it can only be removed together with all the others.
        Some(statement) if !statement.starts_with("statement ") => {
            let command = format!("aws events remove-permission --event-bus-name default --statement-id {statement}");
            let text = format!("Remove statement {statement} from the event bus's policy.");
            Remedy::default().then(text, vec![Command::whole(command)])
        }
        _ => Remedy::text(format!("Replace the {} by one without that statement.", by.document)),
    })
}

/// The template gives the source vault no policy: what stands there is somebody's, and `bootstrap` leaves it.
fn source_vault_policy(by: &Evidence) -> Remedy {
    let statement = by.statement.as_deref().unwrap_or("that denies");
    let text = format!("Remove statement {statement} from the vault's policy, or delete the policy.");
    let delete: &[FixedPiece] =
        &[piece!("aws backup delete-backup-vault-access-policy --backup-vault-name "), piece!({ Vault })];
    Remedy::default().then(text, vec![Command::from(delete)])
}

const RESTORE_THE_ROLE: &[FixedStep] = steps!["Restore the role." => ["backupctl bootstrap"]];

fn role_policy(environment: EnvironmentName, by: &Evidence) -> Option<Remedy> {
    if environment == EnvironmentName::Intermediate {
        return Some(Remedy::from(RESTORE_THE_ROLE));
    }
    let with_name = |start: &'static str, rest: String| Command::of([start.into(), Hole::Name.into(), rest.into()]);
    if by.layer == Some(Layer::Resource) && is_of_trust(by) {
        let rest = format!(" --policy-document '{BACKUP_ROLE_TRUST}'");
        let command = with_name("aws iam update-assume-role-policy --role-name ", rest);
        return Some(Remedy::default().then("Let AWS Backup assume the role.", vec![command]));
    }
    let statement = by.statement.as_ref()?;
    Some(match inline_policy(&by.document) {
        Some(name) => {
            let command = with_name("aws iam delete-role-policy --role-name ", format!(" --policy-name {name}"));
            let text = format!(
                "Remove statement {statement} from the role's policy {name}, or delete the policy from the role."
            );
            Remedy::default().then(text, vec![command])
        }
        None => Remedy::text(format!("Remove statement {statement} from {}.", by.document)),
    })
}

/// Whether a trust policy decides.
fn is_of_trust(by: &Evidence) -> bool {
    by.action.as_deref() == Some("sts:AssumeRole")
}

/// An error is what keeps a recovery point from arriving.
fn severity_of(row: &Requirement, sweep: Sweep, when: When) -> Severity {
    let by_event = matches!(row.step, Step::Forwarding | Step::Invocation);
    match row.without {
        _ if matches!(when, When::OnlyNow(_)) => Severity::Warning,
        Without::Arrives => Severity::Warning,
        Without::Lost if by_event && sweep == Sweep::Delivers => Severity::Warning,
        Without::Lost => Severity::Error,
    }
}

/// Who may not do what: the calls of each principal together.
fn message(rows: &[&(Requirement, Evidence, When)], sweep: Sweep) -> String {
    let mut by_principal: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (row, evidence, _) in rows {
        let what = match row.what {
            What::Anything => row.action.to_owned(),
            _ => format!("{} ({})", row.action, row.step.as_str()),
        };
        let known = by_principal.entry(evidence.principal.as_deref().unwrap_or_default()).or_default();
        if !known.contains(&what) {
            known.push(what);
        }
    }
    let parts: Vec<String> =
        by_principal.into_iter().map(|(who, actions)| format!("{who} may not {}", actions.join(", "))).collect();
    let parts = match rows.iter().map(|(_, _, when)| *when).find(|when| *when != When::Always) {
        Some(When::Then(at)) => vec![format!("when the plan runs next, at {}, {}", shown(at), parts.join("; "))],
        Some(When::OnlyNow(next)) => {
            vec![format!("now, but no more when the plan runs next, at {}, {}", shown(next), parts.join("; "))]
        }
        Some(When::Always) | None => parts,
    };
    let by_event = rows.iter().any(|(row, ..)| matches!(row.step, Step::Forwarding | Step::Invocation));
    // What the function may not do it may do neither for an event nor for the sweep.
    let by_function = rows.iter().any(|(row, ..)| row.step == Step::Function && row.without == Without::Lost);
    match (by_event, by_function) {
        (true, _) => format!("{}; {}", parts.join("; "), sweep.words()),
        (false, true) => format!("{}; {NOTHING_DELIVERS}", parts.join("; ")),
        (false, false) => parts.join("; "),
    }
}
