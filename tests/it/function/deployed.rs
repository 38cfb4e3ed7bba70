//! What is deployed really runs: the shipped Python, and a source that nobody here wrote.

use std::collections::BTreeMap;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::LogType;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::lambda::Python;
use backupctl::sandbox::store::Owner;
use serde_json::{Value, json};

use crate::support::command::{backupctl, backupctl_with, run_with};
use crate::support::operator::in_intermediate;
use crate::support::worlds;

/// The Python with the pinned boto3, or `None` with a line that says what is left out.
#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn interpreter() -> Option<String> {
    let named = std::env::var("BACKUPCTL_PYTHON_AWS").ok();
    if named.is_none() {
        eprintln!("left out: BACKUPCTL_PYTHON_AWS names no Python");
    }
    named
}

fn copy_function(sandbox: &Sandbox) -> String {
    in_intermediate(sandbox, async |config| {
        let functions = aws_sdk_lambda::Client::new(&config).list_functions().send().await.expect("functions");
        functions.functions().first().and_then(|function| function.function_name()).expect("the function").to_owned()
    })
}

/// An archive with one stored entry (PKWARE APPNOTE 4.3.7; nobody here reads the checksum).
fn archive(name: &str, content: &str) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00".to_vec();
    for length in [content.len(), content.len()] {
        bytes.extend(u32::try_from(length).expect("a short file").to_le_bytes());
    }
    bytes.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
    bytes.extend([0, 0]);
    bytes.extend(name.as_bytes());
    bytes.extend(content.as_bytes());
    bytes.extend(b"PK\x01\x02");
    bytes
}

/// A source that shows what surrounds it.
const STRANGER: &str = r#"
import os, socket, sys, time
from datetime import date, datetime, timedelta, timezone
import boto3

def handler(event, context):
    what = event["do"]
    print("asked to", what)
    if what == "tell":
        begun = datetime.now(timezone.utc)
        time.sleep(1.5)
        slept = datetime.utcnow() - begun.replace(tzinfo=None)
        if not isinstance(begun, datetime) or not isinstance(begun + timedelta(1), datetime):
            raise AssertionError("datetime is no longer datetime")
        return {
            "now": begun.isoformat(), "slept": slept.total_seconds(), "time": time.time(), "today": str(date.today()),
            "who": boto3.client("sts").get_caller_identity()["Arn"],
            "databases": len(boto3.client("rds", region_name="us-east-1").describe_db_snapshots()["DBSnapshots"]),
            "vault": os.environ["INTERMEDIATE_VAULT_NAME"], "region": os.environ["AWS_REGION"],
            "home": os.path.basename(__file__), "function": context.function_name, "request": context.aws_request_id,
            "remaining": context.get_remaining_time_in_millis(),
        }
    if what == "raise":
        raise ValueError("as asked")
    if what == "oversleep":
        time.sleep(10 ** 6)
    if what == "hang":
        while True:
            pass
    if what == "leave":
        os._exit(3)
    if what == "reach":
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    if what == "odd":
        return datetime.now()
    if what == "tag":
        boto3.client("backup").tag_resource(ResourceArn=event["arn"], Tags={"by": "python"})
"#;

fn deploy(sandbox: &Sandbox, function: &str, source: &str, timeout: i32) {
    in_intermediate(sandbox, async |config| {
        let client = aws_sdk_lambda::Client::new(&config);
        let code = client.update_function_code().function_name(function);
        code.zip_file(Blob::new(archive("index.py", source))).send().await.expect("deployed");
        let settings = client.update_function_configuration().function_name(function);
        settings.timeout(timeout).send().await.expect("configured");
    });
}

/// The error's type, the payload and the log's tail of one invocation.
fn invoke(sandbox: &Sandbox, function: &str, event: &Value) -> (Option<String>, Value, String) {
    use base64::Engine;
    let answer = in_intermediate(sandbox, async |config| {
        let client = aws_sdk_lambda::Client::new(&config);
        let payload = Blob::new(event.to_string());
        client.invoke().function_name(function).payload(payload).log_type(LogType::Tail).send().await.expect("invoked")
    });
    let payload = serde_json::from_slice(answer.payload().expect("a payload").as_ref()).expect("JSON");
    let log = base64::engine::general_purpose::STANDARD.decode(answer.log_result().expect("a log")).expect("base64");
    (answer.function_error().map(str::to_owned), payload, String::from_utf8(log).expect("text"))
}

fn with_stranger(interpreter: &str, timeout: i32) -> (Sandbox, String) {
    let sandbox = worlds::bootstrapped();
    let function = copy_function(&sandbox);
    deploy(&sandbox, &function, STRANGER, timeout);
    sandbox.run_functions(Python::new(interpreter, BTreeMap::new(), false));
    (sandbox, function)
}

#[test]
fn a_source_that_is_not_the_shipped_one_runs_under_python_in_the_worlds_time_as_its_role() {
    let Some(interpreter) = interpreter() else { return };
    let (sandbox, function) = with_stranger(&interpreter, 30);
    let (error, told, log) = invoke(&sandbox, &function, &json!({"do": "tell"}));
    assert_eq!(error, None, "{told:#}\n{log}");
    let now = sandbox.now().iso();
    assert_eq!(told["now"].as_str().expect("an instant")[..16], now[..16], "{told:#}");
    assert_eq!((&told["slept"], &told["today"]), (&json!(1.5), &json!(now[..10])), "{told:#}");
    assert!(told["remaining"].as_i64().is_some_and(|left| left == 28_500), "{told:#}");
    let who = told["who"].as_str().expect("an ARN");
    assert!(who.starts_with("arn:aws:sts::111111111111:assumed-role/") && who.ends_with(&function), "{who}");
    assert_eq!(told["vault"], "intermediate-vault-account-a-region-b");
    assert_eq!((&told["region"], &told["home"]), (&json!("us-west-2"), &json!("index.py")));
    assert_eq!((&told["function"], told["request"].is_string()), (&json!(function), true));
    assert!(log.contains("INIT_START Runtime Version: backupctl-sandbox.python-3"), "{log}");
    assert!(log.contains("\nasked to tell\n"), "{log}");
    // The credentials are gone with the process.
    let world = sandbox.look(|world| serde_json::to_string(world).expect("JSON"));
    assert!(!world.contains("service-session-token\":\""), "no session is left");
}

#[test]
fn a_function_that_fails_is_told_as_lambda_tells_it() {
    let Some(interpreter) = interpreter() else { return };
    let (sandbox, function) = with_stranger(&interpreter, 2);
    let ended = |what: &str| {
        let (error, payload, log) = invoke(&sandbox, &function, &json!({"do": what}));
        assert_eq!(error.as_deref(), Some("Unhandled"), "{what}: {payload:#}\n{log}");
        assert!(!log.contains("backupctl-function-"), "{what}: no path of this machine: {log}");
        (payload["errorType"].as_str().unwrap_or_default().to_owned(), payload["errorMessage"].to_string(), log)
    };
    let (kind, message, log) = ended("raise");
    assert_eq!((kind.as_str(), message.as_str()), ("ValueError", "\"as asked\""));
    assert!(
        log.contains("[ERROR] ValueError: as asked\nTraceback (most recent call last):\n  File \"/var/task/index.py\"")
    );
    for slow in ["oversleep", "hang"] {
        let (kind, message, _) = ended(slow);
        assert_eq!(kind, "Sandbox.Timedout");
        assert!(message.contains("Task timed out after 2.00 seconds"), "{message}");
    }
    let (kind, message, _) = ended("leave");
    assert_eq!(kind, "Runtime.ExitError");
    assert!(message.contains("exit status: 3"), "{message}");
    let (kind, message, _) = ended("reach");
    assert_eq!(kind, "PermissionError");
    assert!(message.contains("keeps a function from reaching 192.0.2.1"), "{message}");
    assert_eq!(ended("odd").0, "Runtime.MarshalError");
    deploy(&sandbox, &function, "import nowhere\n", 2);
    let (kind, message, _) = ended("import");
    assert_eq!((kind.as_str(), message.contains("No module named 'nowhere'")), ("Runtime.ImportModuleError", true));
}

#[test]
fn without_python_the_invocation_says_so_and_the_command_too() {
    let (sandbox, function) = with_stranger("/nonexistent/python3", 3);
    let (error, payload, log) = invoke(&sandbox, &function, &json!({"do": "tell"}));
    assert_eq!(error.as_deref(), Some("Unhandled"));
    assert_eq!(payload["errorType"], "Runtime.SandboxNeedsPython", "{payload:#}");
    assert!(log.contains("`/nonexistent/python3` could not be started"), "{log}");
    let none = [("BACKUPCTL_PYTHON", "/nonexistent/python3")];
    let advanced = backupctl_with(&sandbox, "sandbox advance 26h", &none).expect(0);
    let told: Vec<&str> = advanced.stderr.lines().filter(|line| line.contains("install Python 3 with boto3")).collect();
    assert_eq!(told.len(), 1, "once, not at each event: {}", advanced.stderr);
}

/// The same night, the second hop started by the shipped Python.
#[test]
fn the_shipped_python_carries_a_night_as_its_equivalent_does() {
    let Some(interpreter) = interpreter() else { return };
    let sandbox = worlds::bootstrapped();
    backupctl(&sandbox, "sandbox advance 23h").expect(0);
    let python = [("BACKUPCTL_PYTHON", interpreter.as_str())];
    let advanced = backupctl_with(&sandbox, "sandbox advance 3h --lambda python", &python).expect(0);
    assert_eq!(advanced.stderr, "", "nothing to tell");
    let verified = backupctl(&sandbox, "verify -o json").json();
    assert_eq!(verified["summary"], backupctl(&worlds::after_a_night(), "verify -o json").json()["summary"]);
    assert_eq!(verified["summary"]["protected"], 2, "{verified:#}");
    let world = sandbox.look(|world| serde_json::to_string(world).expect("JSON"));
    assert!(world.contains("INIT_START Runtime Version: backupctl-sandbox.python-3"), "Python ran");
}

/// A whole life of the pipeline, the function's part of it under Python.
#[test]
fn a_rehearsal_runs_the_shipped_python() {
    let Some(interpreter) = interpreter() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let kept = directory.path().join("kept");
    let configuration = directory.path().join("backupctl.toml");
    // Without the sweep, for which Python would start each hour.
    let settings = r#"
        source = { account = "111111111111" }
        destination = { account = "222222222222" }
        selection = { resources = ["arn:aws:rds:us-east-1:111111111111:db:orders"] }
        events = { sweep_schedule = "" }
    "#;
    std::fs::write(&configuration, settings).expect("written");
    let python = [("BACKUPCTL_PYTHON", interpreter.as_str())];
    let rehearsed = run_with(
        &format!("rehearse --lambda python --keep {} --config {}", kept.display(), configuration.display()),
        &python,
    )
    .expect(0);
    assert!(!rehearsed.stderr.contains("sandbox: "), "{}", rehearsed.stderr);
    let world = std::fs::read_to_string(kept.join("world.json")).expect("a snapshot");
    assert!(world.contains("INIT_START Runtime Version: backupctl-sandbox.python-3"), "Python ran");
    assert!(!world.contains("backupctl-sandbox.rust-equivalent"), "and nothing else");
}

/// The log of changes cannot make Python's again, so a snapshot stands where its record would.
#[test]
fn what_python_did_is_kept_when_the_process_dies_and_needs_no_python_to_be_read() {
    let Some(interpreter) = interpreter() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let owner = Owner { pid: 1, command: "test".to_owned(), endpoint: None };
    let prepared = worlds::bootstrapped();
    let function = copy_function(&prepared);
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let role = in_intermediate(&prepared, async |config| {
        let client = aws_sdk_lambda::Client::new(&config);
        let found = client.get_function_configuration().function_name(&function).send().await.expect("a function");
        let role = found.role().expect("a role").rsplit('/').next().expect("a name").to_owned();
        let iam = aws_sdk_iam::Client::new(&config);
        let put = iam.put_role_policy().role_name(&role).policy_name("all").policy_document(policy.to_string());
        put.send().await.expect("a policy");
        role
    });
    deploy(&prepared, &function, STRANGER, 30);
    backupctl(&prepared, "sandbox advance 1m").expect(0);
    let world = prepared.world();
    let open = |world| Sandbox::open_or_make(directory.path(), &owner, || world).expect("a sandbox").0;
    let sandbox = open(world);
    sandbox.run_functions(Python::new(&interpreter, BTreeMap::new(), false));
    let arn = "arn:aws:backup:us-west-2:111111111111:backup-vault:intermediate-vault-account-a-region-b";
    let (error, payload, log) = invoke(&sandbox, &function, &json!({"do": "tag", "arn": arn}));
    assert_eq!(error, None, "{role}: {payload:#}\n{log}");
    let left = std::fs::read_to_string(directory.path().join("log")).expect("a log");
    assert_eq!(left.lines().count(), 1, "the snapshot has taken everything in: {left}");
    drop(sandbox);
    let again = open(worlds::built_in().world());
    let tags = in_intermediate(&again, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        client.list_tags().resource_arn(arn).send().await.expect("tags").tags().cloned().unwrap_or_default()
    });
    assert_eq!(tags.get("by").map(String::as_str), Some("python"), "{tags:?}");
}
