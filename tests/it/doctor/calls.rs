//! How many calls the look at the organization takes: by the depth of the two paths and the distinct policies, and
//! nothing else. `hostile::numbers` holds all calls to those that were made before.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::{ControlPolicy, Encryption, Scenario, Unit};

use crate::support::command::{configured, deny};

const CONFIGURATION: &str = "[source]\naccount = \"111111111111\"\nregion = \"us-east-1\"\n\
    [intermediate]\nregion = \"us-west-2\"\n[destination]\naccount = \"222222222222\"\n[selection]\nresources = \
    [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \"arn:aws:rds:us-east-1:111111111111:db:billing\"]\n";
fn calls(sandbox: &Sandbox, command: &str) -> u64 {
    let ran = configured(sandbox, CONFIGURATION, &format!("{command} -o json")).expect(0);
    ran.json()["api_calls"].as_u64().expect("a number")
}

/// `ListParents` for each account and unit on the paths; `ListPoliciesForTarget` for both kinds at the root and, where a
/// kind is in force, at each level below; `DescribePolicy` for each distinct policy.
fn formula(below_the_root: u64, kinds_in_force: u64, distinct_policies: u64) -> u64 {
    below_the_root + 2 + kinds_in_force * below_the_root + distinct_policies
}

fn deployed(scenario: &Scenario) -> Sandbox {
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    configured(&sandbox, CONFIGURATION, "bootstrap --yes").expect(0);
    sandbox
}

#[test]
fn the_organization_takes_the_calls_of_the_formula() {
    let plain = deployed(&Scenario::built_in());
    // Both accounts lie under the root, and no kind is in force.
    let (doctor, verify) = (calls(&plain, "doctor"), calls(&plain, "verify"));
    let without = formula(2, 0, 0);

    let mut scenario = Scenario::built_in();
    let unit = |name: &str, parent: &str, accounts: &[&str]| Unit {
        name: name.to_owned(),
        parent: parent.to_owned(),
        accounts: accounts.iter().map(|account| account.parse().expect("an account")).collect(),
    };
    let policy = |name: &str, principal: &str, targets: &[&str]| ControlPolicy {
        name: name.to_owned(),
        document: format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",{principal}\"Action\":\"s3:*\",\
             \"Resource\":\"*\"}}]}}"
        ),
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
    };
    let organization = &mut scenario.organizations[0];
    organization.units = vec![
        unit("production", "root", &[]),
        unit("databases", "production", &["111111111111"]),
        unit("central", "root", &["222222222222"]),
    ];
    // One of them stands at two levels and is read once.
    organization.service_control_policies =
        vec![policy("everywhere", "", &["root", "databases"]), policy("central", "", &["222222222222"])];
    organization.resource_control_policies = vec![policy("resources", "\"Principal\":\"*\",", &["root"])];
    let deep = deployed(&scenario);
    // Five accounts and units below the root; three policies of ours and the two of AWS.
    assert_eq!(calls(&deep, "doctor"), doctor - without + formula(5, 2, 5));
    assert_eq!(calls(&deep, "verify"), verify - without + formula(5, 2, 5));

    // Where it is refused, the first refusal is the only call.
    deny(&plain, "organizations:ListParents", "");
    assert_eq!(calls(&plain, "doctor"), doctor - without + 1);
}

/// Tags and aliases are asked for where a policy decides by them: one call for each vault, and one of each kind for each
/// of the two vaults' keys and for each key that the databases are under.
#[test]
fn tags_and_aliases_take_a_call_each_where_a_policy_asks_for_them() {
    let mut scenario = Scenario::built_in();
    scenario.organizations[0].service_control_policies = vec![ControlPolicy {
        name: "tagged".to_owned(),
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*",
            "Condition":{"Null":{"aws:ResourceTag/team":"true"},
            "ForAnyValue:StringLike":{"kms:ResourceAliases":"alias/x"}}}]}"#
            .to_owned(),
        targets: vec!["root".to_owned()],
    }];
    let before = calls(&deployed(&Scenario::built_in()), "doctor") - formula(2, 0, 0);
    let sandbox = deployed(&scenario);
    assert_eq!(calls(&sandbox, "doctor"), before + formula(2, 1, 2) + 3 + 3 + 3);
}

/// Each key that a selected database is under is described once; the policies of one that AWS manages are not asked for,
/// those of a customer managed one are: its own, and the one of AWS RAM.
#[test]
fn a_databases_key_takes_a_call_and_a_customer_managed_one_two_more() {
    let calls_with = |encryption: Encryption| {
        let mut scenario = Scenario::built_in();
        scenario.databases.retain(|database| ["orders", "billing"].contains(&database.name.as_str()));
        scenario.databases[1].encryption = encryption;
        calls(&deployed(&scenario), "doctor")
    };
    // The other database stays under `aws/rds`.
    let none = calls_with(Encryption::None);
    assert_eq!(calls_with(Encryption::AwsManaged), none);
    assert_eq!(calls_with(Encryption::CustomerManaged), none + 1 + 2);
}
