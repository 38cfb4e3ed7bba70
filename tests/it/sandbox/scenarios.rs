//! The scenario files of `docs/scenarios/`, and what the settings do.

use std::path::Path;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::Scenario;
use serde_json::Value;

use crate::support::command::run;

fn example(name: &str) -> Sandbox {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios").join(name);
    let text = std::fs::read_to_string(&path).expect("an example");
    let scenario: Scenario = toml::from_str(&text).expect("a scenario");
    assert_eq!(scenario.flaws(), []);
    Sandbox::in_memory(scenario.build().expect("a world"))
}

/// A configuration with these accounts, in a directory that lives as long as the test.
fn configuration(destination: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("backupctl.toml");
    let text = format!(
        "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"{destination}\"\n[events]\nsweep_schedule = \"\"\n\
         [selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n"
    );
    std::fs::write(&path, text).expect("a file");
    let path = path.display().to_string();
    (directory, path)
}

/// Bootstraps, lets a night pass, and counts what is in the destination vault.
fn arrived(sandbox: &Sandbox, configuration: &str) -> (usize, Value) {
    let command = |arguments: &str| run(Some(sandbox), &format!("--sandbox {arguments} --config {configuration}"));
    command("bootstrap --yes").expect(0);
    command("sandbox advance 26h").expect(0);
    let shown = command("sandbox show -o json").expect(0).json();
    let vaults = shown["accounts"].as_array().expect("accounts").iter().flat_map(|account| {
        account["regions"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|region| region["vaults"].as_array().into_iter().flatten())
    });
    let count = vaults
        .filter(|vault| vault["name"] == "destination-vault-account-b-region-b")
        .map(|vault| vault["recovery_points"].as_array().map_or(0, Vec::len))
        .sum();
    (count, shown)
}

#[test]
fn every_example_is_documented_and_builds() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenarios");
    let manual = std::fs::read_to_string(directory.with_extension("md")).expect("the manual");
    let mut count = 0;
    for entry in std::fs::read_dir(&directory).expect("examples") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(manual.contains(&format!("docs/scenarios/{name}")), "{name}");
        example(&name);
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn the_manual_names_every_setting() {
    let manual = include_str!("../../../docs/scenarios.md");
    let settings = serde_json::to_value(backupctl::sandbox::world::Settings::default()).expect("JSON");
    for (key, value) in settings.as_object().expect("settings") {
        let value = value.as_str().map_or_else(|| value.to_string(), |text| format!("`\"{text}\"`"));
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
        assert!(row.is_some_and(|row| row.ends_with(&format!("| {value} |"))), "{key} = {value}");
    }
}

#[test]
fn a_guardrail_denies_the_second_hop_and_is_named() {
    let (_directory, configuration) = configuration("222222222222");
    let (count, shown) = arrived(&example("guarded.toml"), &configuration);
    assert_eq!(count, 0);
    let text = shown.to_string();
    assert!(text.contains("service control policy"), "{shown:#}");
}

#[test]
fn a_copy_never_reaches_another_organization() {
    let (_directory, configuration) = configuration("333333333333");
    let (count, _) = arrived(&example("two-organizations.toml"), &configuration);
    assert_eq!(count, 0);
}

#[test]
fn an_event_that_never_comes_starts_nothing_and_one_that_comes_twice_starts_one_copy() {
    let (_directory, configuration) = configuration("222222222222");
    let mut scenario = Scenario::built_in();
    let mut world = |lost: i64, twice: i64| {
        let settings = scenario.settings.get_or_insert_default();
        (settings.events_lost_percent, settings.events_twice_percent) = (lost, twice);
        Sandbox::in_memory(scenario.build().expect("a world"))
    };
    assert_eq!(arrived(&world(100, 0), &configuration).0, 0);
    assert_eq!(arrived(&world(0, 100), &configuration).0, 1);
}

#[test]
fn a_mistake_is_exit_2_with_its_place_and_makes_nothing() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("world.toml");
    std::fs::write(&file, "regions = [\"us-east-1\"]\nacounts = [\"111111111111\"]\n").expect("a file");
    let sandbox = directory.path().join("sandbox");
    let ran =
        run(None, &format!("sandbox init --sandbox={} --scenario {}", sandbox.display(), file.display())).expect(2);
    let stderr = ran.stderr.replace(&directory.path().display().to_string(), "");
    insta::assert_snapshot!("a_mistake", stderr);
    assert!(!sandbox.exists());
}
