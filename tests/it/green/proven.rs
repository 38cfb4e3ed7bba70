//! A copy that has arrived under the policies in force outranks a prediction about its hop that hangs on what nobody can
//! know beforehand; one that failed since does not.

use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use super::pass;
use crate::mutations::configuration;
use crate::mutations::guardrails::{case, forbid, put, world};
use crate::support::command::{Ran, backupctl, configured};
use crate::support::operator::{in_source, made as made_by_stack};
use crate::support::worlds;

const HOP_1: &str =
    "backup-role: no grants in the source Region from some addresses: AWS does not say from which RDS asks";
const HOP_2: &str = "destination-vault: no copies from some addresses: AWS does not say from which AWS Backup asks";

fn run(sandbox: &Sandbox, command: &str) -> Ran {
    configured(sandbox, &configuration(), &format!("{command} -o json"))
}

/// The checks that hang on a condition key.
fn undecided(document: &Value) -> Vec<String> {
    let checks = document["checks"].as_array().expect("checks").iter();
    let open = checks.filter(|one| one["reason"].as_str().is_some_and(|why| why.starts_with("undecided:")));
    open.map(|one| format!("{} {}", one["check"].as_str().unwrap_or_default(), one["environment"])).collect()
}

#[test]
fn an_arrived_copy_outranks_an_undecided_prediction_about_its_hop() {
    let sandbox = world();
    for id in [HOP_1, HOP_2] {
        put(&sandbox, &case(id));
    }
    let both = ["vault-policy-denies \"destination\"", "backup-role-denied \"source\""];
    // Nothing has been copied yet: nobody knows.
    let before = run(&sandbox, "verify").expect(3).json();
    let mut open = undecided(&before);
    open.sort();
    assert_eq!(open, [both[1], both[0]], "{before:#}");

    // Both hops have arrived under these very policies.
    pass(&sandbox, 26);
    let after = run(&sandbox, "verify").expect(0).json();
    assert_eq!(undecided(&after), Vec::<String>::new(), "{after:#}");
    assert!(after["headline"].as_str().is_some_and(|line| line.starts_with("PROTECTED:")), "{after:#}");
    // `doctor` looks at no recovery point, and says still what it cannot know.
    assert_eq!(undecided(&run(&sandbox, "doctor").json()).len(), 2);

    // The newest job of the second hop failed: what arrived before proves nothing any more, of this hop.
    let inject = "sandbox inject copy-job-fails --message denied --environment intermediate --until-cleared";
    configured(&sandbox, &configuration(), inject).expect(0);
    pass(&sandbox, 24);
    let failed = run(&sandbox, "verify").expect(3).json();
    assert_eq!(undecided(&failed), [both[0]], "{failed:#}");
}

/// IAM User Guide, "aws:SourceIp": a service that acts as its role is not said to send an address that is anybody's;
/// "aws:MultiFactorAuthPresent": nor whether a device was asked.
#[test]
fn what_starts_the_second_hop_is_proven_by_it_as_well() {
    let open = |sandbox: &Sandbox, code: i32| {
        let ran = backupctl(sandbox, "verify -o json").expect(code);
        undecided(&ran.json())
    };
    for (id, condition) in [
        ("an address", json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        ("a tag of the recovery point", json!({"StringEquals": {"aws:ResourceTag/env": "production"}})),
    ] {
        let sandbox = worlds::bootstrapped();
        let statement = json!({"Sid": "Fence", "Effect": "Deny", "Action": "backup:StartCopyJob", "Resource": "*",
            "Condition": condition});
        forbid(&sandbox, &json!([statement]));
        assert_eq!(open(&sandbox, 3), ["guardrail-denies \"source\""], "{id}");
        // The document and the statement that ask for the key are told, on the screen too.
        let told = backupctl(&sandbox, "verify").expect(3).stdout;
        let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("in statement Fence of service control policy Fence"), "{id}: {told}");
        pass(&sandbox, 26);
        assert_eq!(open(&sandbox, 0), Vec::<String>::new(), "{id}");
        assert_eq!(undecided(&backupctl(&sandbox, "doctor -o json").expect(3).json()).len(), 1, "{id}");
    }
}

/// Where the sweep delivers what no event did, an event path that nobody can judge costs nothing.
#[test]
fn an_event_path_that_nobody_can_judge_costs_nothing_beside_the_sweep() {
    let sandbox = worlds::bootstrapped();
    in_source(&sandbox, async |config| {
        let iam = aws_sdk_iam::Client::new(&config);
        let text = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Device", "Effect": "Allow", "Action": "*",
            "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]});
        let made = iam.create_policy().policy_name("Fence").policy_document(text.to_string()).send().await;
        let arn = made.expect("CreatePolicy").policy.and_then(|policy| policy.arn).expect("an ARN");
        let role = made_by_stack(&config, "aws-backup-rds-source-stack", "ForwardRole").await;
        let put = iam.put_role_permissions_boundary().role_name(role).permissions_boundary(arn);
        put.send().await.expect("PutRolePermissionsBoundary");
    });
    pass(&sandbox, 26);
    let ran = backupctl(&sandbox, "verify -o json").expect(0).json();
    assert_eq!(undecided(&ran), ["event-forward-denied \"source\""], "{ran:#}");
    assert!(ran["headline"].as_str().is_some_and(|line| line.starts_with("PROTECTED:")), "{ran:#}");
}
