//! The policy domain, judged by tables that were written by hand from AWS's documentation, and by
//! properties that hold for every document.

use std::collections::BTreeMap;

use backupctl::policy::context::Context;
use backupctl::policy::document::Document;
use backupctl::policy::evaluate::{
    Caller, Layer, Named, Principal, Request, Resource, ResourceRule, Verdict, evaluate,
};
use proptest::prelude::*;
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
    /// `allowed`, `denied: <layer>`, `not allowed: <layer>`.
    expect: String,
    /// The documents that decided, by layer and number.
    by: Option<Vec<String>>,
    /// Their statements that decided, by Sid.
    statements: Option<Vec<String>>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Rule {
    #[default]
    Ordinary,
    Key,
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
        Verdict::NotAllowed(_) => Vec::new(),
    }
}

fn shown(verdict: &Verdict) -> (String, Vec<String>) {
    match verdict {
        Verdict::Allowed(by) => ("allowed".into(), by.iter().map(|by| by.document.clone()).collect()),
        Verdict::Denied { layer: at, by } => (format!("denied: {}", layer(*at)), vec![by.document.clone()]),
        Verdict::NotAllowed(at) => (format!("not allowed: {}", layer(*at)), Vec::new()),
    }
}

fn ask(case: &Case) -> Verdict {
    let rule = match case.rule {
        Rule::Ordinary => ResourceRule::Ordinary,
        Rule::Key => ResourceRule::Key,
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
    evaluate(&Request { principal: &principal, action, resource: &resource, context: &context(&case.context) }, &caller)
}

#[test]
fn cases_are_decided_as_aws_documents() {
    let cases: Cases = toml::from_str(include_str!("policy/cases.toml")).expect("a table");
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
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn conditions_hold_as_aws_documents() {
    let table: Conditions = toml::from_str(include_str!("policy/conditions.toml")).expect("a table");
    let mut wrong = Vec::new();
    for row in &table.rows.list {
        assert!(table.sources.contains_key(&row.source), "`{}` names no source", row.condition);
        let condition: Value = serde_json::from_str(&row.condition).expect("a condition");
        let version = row.version.as_deref().unwrap_or("2012-10-17");
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition });
        let text = json!({ "Version": version, "Statement": statement }).to_string();
        let resource = plain_resource(Vec::new());
        let caller = Caller { identity: vec![Named { name: "identity".into(), text }], ..Default::default() };
        let context = context(&row.context);
        let principal = principal("alice");
        let request =
            Request { principal: &principal, action: "backup:StartCopyJob", resource: &resource, context: &context };
        if evaluate(&request, &caller).is_allowed() != row.holds {
            wrong.push(format!("{} with {:?} should be {}", row.condition, row.context, row.holds));
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

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("Statement"),
        Just("Effect"),
        Just("Allow"),
        Just("Deny"),
        Just("Action"),
        Just("Principal"),
        Just("AWS"),
        Just("Condition"),
        Just("StringLike"),
        Just("Version"),
        Just("2012-10-17"),
        Just("*"),
        Just("${"),
        Just("Resource"),
    ];
    let text = prop_oneof![words.prop_map(str::to_owned), ".{0,12}"];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_statement() -> impl Strategy<Value = Value> {
    let action = prop_oneof![Just("*"), Just("backup:*"), Just("backup:StartCopyJob"), Just("s3:Get*")];
    let resource =
        prop_oneof![Just("*"), Just(VAULT), Just("arn:aws:backup:*:*:backup-vault:*"), Just("arn:aws:s3:::b")];
    let value = prop_oneof![Just("o-a"), Just("o-b"), Just("o-*"), Just("${aws:username}")];
    let operator =
        prop_oneof![Just("StringEquals"), Just("StringNotLike"), Just("ForAllValues:StringLike"), Just("Null")];
    (any::<bool>(), action, resource, operator, value, any::<bool>()).prop_map(
        |(allow, action, resource, operator, value, conditional)| {
            let mut statement =
                json!({ "Effect": if allow { "Allow" } else { "Deny" }, "Action": action, "Resource": resource });
            if conditional {
                statement["Condition"] = json!({ operator: { "aws:PrincipalOrgID": value } });
            }
            statement
        },
    )
}

fn decide(identity: &[Value], policy: &[Value]) -> Verdict {
    let named = |name: &str, statements: &[Value]| {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        vec![Named { name: name.into(), text }]
    };
    let resource = plain_resource(named("policy", policy));
    let caller = Caller { identity: named("identity", identity), ..Default::default() };
    let context = Context::new().with("aws:PrincipalOrgID", "o-a");
    let principal = principal("alice");
    let request =
        Request { principal: &principal, action: "backup:StartCopyJob", resource: &resource, context: &context };
    evaluate(&request, &caller)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        let _ = Document::from_value(&value);
        decide(std::slice::from_ref(&value), std::slice::from_ref(&value));
    }

    #[test]
    fn a_deny_of_everything_wins(statements in prop::collection::vec(any_statement(), 0..6), position in 0usize..6) {
        let mut identity = statements;
        identity.insert(position.min(identity.len()), json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
        let is_denied = matches!(decide(&identity, &[]), Verdict::Denied { .. });
        prop_assert!(is_denied);
    }

    #[test]
    fn one_deny_more_never_allows(
        statements in prop::collection::vec(any_statement(), 0..6),
        mut more in any_statement(),
    ) {
        let before = decide(&statements, &[]).is_allowed();
        more["Effect"] = json!("Deny");
        let mut identity = statements;
        identity.push(more);
        prop_assert!(before || !decide(&identity, &[]).is_allowed());
    }

    #[test]
    fn one_allow_less_never_allows(statements in prop::collection::vec(any_statement(), 1..6), index in 0usize..6) {
        let before = decide(&statements, &[]).is_allowed();
        let mut fewer = statements;
        let index = index.min(fewer.len() - 1);
        if fewer[index]["Effect"] == "Allow" {
            fewer.remove(index);
            prop_assert!(before || !decide(&fewer, &[]).is_allowed());
        }
    }

    #[test]
    fn the_order_of_statements_does_not_matter(statements in prop::collection::vec(any_statement(), 0..6)) {
        let mut reversed = statements.clone();
        reversed.reverse();
        prop_assert_eq!(decide(&statements, &[]).is_allowed(), decide(&reversed, &[]).is_allowed());
    }
}
