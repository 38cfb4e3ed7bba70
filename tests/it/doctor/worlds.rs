//! What it says of a world in which everything is right, in which nothing is there, and to whom.

use serde_json::Value;

use crate::support::command::backupctl;
use crate::support::operator::in_destination;
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
    // Service control policies cannot be read from a member account: listed, never passed.
    assert!(findings(&diagnosed).contains(&("guardrails-unseen".to_owned(), "info".to_owned())));
    let skipped: Vec<&Value> = diagnosed["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["result"] == "skipped" && check["reason"] != "not-applicable")
        .collect();
    assert!(skipped.is_empty(), "{skipped:#?}");
    assert!(diagnosed["summary"]["api_calls"].as_u64().expect("calls") < 150, "{}", diagnosed["summary"]);
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
