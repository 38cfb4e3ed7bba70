//! The policy domain, judged by tables that were written by hand from AWS's documentation, and by
//! properties that hold for every document.

mod properties;

use std::collections::BTreeMap;

use backupctl::policy::context::Context;
use backupctl::policy::document::Effect;
use backupctl::policy::evaluate::{
    Caller, Doubt, Layer, Named, Principal, Request, Resource, ResourceRule, Verdict, evaluate,
};
use serde::Deserialize;
use serde_json::{Value, json};

const VAULT: &str = "arn:aws:backup:us-west-2:111111111111:backup-vault:v";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    sources: BTreeMap<String, String>,
    rows: ConditionRows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionRows {
    list: Vec<ConditionRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionRow {
    source: String,
    condition: String,
    context: BTreeMap<String, Vec<String>>,
    version: Option<String>,
    holds: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    sources: BTreeMap<String, String>,
    case: Vec<Case>,
}

/// One question. Documents are given as one statement each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    principal: Option<String>,
    action: Option<String>,
    resource: Option<String>,
    owner: Option<String>,
    #[serde(default)]
    rule: Rule,
    #[serde(default)]
    grants: Vec<String>,
    #[serde(default)]
    context: BTreeMap<String, Vec<String>>,
    /// Every key is unknown that is not named here or in `context`.
    #[serde(default)]
    partial: bool,
    #[serde(default)]
    unknown: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    /// `aws:ResourceTag/`: all of these that the request has are in `context`.
    #[serde(default)]
    families: Vec<String>,
    #[serde(default)]
    identity: Vec<String>,
    boundary: Option<String>,
    #[serde(default)]
    session: Vec<String>,
    #[serde(default)]
    scp: Vec<Vec<String>>,
    #[serde(default)]
    rcp: Vec<Vec<String>>,
    #[serde(default)]
    policy: Vec<String>,
    /// `allowed`, `denied: <layer>`, `not allowed: <layer>`, `undecided`.
    expect: String,
    /// The documents that decided, by layer and number.
    by: Option<Vec<String>>,
    /// Their statements that decided, by Sid.
    statements: Option<Vec<String>>,
    /// What keeps it undecided, in any order: `<key>: allow of <document>`.
    doubts: Option<Vec<String>>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Rule {
    #[default]
    Ordinary,
    Key,
    Managed,
    Trust,
}

fn documents(layer: &str, statements: &[String]) -> Vec<Named> {
    let text = |statement: &String| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let numbered = statements.iter().enumerate();
    numbered.map(|(index, one)| Named { name: format!("{layer} {}", index + 1), text: text(one) }).collect()
}

fn context(pairs: &BTreeMap<String, Vec<String>>) -> Context {
    pairs.iter().fold(Context::new(), |context, (key, values)| context.with_all(key, values.iter().cloned()))
}

fn principal(text: &str) -> Principal {
    let role = |arn: &str| Principal::Session {
        role: arn.parse().expect("an ARN"),
        role_id: "AROAROLE".into(),
        name: "session".into(),
    };
    match text {
        "alice" => Principal::User {
            arn: "arn:aws:iam::111111111111:user/alice".parse().expect("an ARN"),
            id: "AIDAALICE".into(),
        },
        "root" => Principal::Root("111111111111".parse().expect("an account")),
        "copier" => role("arn:aws:iam::111111111111:role/path/copier"),
        "linked" => {
            role("arn:aws:iam::111111111111:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")
        }
        service => Principal::Service(service.into()),
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::ServiceControl => "scp",
        Layer::ResourceControl => "rcp",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
        Layer::Identity => "identity",
        Layer::Resource => "policy",
    }
}

/// The statements that decided.
fn statements(verdict: &Verdict) -> Vec<String> {
    match verdict {
        Verdict::Allowed(by) => by.iter().map(|by| by.statement.clone()).collect(),
        Verdict::Denied { by, .. } => vec![by.statement.clone()],
        Verdict::NotAllowed(_) | Verdict::Undecided(_) => Vec::new(),
    }
}

fn doubts(verdict: &Verdict) -> Vec<String> {
    let Verdict::Undecided(doubts) = verdict else { return Vec::new() };
    let shown = |doubt: &Doubt| {
        assert!(doubt.by.document.starts_with(layer(doubt.layer)), "{doubt:?}");
        let effect = if doubt.effect == Effect::Deny { "deny" } else { "allow" };
        format!("{}: {effect} of {}", doubt.key, doubt.by.document)
    };
    let mut all: Vec<String> = doubts.iter().map(shown).collect();
    all.sort();
    all
}

fn shown(verdict: &Verdict) -> (String, Vec<String>) {
    match verdict {
        Verdict::Allowed(by) => ("allowed".into(), by.iter().map(|by| by.document.clone()).collect()),
        Verdict::Denied { layer: at, by } => (format!("denied: {}", layer(*at)), vec![by.document.clone()]),
        Verdict::NotAllowed(at) => (format!("not allowed: {}", layer(*at)), Vec::new()),
        Verdict::Undecided(_) => ("undecided".into(), Vec::new()),
    }
}

fn ask(case: &Case) -> Verdict {
    let rule = match case.rule {
        Rule::Ordinary => ResourceRule::Ordinary,
        Rule::Key => ResourceRule::Key,
        Rule::Managed => ResourceRule::AwsManagedKey,
        Rule::Trust => ResourceRule::Trust,
    };
    let resource = Resource {
        arn: case.resource.clone().unwrap_or_else(|| VAULT.into()),
        owner: case.owner.as_deref().unwrap_or("111111111111").parse().expect("an account"),
        policies: documents("policy", &case.policy),
        rule,
        grants: case.grants.clone(),
    };
    let levels = |name: &str, levels: &[Vec<String>]| {
        let numbered = levels.iter().enumerate();
        numbered.map(|(index, level)| documents(&format!("{name} {}.", index + 1), level)).collect()
    };
    let caller = Caller {
        identity: documents("identity", &case.identity),
        boundary: case.boundary.as_ref().map(|one| documents("boundary", std::slice::from_ref(one)).remove(0)),
        session: documents("session", &case.session),
        service_control: levels("scp", &case.scp),
        resource_control: levels("rcp", &case.rcp),
    };
    let principal = principal(case.principal.as_deref().unwrap_or("alice"));
    let action = case.action.as_deref().unwrap_or("backup:StartCopyJob");
    let context = known(case);
    evaluate(&Request { principal: &principal, action, resource: &resource, context: &context }, &caller)
}

fn known(case: &Case) -> Context {
    let mut known = if case.partial { Context::partial() } else { Context::new() };
    known.extend(&context(&case.context));
    known = case.absent.iter().fold(known, |known, key| known.without(key));
    known = case.unknown.iter().fold(known, |known, key| known.unknown(key));
    case.families.iter().fold(known, |known, family| known.knowing_all(family))
}

#[test]
fn cases_are_decided_as_aws_documents() {
    decided_as_expected(include_str!("policy/cases.toml"));
}

#[test]
fn a_key_that_is_not_known_leaves_open_what_depends_on_it() {
    decided_as_expected(include_str!("policy/undecided.toml"));
}

fn decided_as_expected(table: &str) {
    let cases: Cases = toml::from_str(table).expect("a table");
    let mut wrong = Vec::new();
    for case in &cases.case {
        assert!(cases.sources.contains_key(&case.source), "`{}` names no source", case.name);
        let decided = ask(case);
        if case.statements.as_ref().is_some_and(|expected| *expected != statements(&decided)) {
            wrong.push(format!("{}: expected {:?}, got {:?}", case.name, case.statements, statements(&decided)));
        }
        let (verdict, by) = shown(&decided);
        if verdict != case.expect || case.by.as_ref().is_some_and(|expected| *expected != by) {
            wrong.push(format!("{}: expected {} {:?}, got {verdict} {by:?}", case.name, case.expect, case.by));
        }
        if doubts(&decided) != case.doubts.clone().unwrap_or_default() {
            wrong.push(format!("{}: expected {:?}, got {:?}", case.name, case.doubts, doubts(&decided)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a request is answered whose only statement has this condition.
fn under(condition: &str, version: &str, context: &Context) -> Verdict {
    let condition: Value = serde_json::from_str(condition).expect("a condition");
    let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition });
    let text = json!({ "Version": version, "Statement": statement }).to_string();
    let resource = plain_resource(Vec::new());
    let caller = Caller { identity: vec![Named { name: "identity".into(), text }], ..Default::default() };
    let principal = principal("alice");
    evaluate(&Request { principal: &principal, action: "backup:StartCopyJob", resource: &resource, context }, &caller)
}

#[test]
fn conditions_hold_as_aws_documents() {
    let table: Conditions = toml::from_str(include_str!("policy/conditions.toml")).expect("a table");
    let mut wrong = Vec::new();
    for row in &table.rows.list {
        assert!(table.sources.contains_key(&row.source), "`{}` names no source", row.condition);
        let version = row.version.as_deref().unwrap_or("2012-10-17");
        if under(&row.condition, version, &context(&row.context)).is_allowed() != row.holds {
            wrong.push(format!("{} with {:?} should be {}", row.condition, row.context, row.holds));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unknown {
    rows: Vec<UnknownRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnknownRow {
    condition: String,
    holds: String,
}

#[test]
fn a_condition_on_an_unknown_key_is_open_unless_every_value_comes_to_the_same() {
    let table: Unknown = toml::from_str(include_str!("policy/unknown.toml")).expect("a table");
    let mut wrong = Vec::new();
    for row in &table.rows {
        let holds = match under(&row.condition, "2012-10-17", &Context::partial()) {
            Verdict::Allowed(_) => "yes",
            Verdict::Denied { .. } | Verdict::NotAllowed(_) => "no",
            Verdict::Undecided(_) => "open",
        };
        if holds != row.holds {
            wrong.push(format!("{} should be {}, is {holds}", row.condition, row.holds));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tables_have_not_shrunk() {
    let cases: Cases = toml::from_str(include_str!("policy/cases.toml")).expect("a table");
    let conditions: Conditions = toml::from_str(include_str!("policy/conditions.toml")).expect("a table");
    assert!(cases.case.len() + conditions.rows.list.len() >= 200);
}

fn plain_resource(policies: Vec<Named>) -> Resource {
    Resource {
        arn: VAULT.into(),
        owner: "111111111111".parse().expect("an account"),
        policies,
        rule: ResourceRule::Ordinary,
        grants: Vec::new(),
    }
}
