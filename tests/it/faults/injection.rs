//! `sandbox inject`: what a person orders, what a client then meets, what the directory keeps.

use aws_sdk_kms::error::ProvideErrorMetadata;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::store::Owner;
use serde_json::{Value, json};

use crate::support::command::backupctl;
use crate::support::operator::{in_destination, in_source};
use crate::support::served;
use crate::support::worlds;

/// The code and the message of a call to list keys, or `ok`.
fn list_keys(sandbox: &Sandbox) -> (String, String) {
    in_source(sandbox, async |config| match aws_sdk_kms::Client::new(&config).list_keys().send().await {
        Ok(_) => ("ok".to_owned(), String::new()),
        Err(error) => match error.as_service_error() {
            Some(answer) => {
                (answer.code().unwrap_or_default().to_owned(), answer.message().unwrap_or_default().to_owned())
            }
            None => ("none".to_owned(), format!("{:?}", error.as_service_error())),
        },
    })
}

fn identify(sandbox: &Sandbox) -> String {
    in_destination(sandbox, async |config| match aws_sdk_sts::Client::new(&config).get_caller_identity().send().await {
        Ok(_) => "ok".to_owned(),
        Err(error) => error.code().unwrap_or("none").to_owned(),
    })
}

// Codes: AWS Backup API Reference, "Common Errors"; the services' models in botocore; the message of
// a refusal: IAM User Guide, "Troubleshoot access denied error messages".
#[test]
fn a_client_meets_what_was_ordered_in_aws_words_and_only_there() {
    let cases = [
        ("throttle", "ThrottlingException", "Rate exceeded"),
        ("server-error", "KMSInternalException", "unknown error"),
        ("expired-credentials", "ExpiredTokenException", "The security token included in the request is expired"),
        (
            "access-denied",
            "AccessDeniedException",
            "is not authorized to perform: kms:ListKeys because no identity-based policy allows the kms:ListKeys action",
        ),
        ("connection-reset", "none", ""),
    ];
    for (fault, code, message) in cases {
        let sandbox = worlds::built_in();
        backupctl(&sandbox, &format!("sandbox inject {fault} --operation kms:List* --environment source")).expect(0);
        assert_eq!(identify(&sandbox), "ok", "{fault}");
        let (found, said) = list_keys(&sandbox);
        assert_eq!(found, code, "{fault}: {said}");
        assert!(said.contains(message), "{fault}: {said}");
        assert_eq!(list_keys(&sandbox).0, "ok", "{fault} was ordered once");
    }
    let sandbox = worlds::built_in();
    backupctl(&sandbox, "sandbox inject expired-credentials --operation sts:*").expect(0);
    assert_eq!(identify(&sandbox), "ExpiredToken", "awsQuery has another spelling");
}

#[test]
fn a_slow_answer_takes_its_time() {
    let sandbox = worlds::built_in();
    backupctl(&sandbox, "sandbox inject slow-answer --by 3s").expect(0);
    let before = sandbox.now();
    assert_eq!(list_keys(&sandbox).0, "ok");
    assert!((sandbox.now() - before).as_secs() >= 3);
}

#[test]
fn what_is_ordered_is_shown_and_cleared() {
    let sandbox = worlds::built_in();
    let said = backupctl(&sandbox, "sandbox inject throttle --operation backup:* --share 30 --environment source");
    let said = said.expect(0).stdout;
    backupctl(&sandbox, "sandbox inject copy-job-fails --message Broken --resource *:db:orders --call 2").expect(0);
    let shown = backupctl(&sandbox, "sandbox show -o json").expect(0).json();
    let expected: Value = json!([
        {"fault": "throttle", "operation": "backup:*", "account": "111111111111", "region": "us-east-1",
            "often": {"percent": 30}},
        {"fault": "copy-job-fails", "message": "Broken", "resource": "*:db:orders", "after": 1, "often": {"times": 1}},
    ]);
    assert_eq!(shown["faults"], expected);
    let table = backupctl(&sandbox, "sandbox show").expect(0).stdout;
    let table = table.split("ordered to go wrong").nth(1).expect("the faults").to_owned();
    let cleared = backupctl(&sandbox, "sandbox inject clear").expect(0).stdout;
    assert_eq!(backupctl(&sandbox, "sandbox show -o json").expect(0).json()["faults"], json!([]));
    insta::assert_snapshot!("what_is_ordered", format!("{said}----{table}----\n{cleared}"));
}

#[test]
fn an_order_that_lacks_something_is_a_mistake_of_the_command_line() {
    let sandbox = worlds::built_in();
    for wrong in [
        "sandbox inject thunder",
        "sandbox inject slow-answer",
        "sandbox inject copy-job-fails",
        "sandbox inject throttle --times 2 --share 30",
        "sandbox inject throttle --share 101",
        "sandbox inject throttle --environment source --region us-east-1",
    ] {
        let ran = backupctl(&sandbox, wrong);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{wrong}: {ran:?}");
        assert!(!ran.stderr.is_empty(), "{wrong}");
    }
    assert!(sandbox.look(|world| world.faults.iter().next().is_none()));
}

#[test]
fn a_killed_process_forgets_no_order_and_no_count() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("sandbox");
    let open = || {
        let owner = Owner { pid: 1, command: "test".to_owned(), endpoint: None };
        Sandbox::open(&path, &owner).expect("a sandbox").0
    };
    let sandbox = open();
    backupctl(&sandbox, "sandbox inject throttle --share 50").expect(0);
    backupctl(&sandbox, "sandbox inject access-denied --operation kms:ListKeys --call 10").expect(0);
    let first: Vec<String> = (0..20).map(|_| list_keys(&sandbox).0).collect();
    let before = sandbox.look(|world| world.faults.clone());
    let reference = Sandbox::in_memory(sandbox.world());
    // Nothing is saved: the process is gone.
    drop(sandbox);
    let again = open();
    assert_eq!(again.look(|world| world.faults.clone()), before);
    let rest = |sandbox: &Sandbox| (0..40).map(|_| list_keys(sandbox).0).collect::<Vec<_>>();
    let (found, expected) = (rest(&again), rest(&reference));
    assert_eq!(found, expected);
    let all: Vec<&String> = first.iter().chain(&found).collect();
    assert!(all.iter().any(|code| *code == "ok") && all.iter().any(|code| *code == "ThrottlingException"), "{all:?}");
    assert!(all.iter().any(|code| *code == "AccessDeniedException"), "{all:?}");
}

#[test]
fn what_is_ordered_over_loopback_strikes_there() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let post = |body: &str| {
        let request = format!(
            "POST /_sandbox/inject HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{body}",
            server.endpoint.trim_start_matches("http://"),
            body.len()
        );
        served::exchange(&server.endpoint, request.as_bytes()).expect("an answer")
    };
    let ordered = post(r#"{"fault": "throttle", "operation": "sts:*"}"#);
    assert_eq!(ordered.status, 200, "{ordered:?}");
    assert_eq!(ordered.json()["faults"], json!([{"fault": "throttle", "operation": "sts:*", "often": {"times": 1}}]));
    let struck = served::who_am_i(&server.endpoint);
    assert_eq!(struck.status, 400, "{struck:?}");
    assert!(struck.body.contains("<Code>Throttling</Code>"), "{struck:?}");
    assert_eq!(served::who_am_i(&server.endpoint).status, 200);
    for wrong in ["", "[]", r#"{"fault": "thunder"}"#, r#"{"fault": "throttle", "oftn": 1}"#] {
        assert_eq!(post(wrong).status, 400, "{wrong}");
    }
    post(r#"{"fault": "access-denied", "often": "until-cleared"}"#);
    assert_eq!(served::who_am_i(&server.endpoint).status, 403);
    assert_eq!(post(r#"{"fault": "clear"}"#).json()["cleared"], 1);
    assert_eq!(served::who_am_i(&server.endpoint).status, 200);
}
