//! Every action, resource type and condition key that we write, held against AWS's published Service
//! Authorization Reference (`reference.tsv`, made by `scripts/make-authorization-reference.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use backupctl::policy::keys::{self, Presence, PrincipalKind};
use backupctl::sandbox::services::Service;
use backupctl::templates;
use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

use super::operator::PLACES;
use crate::support::command::run;

const TEXT: &str = include_str!("reference.tsv");

/// Condition keys that AWS has for every service (IAM User Guide, "AWS global condition context keys").
const GLOBAL_KEYS: &[&str] = &[
    "aws:CalledVia",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
];

/// Dependent actions that our calls do not need, with the reason.
const NOT_NEEDED: &[(&str, &str)] = &[
    // Only a multi-Region key takes it.
    ("kms:CreateKey", "iam:CreateServiceLinkedRole"),
    // Only a function on a capacity provider takes it.
    ("lambda:CreateFunction", "lambda:PassCapacityProvider"),
    // Only where no stack is named.
    ("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
    // Only a topic that logs its deliveries takes a role.
    ("sns:CreateTopic", "iam:PassRole"),
    ("sns:SetTopicAttributes", "iam:PassRole"),
    // Our plans have no advanced settings, which are what takes a role; the selection's role is passed.
    ("backup:CreateBackupPlan", "iam:PassRole"),
    ("backup:UpdateBackupPlan", "iam:PassRole"),
];

/// Operations of the sandbox that are authorized under another name, or that are newer than the reference.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("lambda:Invoke", "lambda:InvokeFunction"),
    ("sqs:DeleteMessageBatch", "sqs:DeleteMessage"),
    ("sqs:SendMessageBatch", "sqs:SendMessage"),
    // KMS API Reference, GetKeyLastUsage; the reference of that day does not have it.
    ("kms:GetKeyLastUsage", "kms:DescribeKey"),
];

/// Actions that are newer than the reference (KMS API Reference, GetKeyLastUsage: "Required permissions").
const NEWER: &[&str] = &["kms:GetKeyLastUsage"];

#[derive(Default)]
struct Action {
    types: Vec<String>,
    needs_resource: bool,
    keys: BTreeSet<String>,
    dependent: Vec<String>,
}

#[derive(Default)]
struct Reference {
    actions: BTreeMap<String, Action>,
    arns: BTreeMap<String, String>,
    /// Condition keys of a service's resource types, by the type.
    type_keys: BTreeMap<String, BTreeSet<String>>,
}

fn list(text: &str) -> Vec<String> {
    text.split(',').filter(|one| *one != "-").map(str::to_owned).collect()
}

fn reference() -> Reference {
    let mut reference = Reference::default();
    for line in TEXT.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            ["resource", name, arn, keys] => {
                reference.arns.insert((*name).to_owned(), (*arn).to_owned());
                reference.type_keys.insert((*name).to_owned(), list(keys).into_iter().collect());
            }
            ["keys", ..] => {}
            ["action", name, types, keys, dependent] => {
                let types = list(types);
                let action = Action {
                    needs_resource: types.iter().any(|one| one.ends_with('*')),
                    types: types.into_iter().map(|one| one.trim_end_matches('*').to_owned()).collect(),
                    keys: list(keys).into_iter().collect(),
                    dependent: list(dependent),
                };
                reference.actions.insert((*name).to_owned(), action);
            }
            other => panic!("{other:?}"),
        }
    }
    reference
}

/// Whether a condition key is the one that the reference names, perhaps with a placeholder.
fn is_key(named: &str, key: &str) -> bool {
    match named.split_once("${") {
        Some((head, _)) => key.starts_with(head) && key.len() > head.len(),
        None => named.eq_ignore_ascii_case(key),
    }
}

impl Reference {
    fn knows(&self, pattern: &str) -> bool {
        match pattern.split_once('*') {
            None => self.actions.contains_key(pattern),
            Some((head, _)) => self.actions.keys().any(|action| action.starts_with(head)),
        }
    }

    fn knows_key(&self, action: &str, key: &str) -> bool {
        let Some(known) = self.actions.get(action) else { return true };
        let service = action.split(':').next().unwrap_or_default();
        let of_types = known.types.iter().filter_map(|kind| self.type_keys.get(&format!("{service}:{kind}")));
        GLOBAL_KEYS.contains(&key) || known.keys.iter().chain(of_types.flatten()).any(|named| is_key(named, key))
    }

    /// Whether one of the action's resource types has ARNs of this form.
    fn takes(&self, action: &str, arn: &str) -> bool {
        let known = &self.actions[action];
        let service = action.split(':').next().unwrap_or_default();
        known.types.iter().any(|kind| same_form(&self.arns[&format!("{service}:{kind}")], arn))
    }
}

/// Whether an ARN has the form of the reference's: same service, and a resource that begins alike.
fn same_form(form: &str, arn: &str) -> bool {
    let (form, arn): (Vec<&str>, Vec<&str>) = (form.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    let fixed = |text: &str| text.split(['$', ':', '/']).next().unwrap_or_default().to_owned();
    let service = form[2].starts_with("${") || form[2] == arn[2];
    let head = fixed(form[5]);
    service && (head.is_empty() || fixed(arn[5]) == head)
}

/// Every printed policy, with the command and the place.
fn printed() -> Vec<(String, Json)> {
    let mut found = Vec::new();
    for command in ["init", "doctor", "bootstrap", "copy", "verify", "cleanup"] {
        for (place, _) in PLACES {
            let ran = run(None, &format!("policy --for {command} --environment {place} --sandbox"));
            if ran.code == 0 {
                found.push((format!("{command} in {place}"), serde_json::from_str(&ran.stdout).expect("a document")));
            }
        }
    }
    assert!(found.len() > 12, "{}", found.len());
    found
}

fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Array(all) => all.iter().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn condition_keys(condition: &Json) -> Vec<String> {
    let operators = condition.as_object().into_iter().flatten();
    operators.flat_map(|(_, keys)| keys.as_object().into_iter().flatten().map(|(key, _)| key.clone())).collect()
}

#[test]
fn printed_policies_hold_only_what_the_reference_knows() {
    let reference = reference();
    let mut wrong = Vec::new();
    for (name, policy) in printed() {
        for statement in policy["Statement"].as_array().expect("statements") {
            let arns = texts(&statement["Resource"]);
            let mut actions = texts(&statement["Action"]);
            actions.retain(|action| !NEWER.contains(&action.as_str()));
            for action in &actions {
                if !reference.actions.contains_key(action) {
                    wrong.push(format!("{name}: AWS has no action {action}"));
                    continue;
                }
                for key in condition_keys(&statement["Condition"]) {
                    if !reference.knows_key(action, &key) {
                        wrong.push(format!("{name}: {action} has no condition key {key}"));
                    }
                }
                let everything = arns == ["*"];
                if everything && reference.actions[action].needs_resource {
                    wrong.push(format!("{name}: {action} is granted on everything, and could be on a resource"));
                }
                if !everything && !arns.iter().any(|arn| reference.takes(action, arn)) {
                    wrong.push(format!("{name}: {action} takes none of {arns:?}"));
                }
            }
            for arn in arns.iter().filter(|arn| *arn != "*") {
                let used =
                    actions.iter().any(|action| reference.actions.contains_key(action) && reference.takes(action, arn));
                if !used {
                    wrong.push(format!("{name}: no action takes {arn}"));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn printed_policies_hold_what_their_actions_depend_on() {
    let reference = reference();
    let mut missing = BTreeSet::new();
    for (name, policy) in printed() {
        let all: BTreeSet<String> = policy["Statement"]
            .as_array()
            .expect("statements")
            .iter()
            .flat_map(|statement| texts(&statement["Action"]))
            .collect();
        for action in &all {
            for needed in reference.actions.get(action).into_iter().flat_map(|known| &known.dependent) {
                let excused = NOT_NEEDED.contains(&(action.as_str(), needed.as_str()));
                if !excused && !all.contains(needed) {
                    missing.insert(format!("{name}: {action} depends on {needed}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// A YAML value without its tags.
fn plain(value: &Yaml) -> &Yaml {
    match value {
        Yaml::Tagged(tagged) => plain(&tagged.value),
        other => other,
    }
}

/// The actions and condition keys of every statement in a template, with the places of both.
fn walk(value: &Yaml, actions: &mut BTreeSet<String>, keys: &mut BTreeSet<(String, String)>) {
    match plain(value) {
        Yaml::Mapping(map) => {
            let mut own = Vec::new();
            if let Some(found) = map.get("Action") {
                match plain(found) {
                    Yaml::String(text) if text.contains(':') => own.push(text.clone()),
                    Yaml::Sequence(all) => {
                        own.extend(all.iter().filter_map(|one| plain(one).as_str()).map(str::to_owned))
                    }
                    _ => {}
                }
            }
            if let (false, Some(condition)) = (own.is_empty(), map.get("Condition")) {
                let mut found = BTreeSet::new();
                keys_of(condition, &mut found);
                keys.extend(
                    found.into_iter().flat_map(|key| own.iter().map(move |action| (action.clone(), key.clone()))),
                );
            }
            actions.extend(own);
            map.values().for_each(|inner| walk(inner, actions, keys));
        }
        Yaml::Sequence(all) => all.iter().for_each(|inner| walk(inner, actions, keys)),
        _ => {}
    }
}

/// Mapping keys below a condition that are condition keys.
fn keys_of(value: &Yaml, found: &mut BTreeSet<String>) {
    match plain(value) {
        Yaml::Mapping(map) => {
            for (key, inner) in map {
                if let Some(name) = key.as_str().filter(|name| name.contains(':') && !name.starts_with("ForA")) {
                    found.insert(name.to_owned());
                }
                keys_of(inner, found);
            }
        }
        Yaml::Sequence(all) => all.iter().for_each(|inner| keys_of(inner, found)),
        _ => {}
    }
}

#[test]
fn templates_hold_only_what_the_reference_knows() {
    let reference = reference();
    for (name, text) in [
        ("source", templates::source()),
        ("intermediate", templates::intermediate()),
        ("destination", templates::destination()),
    ] {
        let document: Yaml = serde_yaml_ng::from_str(text).expect("YAML");
        let (mut actions, mut keys) = (BTreeSet::new(), BTreeSet::new());
        walk(&document, &mut actions, &mut keys);
        assert!(actions.len() > 20, "{name}: {actions:?}");
        let unknown: Vec<_> = actions.iter().filter(|action| !reference.knows(action)).collect();
        assert!(unknown.is_empty(), "{name}: AWS has no {unknown:?}");
        let strange: Vec<_> = keys
            .iter()
            .filter(|(action, key)| !reference.knows_key(action, key))
            // Resource policies and trust policies may ask for anything that the request carries.
            .filter(|(action, _)| action != "sts:AssumeRole")
            // A key policy may name it, and grants nothing by it: it is no action on a key.
            .filter(|(action, _)| action != "kms:ListAliases")
            .collect();
        assert!(strange.is_empty(), "{name}: {strange:?}");
    }
}

#[test]
fn the_sandboxs_operations_are_authorized_under_names_that_the_reference_knows() {
    let reference = reference();
    let mut unknown = Vec::new();
    let mut others = 0;
    for service in Service::ALL {
        for operation in service.operations() {
            let action = format!("{}:{}", service.signing_name(), operation.name);
            let other = OTHER_NAMES.iter().find(|(name, _)| *name == action).map(|(_, other)| (*other).to_owned());
            others += usize::from(other.is_some());
            let action = other.unwrap_or(action);
            if !reference.knows(&action.replace("monitoring:", "cloudwatch:")) {
                unknown.push(action);
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(others, OTHER_NAMES.len());
}

#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn python() -> Option<std::ffi::OsString> {
    let named = std::env::var_os("BACKUPCTL_PYTHON_AUTHORIZATION").filter(|named| !named.is_empty());
    if named.is_none() {
        eprintln!("left out: BACKUPCTL_PYTHON_AUTHORIZATION is not set (`tests/run` sets it)");
    }
    named
}

#[test]
fn the_extract_is_what_the_script_makes() {
    let Some(python) = python() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/make-authorization-reference.py");
    let keys = include_str!("../../../crates/aws-policy/src/keys/reference.tsv");
    for (arguments, text) in [(&[][..], TEXT), (&["--keys"][..], keys)] {
        let made = Command::new(&python).arg(&script).args(arguments).output().expect("the script runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let again = "make it again: python scripts/make-authorization-reference.py";
        assert!(String::from_utf8_lossy(&made.stdout) == text, "{again} {arguments:?}");
    }
}

/// The evaluator rules a key out that its table does not have for an action.
#[test]
fn each_key_that_aws_documents_for_an_action_is_in_the_evaluators_table() {
    let reference = reference();
    let kinds = [PrincipalKind::Service, PrincipalKind::Role, PrincipalKind::LinkedRole];
    let mut seen = 0;
    for (name, action) in &reference.actions {
        let service = name.split(':').next().unwrap_or_default();
        let types = action.types.iter().filter_map(|kind| reference.type_keys.get(&format!("{service}:{kind}")));
        for key in action.keys.iter().chain(types.flatten()) {
            let key = key.replace("${TagKey}", "team");
            for who in kinds {
                assert_eq!(keys::presence(&key, name, who), Presence::Sometimes, "{key} of {name} for {who:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 3000, "{seen}");
}
