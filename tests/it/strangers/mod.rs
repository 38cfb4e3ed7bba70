//! Tools that nobody here wrote, held against what we ship.

mod conformance;
mod first_use;
mod procedure;
mod profiles;
pub mod remedies;
mod seed;
mod templates;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use backupctl::sandbox::world::World;
use backupctl::sandbox::{Sandbox, scenario};
use tempfile::TempDir;

use crate::support::command::backupctl;
use crate::support::operator::{CENTRAL, PRODUCTION};

/// The Python of a group of pinned packages, or `None` with a line that says what is left out.
#[expect(clippy::print_stderr, reason = "a test that could not run says so")]
pub fn python(group: &str) -> Option<String> {
    let variable = format!("BACKUPCTL_PYTHON_{group}");
    let python = std::env::var(&variable).ok();
    if python.is_none() {
        eprintln!("left out: {variable} is not set (`tests/run` sets it)");
    }
    python
}

/// Runs one of the scripts beside this file to its good end; what it printed.
#[track_caller]
fn script(python: &str, name: &str, arguments: &[&str], environment: &BTreeMap<String, String>) -> String {
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/strangers").join(name))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(environment)
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{name}:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What a shell would hold in which one works with the AWS CLI against a sandbox: the endpoint, and the profiles
/// `production`, `central` and `management` in files of their own.
fn shell(endpoint: &str, directory: &TempDir) -> BTreeMap<String, String> {
    let path = |name: &str| directory.path().join(name).to_string_lossy().into_owned();
    let mut keys = String::new();
    for (profile, account) in [("production", PRODUCTION), ("central", CENTRAL), ("management", "999999999999")] {
        keys += &format!("[{profile}]\naws_access_key_id = AKIA{account}SAND\naws_secret_access_key = sandbox\n");
    }
    std::fs::write(path("credentials"), keys).expect("written");
    std::fs::write(path("config"), "[default]\noutput = json\ncli_pager =\n").expect("written");
    [
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", path("credentials")),
        ("AWS_CONFIG_FILE", path("config")),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("HOME", path("home")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The built-in world with one account more, outside the organization, after `bootstrap` and a night.
fn after_a_night_with_an_outsider() -> Sandbox {
    let outsider = "333333333333".parse().expect("an account id");
    let scenario = scenario::Scenario { accounts: vec![outsider], ..scenario::Scenario::built_in() };
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    sandbox
}

/// A world in which every call takes a quarter of an hour, so that the first look of a client that waits finds the
/// end and nobody sleeps.
fn with_slow_calls(mut world: World) -> World {
    world.settings.call_latency_ms = 15 * 60 * 1000;
    world
}
