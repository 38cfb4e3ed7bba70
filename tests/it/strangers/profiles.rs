//! The real program against a served sandbox as against AWS: no `--sandbox`, an endpoint, profiles, roles.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use aws_sdk_iam::Client as Iam;
use serde_json::Value;
use tempfile::TempDir;

use super::{python, script, shell};
use crate::support::operator::{CENTRAL, in_destination};
use crate::support::{served, worlds};

const CONFIGURATION: &str = r#"
[source]
account = "111111111111"
region = "us-east-1"
profile = "production"

[intermediate]
region = "us-west-2"

[destination]
account = "222222222222"
profile = "auditor"

[selection]
resources = ["arn:aws:rds:us-east-1:111111111111:db:orders", "arn:aws:rds:us-east-1:111111111111:db:billing"]
"#;

/// `backupctl ARGUMENTS` as its own process, in a directory with a configuration.
fn backupctl(directory: &TempDir, environment: &BTreeMap<String, String>, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backupctl"))
        .env_clear()
        .envs(environment)
        .current_dir(directory.path())
        .args(arguments.split_whitespace())
        .output()
        .expect("the binary runs")
}

/// The role that the profile `auditor` assumes in the central account.
fn auditor(sandbox: &backupctl::sandbox::Sandbox) {
    in_destination(sandbox, async |config| {
        let iam = Iam::new(&config);
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":
            {"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole",
            "Condition":{"StringEquals":{"sts:ExternalId":"audit"}}}]}"#;
        iam.create_role().role_name("auditor").assume_role_policy_document(trust).send().await.expect("a role");
        let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
        iam.attach_role_policy().role_name("auditor").policy_arn(policy).send().await.expect("attached");
    });
    let now = sandbox.now();
    sandbox.advance_to(now + std::time::Duration::from_secs(60)).expect("in memory");
}

#[test]
fn verify_reads_a_served_world_through_profiles_and_an_assumed_role() {
    let sandbox = worlds::after_a_night();
    auditor(&sandbox);
    let server = served::serve(&sandbox, 0.0);
    let directory = tempfile::tempdir().expect("a directory");
    let environment = shell(&server.endpoint, &directory);
    let profiles = format!(
        "[profile auditor]\nrole_arn = arn:aws:iam::{CENTRAL}:role/auditor\nsource_profile = production\n\
         external_id = audit\nrole_session_name = tonight\n"
    );
    std::fs::write(directory.path().join("config"), profiles).expect("written");
    std::fs::write(directory.path().join("backupctl.toml"), CONFIGURATION).expect("written");

    let ran = backupctl(&directory, &environment, "verify -o json");
    let said: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!((ran.status.code(), &said["ok"]), (Some(0), &Value::from(true)), "{said:#}");
    assert_eq!(said["sandbox"], false, "{said:#}");
    assert_eq!(said["summary"]["protected"], 2, "{said:#}");
    assert!(!ran.stdout.windows(9).any(|window| window == b"simulated"), "{said:#}");

    let ran = backupctl(&directory, &environment, "verify");
    let text = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(0), "{text}");
    for word in ["sandbox", "simulated"] {
        assert!(!text.to_lowercase().contains(word), "it does not know that this is no AWS: {text}");
    }
    let role = "assumed-role/auditor/tonight";
    let asked = sandbox.look(|world| world.trail.iter().filter(|record| record.principal.ends_with(role)).count());
    assert!(asked > 0, "the destination was read as {role}");
}

#[test]
fn verify_takes_its_credentials_from_the_environment() {
    let sandbox = worlds::after_a_night();
    let server = served::serve(&sandbox, 0.0);
    let directory = tempfile::tempdir().expect("a directory");
    let configuration = CONFIGURATION.replace("profile = \"production\"\n", "").replace(
        "profile = \"auditor\"",
        "role_arn = \"arn:aws:iam::222222222222:role/auditor\"\nexternal_id = \"audit\"",
    );
    auditor(&sandbox);
    std::fs::write(directory.path().join("backupctl.toml"), configuration).expect("written");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIA111111111111SAND"), ("AWS_SECRET_ACCESS_KEY", "sandbox")];
    let mut environment: BTreeMap<String, String> =
        keys.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment.insert("AWS_ENDPOINT_URL".to_owned(), server.endpoint.clone());
    let ran = backupctl(&directory, &environment, "verify -o json");
    let said: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!((ran.status.code(), &said["sandbox"]), (Some(0), &Value::from(false)), "{said:#}");

    environment.insert("AWS_ACCESS_KEY_ID".to_owned(), "AKIA000000000000NONE".to_owned());
    let ran = backupctl(&directory, &environment, "verify -o json");
    let said: Value = serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(ran.status.code(), Some(3), "{said:#}");
    assert!(said["findings"].to_string().contains("credentials-invalid"), "{said:#}");
}

#[test]
fn eight_clients_at_once_lose_nothing_and_each_token_counts_once() {
    let Some(python) = python("AWS") else { return };
    let sandbox = worlds::after_a_night();
    let server = served::serve(&sandbox, 0.0);
    script(&python, "at_once.py", &[&server.endpoint], &BTreeMap::new());
}
