//! What clients send that no client should: the service's error or a closed connection, never a dead
//! server.

use crate::support::served::{self, Answer, exchange};
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
