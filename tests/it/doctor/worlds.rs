//! What it says of a world in which everything is right, in which nothing is there, and to whom.

use backupctl::operations::doctor;
use backupctl::pipeline::check::Check;
use backupctl::pipeline::finding::CheckResult;
use backupctl::pipeline::requirements::REQUIREMENTS;
use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::guardrails::observe_blind;
use crate::mutations;
use crate::support::command::backupctl;
use crate::support::operator::{CENTRAL, REGION_A, acting, in_destination};
use crate::support::worlds;

/// The ids of a document's findings, with their severities.
fn findings(document: &Value) -> Vec<(String, String)> {
    let all = document["findings"].as_array().expect("findings").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.map(|finding| (text(&finding["check"]), text(&finding["severity"]))).collect()
}

#[test]
fn after_bootstrap_nothing_is_wrong() {
    let sandbox = worlds::bootstrapped();
    let diagnosed = backupctl(&sandbox, "doctor -o json").expect(0).json();
    assert_eq!(diagnosed["schema"], "backupctl.doctor/1");
    let errors: Vec<_> = findings(&diagnosed).into_iter().filter(|(_, severity)| severity != "info").collect();
    assert_eq!(errors, [], "{:#}", diagnosed["findings"]);
    // The management account's administrator may read what the organization sets over both accounts.
    let checks = diagnosed["checks"].as_array().expect("checks");
    for check in ["guardrails-unseen", "guardrail-denies"] {
        let of = checks.iter().filter(|one| one["check"] == check && one["result"] == "passed");
        assert_eq!(of.count(), 2, "{check}");
    }
    let skipped: Vec<&Value> = diagnosed["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["result"] == "skipped" && check["reason"] != "not-applicable")
        .collect();
    assert!(skipped.is_empty(), "{skipped:#?}");
    assert!(diagnosed["summary"]["api_calls"].as_u64().expect("calls") < 150, "{}", diagnosed["summary"]);
}

/// Of a member account nobody is told what the organization forbids: it is listed, with the lines to run, and changes
/// neither another check nor the exit code.
#[test]
fn what_the_organization_forbids_is_listed_where_it_cannot_be_read() {
    let sandbox = worlds::bootstrapped();
    let before = backupctl(&sandbox, "doctor -o json").expect(0).json();
    let inject = "sandbox inject access-denied --operation organizations:ListParents --until-cleared";
    backupctl(&sandbox, inject).expect(0);
    let diagnosed = backupctl(&sandbox, "doctor -o json").expect(0).json();
    let unseen: Vec<&Value> = diagnosed["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|finding| finding["check"] == "guardrails-unseen")
        .collect();
    assert_eq!(unseen.len(), 2, "one for each account");
    for finding in unseen {
        assert_eq!(finding["severity"], "info");
        let lines = finding["commands"].as_array().expect("commands");
        for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
            assert!(lines.iter().any(|line| line.as_str().is_some_and(|line| line.contains(kind))), "{finding:#}");
        }
    }
    let rest = |document: &Value| {
        let all = document["checks"].as_array().expect("checks").iter();
        let ours = |check: &&Value| check["check"].as_str().is_some_and(|check| !check.starts_with("guardrail"));
        all.filter(ours).cloned().collect::<Vec<_>>()
    };
    assert_eq!(rest(&before), rest(&diagnosed));
}

/// A delegated administrator may read it as well, without the management account.
#[test]
fn a_delegated_administrator_reads_what_the_organization_forbids() {
    let sandbox = worlds::bootstrapped();
    let pipeline = mutations::pipeline();
    let of = |sandbox: &Sandbox| {
        let observed = observe_blind(&pipeline, sandbox);
        let passed = doctor::judge(&pipeline, &observed, REQUIREMENTS, &doctor::Options::default(), 0).checks;
        passed
            .into_iter()
            .filter(|one| one.check == Check::GuardrailDenies && one.result == CheckResult::Passed)
            .count()
    };
    assert_eq!(of(&sandbox), 0, "a member may not");
    acting(&sandbox, "999999999999", REGION_A, async |config| {
        let register = aws_sdk_organizations::Client::new(&config).register_delegated_administrator();
        let register = register.account_id(CENTRAL).service_principal("backup.amazonaws.com");
        register.send().await.expect("RegisterDelegatedAdministrator");
    });
    assert_eq!(of(&sandbox), 2, "both accounts");
}

#[test]
fn before_bootstrap_it_names_what_is_missing() {
    let sandbox = worlds::built_in();
    let diagnosed = backupctl(&sandbox, "doctor -o json").expect(3).json();
    let found = findings(&diagnosed);
    for id in ["stack-missing", "vault-missing", "plan-missing"] {
        assert!(found.contains(&(id.to_owned(), "error".to_owned())), "{id}: {found:?}");
    }
    let remedies = diagnosed["findings"].as_array().expect("findings").iter();
    for finding in remedies.filter(|finding| finding["check"] == "stack-missing") {
        assert_eq!(finding["commands"], serde_json::json!(["backupctl bootstrap"]), "{finding:#}");
    }
}

#[test]
fn only_what_was_asked_for_is_said() {
    let sandbox = worlds::built_in();
    let diagnosed = backupctl(&sandbox, "doctor --only vaults --environment destination -o json").expect(3).json();
    assert_eq!(findings(&diagnosed), [("vault-missing".to_owned(), "error".to_owned())]);
}

#[test]
fn a_copy_says_what_the_policies_will_do_before_it_starts() {
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 22h").expect(0);
    in_destination(&sandbox, async |config| {
        let delete = aws_sdk_backup::Client::new(&config).delete_backup_vault_access_policy();
        let vault = "destination-vault-account-b-region-b";
        delete.backup_vault_name(vault).send().await.expect("DeleteBackupVaultAccessPolicy");
    });
    backupctl(&sandbox, "sandbox advance 3h").expect(0);
    let copied = backupctl(&sandbox, "copy --all-missing --dry-run -o json").expect(4).json();
    let hops = copied["copies"][0]["hops"].as_array().expect("hops");
    let second = hops.iter().find(|hop| hop["to"] == "destination").expect("a second hop");
    assert_eq!(second["prediction"]["allowed"], false, "{second:#}");
    assert_eq!(second["prediction"]["reasons"][0]["check"], "vault-policy-denies", "{second:#}");
}
