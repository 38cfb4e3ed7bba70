//! An operator who is a role in each account, with the printed policies and nothing else.

use std::path::Path;

use backupctl::policy::context::Context;
use backupctl::policy::names::AccountId;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::{Service, iam};
use backupctl::sandbox::world::World;
use serde_json::{Value, json};

use crate::support::command::{Ran, run};
use crate::support::share::share;

/// Whose policies there are, and in which account.
pub(super) const PLACES: [(&str, &str); 4] = [
    ("source", "111111111111"),
    ("intermediate", "111111111111"),
    ("destination", "222222222222"),
    ("management", "999999999999"),
];

/// The configuration of an operator who assumes a role everywhere.
const CONFIGURATION: &str = r#"
[source]
account = "111111111111"
role_arn = "arn:aws:iam::111111111111:role/operator"

[destination]
account = "222222222222"
role_arn = "arn:aws:iam::222222222222:role/operator"

[organization]
id = "o-sandboxorg1"
management_role_arn = "arn:aws:iam::999999999999:role/operator"
"#;

const SELECTION: &str = r#"
[selection]
resources = [
    "arn:aws:rds:us-east-1:111111111111:db:orders",
    "arn:aws:rds:us-east-1:111111111111:db:billing",
]
"#;

/// A command, the world that it is run in, and the policies that it is run with.
pub(super) struct Case {
    world: World,
    command: String,
    directory: tempfile::TempDir,
    /// One document for each of [`PLACES`]; none where the command calls nothing.
    pub(super) policies: [Option<Value>; 4],
}

/// One call of the account's administrator, beside the commands.
pub(super) fn administer(
    world: &mut World,
    account: &str,
    region: &str,
    service: Service,
    operation: &str,
    input: Value,
) -> Value {
    let account: AccountId = account.parse().expect("an account");
    let caller = iam::administrator(world, &account).expect("an administrator");
    let region = region.parse().expect("a Region");
    let answer = world.call(&caller, &region, service, operation, input, &Context::new());
    answer.unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn iam_call(world: &mut World, account: &str, operation: &str, input: Value) {
    administer(world, account, "us-east-1", Service::Iam, operation, input);
}

/// What `backupctl policy` prints.
fn printed(configuration: &Path, command: &str, place: &str) -> Option<Value> {
    let configuration = configuration.display();
    let ran = run(None, &format!("policy --for {command} --environment {place} --config {configuration}"));
    match ran.code {
        0 => Some(serde_json::from_str(&ran.stdout).expect("the bare document")),
        _ => {
            assert!(ran.stderr.contains("calls nothing"), "{ran:?}");
            None
        }
    }
}

impl Case {
    /// `command`, whose first word is its name, run in `base` with more of a configuration.
    pub(super) fn new(base: &Sandbox, command: &str, more: &str) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let configuration = directory.path().join("backupctl.toml");
        let selection = if more.contains("[selection]") { "" } else { SELECTION };
        std::fs::write(&configuration, format!("{CONFIGURATION}{selection}{more}")).expect("a file");
        let mut world = base.world();
        for account in ["111111111111", "222222222222", "999999999999"] {
            let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{account}:root")}, "Action": "sts:AssumeRole"}]});
            let role = json!({"RoleName": "operator", "AssumeRolePolicyDocument": trust.to_string()});
            iam_call(&mut world, account, "CreateRole", role);
        }
        let name = command.split(' ').next().expect("a command");
        let policies = PLACES.map(|(place, _)| printed(&configuration, name, place));
        Self { world, command: command.to_owned(), directory, policies }
    }

    /// Runs the command with these policies, on a world of its own.
    pub(super) fn run(&self, policies: &[Option<Value>; 4]) -> (Ran, Sandbox) {
        let mut world = self.world.clone();
        for ((place, account), policy) in PLACES.iter().zip(policies) {
            let Some(policy) = policy else { continue };
            for (number, part) in managed(policy).into_iter().enumerate() {
                let name = format!("operator-{place}-{number}");
                let input = json!({"PolicyName": name, "PolicyDocument": part.to_string()});
                iam_call(&mut world, account, "CreatePolicy", input);
                let arn = format!("arn:aws:iam::{account}:policy/{name}");
                iam_call(&mut world, account, "AttachRolePolicy", json!({"RoleName": "operator", "PolicyArn": arn}));
            }
        }
        // IAM tells the other services of it.
        let soon = world.now.plus_seconds(60);
        world.advance_to(soon);
        world.trail.clear();
        let sandbox = Sandbox::in_memory(world);
        let configuration = self.directory.path().join("backupctl.toml");
        let ran = run(Some(&sandbox), &format!("--sandbox {} --config {}", self.command, configuration.display()));
        (ran, sandbox)
    }

    /// Runs the command with exactly the printed policies: it ends as it does for an administrator, and
    /// nothing was denied on the way.
    pub(super) fn works(&self, code: i32) -> Sandbox {
        let (ran, sandbox) = self.run(&self.policies);
        let denied = denials(&sandbox);
        assert!(denied.is_empty(), "{}: {denied:#?}\n{ran:#?}", self.command);
        ran.expect(code);
        sandbox
    }

    /// Takes each of the [`Case::tried`] actions away in turn but the `spared` ones, and hands back those whose loss the
    /// command does not name.
    pub(super) fn unnoticed(&self, spared: &[&str]) -> Vec<String> {
        let mut unnoticed = Vec::new();
        for (index, name, action) in self.tried().into_iter().filter(|(_, name, _)| !spared.contains(&name.as_str())) {
            let mut policies = self.policies.clone();
            policies[index] = policies[index].as_ref().and_then(|policy| without(policy, &action));
            let (ran, _) = self.run(&policies);
            if !format!("{}{}", ran.stdout, ran.stderr).contains(&action) {
                unnoticed.push(name);
            }
        }
        unnoticed
    }

    /// Takes each action away in turn: the command must name it. Those that `spared` lists, as
    /// `source iam:GetRole`, are not reached in this world: without all of them it still works.
    pub(super) fn needs_all_but(&self, spared: &[&str], code: i32) {
        let unnoticed = self.unnoticed(spared);
        assert!(unnoticed.is_empty(), "{}: nobody names the loss of {unnoticed:#?}", self.command);
        self.works_without(spared, code);
    }

    /// Without all of these, which it does not reach in this world, it still works.
    pub(super) fn works_without(&self, spared: &[&str], code: i32) {
        let mut reduced = self.policies.clone();
        let mut found = 0;
        for (index, name, action) in self.actions() {
            if spared.contains(&name.as_str()) {
                found += 1;
                reduced[index] = reduced[index].as_ref().and_then(|policy| without(policy, &action));
            }
        }
        assert_eq!(found, spared.len(), "{}: spared, but not in the policies", self.command);
        if !spared.is_empty() {
            let (ran, sandbox) = self.run(&reduced);
            assert_eq!(denials(&sandbox), Vec::<String>::new(), "{}: reached after all", self.command);
            ran.expect(code);
        }
    }

    /// The actions whose loss is tried: each of them in `tests/run --full`.
    pub(super) fn tried(&self) -> Vec<(usize, String, String)> {
        share(6, self.actions()).collect()
    }

    /// Every action of every policy: the place's index, `source iam:GetRole`, the action.
    fn actions(&self) -> Vec<(usize, String, String)> {
        let mut found = Vec::new();
        for (index, (place, _)) in PLACES.iter().enumerate() {
            for action in self.policies[index].iter().flat_map(actions) {
                found.push((index, format!("{place} {action}"), action));
            }
        }
        found
    }
}

/// A policy as managed policies, which take 6,144 characters each: its statements, shared out.
fn managed(policy: &Value) -> Vec<Value> {
    let mut parts = vec![Vec::new()];
    for statement in policy["Statement"].as_array().expect("statements") {
        let last = parts.last_mut().expect("a part");
        last.push(statement.clone());
        let is_long = json!({"Version": "2012-10-17", "Statement": last}).to_string().chars().count() > 6_144;
        if is_long && last.len() > 1 {
            last.pop();
            parts.push(vec![statement.clone()]);
        }
    }
    parts.into_iter().map(|part| json!({"Version": "2012-10-17", "Statement": part})).collect()
}

/// What was denied to the operator.
fn denials(sandbox: &Sandbox) -> Vec<String> {
    sandbox.look(|world| {
        let denied =
            world.trail.iter().filter(|record| record.error.is_some() && record.principal.contains("operator"));
        denied.map(|record| format!("{} on {}: {:?}", record.action, record.resource, record.decided_by)).collect()
    })
}

/// Every action of a policy, once.
pub(super) fn actions(policy: &Value) -> Vec<String> {
    let mut found = std::collections::BTreeSet::new();
    for statement in policy["Statement"].as_array().expect("statements") {
        match &statement["Action"] {
            Value::String(action) => {
                found.insert(action.clone());
            }
            many => found.extend(many.as_array().expect("actions").iter().filter_map(Value::as_str).map(str::to_owned)),
        }
    }
    found.into_iter().collect()
}

/// The policy without one action; a statement that has no other goes with it, and a policy that has no
/// other statement is none.
pub(super) fn without(policy: &Value, action: &str) -> Option<Value> {
    let mut policy = policy.clone();
    let statements = policy["Statement"].as_array_mut().expect("statements");
    for statement in statements.iter_mut() {
        if statement["Action"] == action {
            statement["Action"] = json!([]);
        }
        if let Some(actions) = statement["Action"].as_array_mut() {
            actions.retain(|one| one != action);
        }
    }
    statements.retain(|statement| statement["Action"].as_array().is_none_or(|actions| !actions.is_empty()));
    (!statements.is_empty()).then_some(policy)
}
