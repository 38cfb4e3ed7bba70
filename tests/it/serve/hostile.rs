//! What clients send that no client should: the service's error or a closed connection, never a dead
//! server.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::net::Shutdown;

use crate::support::served::{self, Answer, Signed, exchange};
use crate::support::worlds;

fn raw(endpoint: &str, request: &str) -> Option<Answer> {
    exchange(endpoint, request.replace("HOST", endpoint.trim_start_matches("http://")).as_bytes())
}

#[test]
fn only_programs_of_this_machine_are_answered() {
    let server = served::serve(&worlds::built_in(), 0.0);
    for refused in [
        "GET /_sandbox/state HTTP/1.1\r\nHost: example.com\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: HOST\r\nOrigin: http://example.com\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: HOST\r\nOrigin: null\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: HOST\r\nHost: example.com\r\n\r\n",
        "GET http://example.com/_sandbox/state HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /_sandbox/state HTTP/1.0\r\n\r\n",
    ] {
        let answer = raw(&server.endpoint, refused).expect("an answer");
        assert_eq!(answer.status, 403, "{refused}");
        assert!(!answer.body.contains("world"), "{refused}: {answer:?}");
    }
    for answered in [
        "GET /_sandbox/state HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET /_sandbox/state HTTP/1.1\r\nHost: localhost:1\r\n\r\n",
        "GET /_sandbox/state HTTP/1.0\r\nHost: [::1]\r\n\r\n",
    ] {
        let answer = raw(&server.endpoint, answered).expect("an answer");
        assert_eq!(answer.status, 200, "{answered}");
        assert_eq!(answer.json()["now"], "2026-01-05T06:00:00.000Z");
    }
}

/// Sends a signed request and demands an error of the service, and that the server lives on.
#[track_caller]
fn refused(endpoint: &str, request: &Signed<'_>, status: u16, code: &str) {
    let answer = request.send(endpoint);
    assert_eq!(answer.status, status, "{request:?}: {answer:?}");
    let told = format!("{} {}", answer.header("x-amzn-errortype"), answer.body);
    assert!(told.contains(code), "{request:?}: {answer:?}");
    assert_eq!(served::who_am_i(endpoint).status, 200, "after {request:?}");
}

#[test]
fn malformed_requests_get_the_services_own_errors() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let at = &server.endpoint;
    let unreadable: [&[u8]; 6] = [b"{", b"{\"a\":", b"\xff\xfe", b"{\"a\": \"\xc3\x28\"}", b"nothing", b"{}}"];
    // restJson1.
    let vault = Signed { method: "PUT", path: "/backup-vaults/x", ..Signed::json("backup", &[], b"") };
    for body in unreadable {
        refused(at, &Signed { body, ..vault.clone() }, 400, "SerializationException");
    }
    refused(at, &Signed { path: "/nowhere/x", ..vault.clone() }, 404, "UnknownOperationException");
    refused(at, &Signed { method: "PATCH", ..vault.clone() }, 404, "UnknownOperationException");
    refused(at, &Signed { path: "/backup-vaults/x%zz", ..vault.clone() }, 404, "UnknownOperationException");
    refused(at, &Signed { path: "//", ..vault }, 404, "UnknownOperationException");
    // awsJson1.1 and awsJson1.0.
    for (service, target) in [("kms", "TrentService.CreateKey"), ("sqs", "AmazonSQS.CreateQueue")] {
        let headers = [("X-Amz-Target", target)];
        for body in unreadable {
            refused(at, &Signed::json(service, &headers, body), 400, "SerializationException");
        }
        for target in ["", "Nothing", "TrentService.Nothing", "Wrong.CreateKey", "."] {
            refused(at, &Signed::json(service, &[("X-Amz-Target", target)], b"{}"), 400, "UnknownOperationException");
        }
    }
    // awsQuery.
    for body in [&b"\xff\xfe"[..], b"Action=%zz", b"Action=Get%ff"] {
        refused(at, &Signed::json("sts", &[], body), 400, "MalformedInput");
    }
    for body in [&b""[..], b"Version=2011-06-15", b"Action=&Version=2011-06-15", b"Action=Nothing&Version=2011-06-15"] {
        refused(at, &Signed::json("sts", &[], body), 400, "InvalidAction");
    }
}

/// AWS's services read what their model has (Smithy 2.0, "AWS restJson1 protocol" and its fellows: unknown members are
/// ignored), so a client that is newer than the service works.
#[test]
fn members_that_no_model_has_are_passed_over_in_each_protocol() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let at = &server.endpoint;
    let rest = Signed { method: "PUT", path: "/backup-vaults/newer", ..Signed::json("backup", &[], b"{}") };
    let body = br#"{"Unheard": {"of": [1, null]}, "BackupVaultTags": {"a": "b"}}"#;
    let made = Signed { body, ..rest.clone() }.send(at);
    assert_eq!(made.status, 200, "{made:?}");
    assert!(made.json()["BackupVaultArn"].as_str().is_some_and(|arn| arn.ends_with(":newer")), "{made:?}");
    let shown = Signed { method: "GET", body: b"", ..rest }.send(at);
    assert_eq!((shown.status, &shown.json()["BackupVaultName"]), (200, &"newer".into()));
    assert!(!shown.body.contains("Unheard"), "{shown:?}");
    for (service, target, known) in
        [("kms", "TrentService.ListKeys", "\"Keys\""), ("sqs", "AmazonSQS.CreateQueue", "\"QueueUrl\"")]
    {
        let body = br#"{"Unheard": {"of": [1, null]}, "QueueName": "newer"}"#;
        let answer = Signed::json(service, &[("X-Amz-Target", target)], body).send(at);
        assert!(answer.status == 200 && answer.body.contains(known), "{answer:?}");
    }
    let form = b"Action=GetCallerIdentity&Version=2011-06-15&Unheard=1&Unheard.Of.member.1=2";
    let answer = Signed::json("sts", &[], form).send(at);
    assert!(answer.status == 200 && answer.body.contains("<Account>111111111111</Account>"), "{answer:?}");
}

/// On AWS an unsigned request is refused before anything else, in the form of the service's protocol.
#[test]
fn unsigned_requests_are_refused_in_each_protocol() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let send = |request: &str| raw(&server.endpoint, request).expect("an answer");
    let rest = send("GET /backup-vaults HTTP/1.1\r\nHost: HOST\r\n\r\n");
    assert_eq!((rest.status, rest.header("x-amzn-errortype")), (403, "MissingAuthenticationTokenException"));
    let json =
        send("POST / HTTP/1.1\r\nHost: HOST\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!((json.status, &json.json()["__type"]), (400, &"MissingAuthenticationTokenException".into()));
    let query =
        send("POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 43\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(query.status, 403);
    assert!(query.body.contains("<Code>MissingAuthenticationToken</Code>"), "{query:?}");
    let wrong = Signed::json("sts", &[], b"Action=GetCallerIdentity&Version=2011-06-15").bytes(&server.endpoint);
    let wrong = String::from_utf8(wrong).expect("text").replace("Version=2011", "Version=2012");
    let answer = exchange(&server.endpoint, wrong.as_bytes()).expect("an answer");
    assert!(answer.status == 403 && answer.body.contains("SignatureDoesNotMatch"), "{answer:?}");
}

#[test]
fn oversize_and_odd_bodies_are_answered_or_cut() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let at = &server.endpoint;
    let large = 10 * 1024 * 1024 + 1;
    // Said to be too large: refused before it is sent.
    let said = format!("POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: {large}\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(raw(at, &said).expect("an answer").status, 413);
    // Not said: refused, or cut, as soon as it is.
    let mut chunked = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    chunked.extend(format!("{large:x}\r\n").bytes());
    chunked.extend(vec![b'a'; large]);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert!(exchange(at, &chunked).is_none_or(|answer| answer.status == 413));
    // As large as may be: the service's own answer.
    let body = [b"{\"a\":\"".to_vec(), vec![b'a'; large - 9], b"\"}".to_vec()].concat();
    let headers = [("X-Amz-Target", "TrentService.ListKeys")];
    let answer = Signed::json("kms", &headers, &body).send(at);
    assert!(answer.status == 200 || answer.status == 400, "{answer:?}");
    // With 100-continue, and in chunks, as clients may send it.
    let headers = [("Expect", "100-continue")];
    let expecting = Signed::json("sts", &headers, b"Action=GetCallerIdentity&Version=2011-06-15").send(at);
    assert_eq!(expecting.status, 200, "{expecting:?}");
    let whole = Signed::json("sts", &[], b"Action=GetCallerIdentity&Version=2011-06-15").bytes(at);
    let whole = String::from_utf8(whole).expect("text");
    let (head, body) = whole.split_once("\r\n\r\n").expect("a head");
    let head = head.replace(&format!("Content-Length: {}", body.len()), "Transfer-Encoding: chunked");
    let (first, second) = body.split_at(10);
    let (one, two) = (first.len(), second.len());
    let chunked = format!("{head}\r\n\r\n{one:x}\r\n{first}\r\n{two:x}\r\n{second}\r\n0\r\n\r\n");
    assert_eq!(exchange(at, chunked.as_bytes()).expect("an answer").status, 200);
    // Shorter than said, and the client goes.
    let short = whole.replace("Content-Length: 43", "Content-Length: 4300");
    let mut stream = served::connect(at);
    stream.write_all(short.as_bytes()).expect("written");
    drop(stream);
    assert_eq!(served::who_am_i(at).status, 200);
}

#[test]
fn absurd_heads_end_in_an_error_or_a_closed_connection() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let at = &server.endpoint;
    let many: String = (0..500).map(|number| format!("X-Header-{number}: x\r\n")).collect();
    let long = "x".repeat(1024 * 1024);
    let absurd: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"\r\n\r\n\r\n".to_vec(),
        vec![0; 4096],
        vec![0xff; 4096],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET  /  HTTP/1.1\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\x00b\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: \xff\xfe\r\nAuthorization: \xff\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=///\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999999999999999999\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_vec(),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip\r\n\r\n".to_vec(),
        format!("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n{many}\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: {long}\r\n\r\n").into_bytes(),
        format!("GET /{long} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").into_bytes(),
        format!("GET /{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "%2F".repeat(10_000)).into_bytes(),
    ];
    for bytes in absurd {
        let mut stream = served::connect(at);
        // The server may close before it has read everything.
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.0 4"),
            "{start}: {answer}"
        );
        assert_eq!(served::who_am_i(at).status, 200, "after {start}");
    }
    for method in ["HEAD", "OPTIONS", "TRACE", "CONNECT", "BREW"] {
        let answer = raw(at, &format!("{method} / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"));
        assert!(answer.is_none_or(|answer| (400..500).contains(&answer.status)), "{method}");
    }
    assert_eq!(served::who_am_i(at).status, 200);
}

/// One connection, many requests, sent before the first is answered.
#[test]
fn a_connection_carries_many_requests() {
    let server = served::serve(&worlds::built_in(), 0.0);
    let one = Signed::json("sts", &[], b"Action=GetCallerIdentity&Version=2011-06-15").bytes(&server.endpoint);
    let mut stream = served::connect(&server.endpoint);
    stream.write_all(&one.repeat(20)).expect("written");
    let mut reader = BufReader::new(stream);
    for number in 0..20 {
        assert_eq!(served::read_answer(&mut reader).expect("an answer").status, 200, "{number}");
    }
}

/// More connections than there are places, most of them never closed by the client, some in the
/// middle of a head: the silent ones make room for whoever asks.
#[test]
fn connections_that_are_opened_and_left_do_not_fill_the_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = served::Process::start(directory.path(), "");
    let mut held = VecDeque::new();
    for number in 0..2000 {
        let mut stream = served::connect(&server.endpoint);
        if number % 3 == 0 {
            // The server may have closed it.
            let _ = stream.write_all(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
        }
        held.push_back(stream);
        // This process has no more file handles than the server.
        if held.len() > 500 {
            held.pop_front();
        }
        if number % 400 == 399 {
            assert_eq!(served::who_am_i(&server.endpoint).status, 200, "with {number} connections");
        }
    }
    assert_eq!(served::who_am_i(&server.endpoint).status, 200);
    let (status, _, errors) = server.end("TERM");
    assert_eq!(status.code(), Some(0), "{errors}");
}
