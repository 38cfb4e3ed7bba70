//! `sandbox serve`: what its flags refuse, and what it answers to a request that is none for AWS.

use std::fmt::Write as _;
use std::net::TcpListener;

use crate::support::gallery::Gallery;
use crate::support::served::{self, exchange};
use crate::support::worlds;

#[test]
fn an_address_or_a_pace_that_cannot_be_is_told_and_nothing_is_made() {
    let mut gallery = Gallery::new();
    for (about, flag) in [
        ("An address that other machines reach", "--listen 0.0.0.0:4566"),
        ("No port", "--listen localhost"),
        ("A pace in words", "--time-scale fast"),
        ("A pace that runs backwards", "--time-scale=-1"),
    ] {
        gallery.show(about, None, &format!("sandbox serve --sandbox=world {flag}"), 2);
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    gallery.show("A port that is taken", None, &format!("sandbox serve --sandbox=world --listen {address}"), 1);
    assert!(!gallery.directory().join("world").exists());
    insta::assert_snapshot!(gallery.into_text().replace(&address, "127.0.0.1:PORT"));
}

/// What is asked under which request line and headers, with which body.
const REFUSED: &[(&str, &str, &str)] = &[
    ("Under another machine's name", "GET /_sandbox/state HTTP/1.1\r\nHost: example.com", ""),
    ("By a web page", "GET /_sandbox/state HTTP/1.1\r\nHost: HOST\r\nOrigin: http://example.com", ""),
    ("With a body that is too large", "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 10485761", ""),
    ("For what the sandbox has not", "GET /_sandbox/stat HTTP/1.1\r\nHost: HOST", ""),
    ("In another way", "GET /_sandbox/advance HTTP/1.1\r\nHost: HOST", ""),
    ("An hour in words", "POST /_sandbox/advance HTTP/1.1\r\nHost: HOST", "{\"seconds\": \"an hour\"}"),
    ("Time that runs backwards", "POST /_sandbox/advance HTTP/1.1\r\nHost: HOST", "{\"seconds\": -1}"),
    ("A fault that is no JSON", "POST /_sandbox/inject HTTP/1.1\r\nHost: HOST", "throttle"),
    ("A fault that is no object", "POST /_sandbox/inject HTTP/1.1\r\nHost: HOST", "[\"throttle\"]"),
    ("A fault that none is", "POST /_sandbox/inject HTTP/1.1\r\nHost: HOST", "{\"fault\": \"thunder\"}"),
    (
        "A fault with a key that is none",
        "POST /_sandbox/inject HTTP/1.1\r\nHost: HOST",
        "{\"fault\": \"throttle\", \"oftn\": 1}",
    ),
    ("A late answer without its time", "POST /_sandbox/inject HTTP/1.1\r\nHost: HOST", "{\"fault\": \"slow-answer\"}"),
];

#[test]
fn a_request_that_the_sandbox_refuses_is_answered_with_the_reason() {
    let sandbox = worlds::built_in();
    let before = sandbox.now();
    let server = served::serve(&sandbox, 0.0);
    let mut text = String::new();
    for (about, head, body) in REFUSED {
        let length = if body.is_empty() { String::new() } else { format!("\r\nContent-Length: {}", body.len()) };
        let host = server.endpoint.trim_start_matches("http://");
        let request = format!("{}{length}\r\n\r\n{body}", head.replace("HOST", host));
        let answer = exchange(&server.endpoint, request.as_bytes()).expect("an answer");
        assert!((400..500).contains(&answer.status), "{about}: {answer:?}");
        let told = answer.json();
        let told = told["message"].as_str().expect("a message");
        let _ = writeln!(text, "## {about}\n{}\n{body}\n=> {} {told}\n", head.replace("\r\n", "\n"), answer.status);
    }
    assert_eq!(sandbox.now(), before);
    assert!(sandbox.look(|world| world.faults.iter().next().is_none()));
    insta::assert_snapshot!(text);
}
