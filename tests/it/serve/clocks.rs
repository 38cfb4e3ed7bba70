//! Whose clock judges what: the world's its own affairs, a client's the client's sessions.

use serde_json::json;

use crate::support::operator::in_source;
use crate::support::served::{self, Key, Signed};
use crate::support::worlds;

const FORM: [(&str, &str); 1] = [("Content-Type", "application/x-www-form-urlencoded")];

fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("{name} in {xml}"));
    rest.split('<').next().unwrap_or_default()
}

/// A real client lives months after the world. A session that it makes lasts its hour by its own clock
/// (STS API Reference, "AssumeRole": `DurationSeconds` is 3600 by default), whatever the world's does.
#[test]
fn a_session_ends_by_the_clock_of_the_client_that_asks() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"}}]});
        let role = aws_sdk_iam::Client::new(&config).create_role().role_name("visitor");
        role.assume_role_policy_document(trust.to_string()).send().await.expect("a role");
    });
    sandbox.advance_to(sandbox.now().plus_seconds(60)).expect("in memory");
    let server = served::serve(&sandbox, 0.0);
    let body = b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111111111111%3Arole%2Fvisitor\
                 &RoleSessionName=test";
    for (asked, ends, within, after) in [
        ("20261125T100000Z", "2026-11-25T11:00:00Z", "20261125T105959Z", "20261125T110000Z"),
        // A clock that is the world's to within five minutes counts as the world's: 06:01 there.
        ("20260105T060000Z", "2026-01-05T07:01:00Z", "20260105T060130Z", "20260105T070600Z"),
    ] {
        let made = Signed { instant: asked, ..Signed::json("sts", &FORM, body) }.send(&server.endpoint);
        assert_eq!(made.status, 200, "{made:?}");
        assert!(element(&made.body, "Expiration").starts_with(&ends[..17]), "{made:?}");
        let key = Key {
            id: element(&made.body, "AccessKeyId"),
            secret: element(&made.body, "SecretAccessKey"),
            token: Some(element(&made.body, "SessionToken")),
        };
        let who = Signed::json("sts", &FORM, b"Action=GetCallerIdentity&Version=2011-06-15");
        let early = Signed { key, instant: within, ..who.clone() }.send(&server.endpoint);
        assert!(early.status == 200 && early.body.contains("assumed-role/visitor/test"), "{early:?}");
        let late = Signed { key, instant: after, ..who.clone() }.send(&server.endpoint);
        assert!(late.status == 403 && late.body.contains("<Code>ExpiredToken</Code>"), "{late:?}");
        let forged =
            Signed { key: Key { token: Some("forged"), ..key }, instant: within, ..who }.send(&server.endpoint);
        assert!(forged.status == 403 && forged.body.contains("<Code>InvalidClientTokenId</Code>"), "{forged:?}");
    }
    assert_eq!(sandbox.now().iso_seconds()[..16], *"2026-01-05T06:01", "no client moves the world's clock");
}
