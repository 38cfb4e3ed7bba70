//! HTTP over loopback: connections, their bounds, and who may ask.
//!
//! Nothing that a client sends ends the server: a request that cannot be read gets an error or a
//! closed connection. Nothing that a client leaves open fills it: when every place is taken, the
//! connection that has been silent longest makes room.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::wire::http::{Request, Response};

/// More than any request of the services here; Lambda's own limit for a synchronous payload is 6 MB.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Below the 1024 file handles that a process usually gets.
const CONNECTIONS_MAX: usize = 400;
/// A request's head must arrive within this time, and a connection may idle as long.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// A request's body must arrive within this time.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);
/// What is being answered when the server stops gets this long.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait when the system gives no more file handles.
const BREATH: Duration = Duration::from_millis(50);

type Answer = hyper::Response<Full<Bytes>>;

/// A simulated service panicked: a bug, after which nothing may be answered any more.
#[derive(Debug, thiserror::Error)]
#[error("a simulated service panicked: {0}")]
pub(crate) struct Panicked(String);

/// The open connections, by number.
#[derive(Debug, Default)]
struct Connections {
    open: BTreeMap<u64, Open>,
    opened: u64,
    /// Counts every sign of life, so that the longest silent one is the one with the smallest.
    signs: u64,
    stopping: bool,
}

#[derive(Debug)]
struct Open {
    last_sign: u64,
    busy: bool,
    close: Option<oneshot::Sender<()>>,
}

type Shared = Arc<Mutex<Connections>>;

/// The table is consistent after every statement, so a panic elsewhere does not spoil it.
fn lock(connections: &Shared) -> MutexGuard<'_, Connections> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connections {
    /// Takes a connection in, closing the longest silent one where there is no place left. `None`
    /// where all are being answered.
    fn enter(&mut self) -> Option<(u64, oneshot::Receiver<()>)> {
        if self.open.len() >= CONNECTIONS_MAX {
            let silent = self.open.iter().filter(|(_, open)| !open.busy).min_by_key(|(_, open)| open.last_sign);
            let number = silent.map(|(number, _)| *number)?;
            // Whoever was dropped already does not listen.
            self.open.remove(&number)?.close.map(|close| close.send(()));
        }
        let (close, closed) = oneshot::channel();
        self.opened += 1;
        self.signs += 1;
        self.open.insert(self.opened, Open { last_sign: self.signs, busy: false, close: Some(close) });
        Some((self.opened, closed))
    }

    fn sign(&mut self, number: u64, busy: bool) {
        self.signs += 1;
        let signs = self.signs;
        if let Some(open) = self.open.get_mut(&number) {
            open.last_sign = signs;
            open.busy = busy;
        }
    }

    /// From now on every answer closes its connection; those without a request are closed at once.
    fn stop(&mut self) {
        self.stopping = true;
        for open in self.open.values_mut().filter(|open| !open.busy) {
            if let Some(close) = open.close.take() {
                // Whoever was dropped already does not listen.
                let _ = close.send(());
            }
        }
    }
}

/// Serves connections until `stop` resolves; what is being answered then is finished.
///
/// `answer` gives `None` where the connection must be closed without an answer.
///
/// # Errors
/// [`Panicked`], where an answer's code panicked.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    answer: A,
    stop: impl Future<Output = ()>,
) -> Result<(), Panicked>
where
    A: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Option<Response>> + Send + 'static,
{
    let connections = Shared::default();
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = tasks.join_next() => panicked(ended)?,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // A full house closes the newcomer at once.
                    if let Some((number, closed)) = lock(&connections).enter() {
                        tasks.spawn(connection(stream, number, closed, connections.clone(), answer.clone()));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    breathe().await;
                }
            }
        }
    }
    drop(listener);
    lock(&connections).stop();
    let finish = async {
        while let Some(ended) = tasks.join_next().await {
            panicked(ended)?;
        }
        Ok(())
    };
    tokio::time::timeout(GRACE, finish).await.unwrap_or(Ok(()))
}

#[expect(clippy::disallowed_methods, reason = "file handles come back in real time")]
async fn breathe() {
    tokio::time::sleep(BREATH).await;
}

fn panicked(ended: Result<(), tokio::task::JoinError>) -> Result<(), Panicked> {
    match ended {
        Err(error) if error.is_panic() => {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Err(Panicked(text.unwrap_or_else(|| "no message".to_owned())))
        }
        _ => Ok(()),
    }
}

async fn connection<A, F>(stream: TcpStream, number: u64, closed: oneshot::Receiver<()>, connections: Shared, answer: A)
where
    A: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Option<Response>> + Send + 'static,
{
    // Small answers must not wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: hyper::Request<Incoming>| {
        let (connections, answer) = (connections.clone(), answer.clone());
        async move {
            lock(&connections).sign(number, true);
            let response = respond(request, answer).await;
            let mut connections = lock(&connections);
            connections.sign(number, false);
            response.map(|mut response| {
                if connections.stopping {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                response
            })
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        _ = closed => {
            // One between two requests ends at once; one whose answer is on its way ends after it;
            // one that never sent a request has nothing to be waited for.
            serving.as_mut().graceful_shutdown();
            tokio::time::timeout(BREATH, serving).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
    lock(&connections).open.remove(&number);
}

/// Closes the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer")]
struct Closed;

async fn respond<B, A, F>(request: hyper::Request<B>, answer: A) -> Result<Answer, Closed>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    A: Fn(Request) -> F,
    F: Future<Output = Option<Response>>,
{
    if let Err(why) = admitted(request.headers(), request.uri()) {
        return Ok(plain(StatusCode::FORBIDDEN, why));
    }
    let (head, body) = request.into_parts();
    if body.size_hint().lower() > BODY_BYTES_MAX as u64 {
        return Ok(too_large());
    }
    let body = match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, BODY_BYTES_MAX).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Ok(too_large()),
        // The client has gone, or what it sends is no HTTP.
        Ok(Err(_)) => return Err(Closed),
        Err(_) => return Ok(closing(plain(StatusCode::REQUEST_TIMEOUT, "the request's body did not arrive in time"))),
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.to_vec(),
    };
    answer(request).await.map(to_hyper).ok_or(Closed)
}

fn too_large() -> Answer {
    closing(plain(StatusCode::PAYLOAD_TOO_LARGE, "the request's body is larger than 10 MiB"))
}

/// The rest of the request is not read.
fn closing(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

fn plain(status: StatusCode, message: &str) -> Answer {
    let mut answer = Answer::new(Full::from(serde_json::json!({ "message": message }).to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

fn to_hyper(response: Response) -> Answer {
    let mut answer = Answer::new(Full::from(response.body));
    *answer.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        // A value that no header may hold (a line break in an ARN that somebody asked for) is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            answer.headers_mut().append(name, value);
        }
    }
    answer
}

/// Only programs of this machine may ask. A web page that a browser shows here can send requests to
/// loopback too, under another host's name (DNS rebinding) or with its origin: both are refused.
fn admitted(headers: &hyper::HeaderMap, uri: &Uri) -> Result<(), &'static str> {
    if headers.contains_key(ORIGIN) {
        return Err("the sandbox answers programs, not web pages: a request with `Origin` is refused");
    }
    let named = headers.get_all(HOST).iter().map(HeaderValue::to_str);
    let mut hosts: Vec<&str> = named.map(Result::unwrap_or_default).collect();
    hosts.extend(uri.authority().map(hyper::http::uri::Authority::as_str));
    if !hosts.is_empty() && hosts.iter().all(|host| is_loopback(host)) {
        Ok(())
    } else {
        Err("the sandbox answers only when `Host` is a loopback name: 127.0.0.1, [::1] or localhost")
    }
}

/// `127.0.0.1:4566`, `[::1]`, `localhost`.
fn is_loopback(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_number);
        return is_port && address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
    }
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    port.is_none_or(is_number)
        && (name.eq_ignore_ascii_case("localhost")
            || name.parse::<Ipv4Addr>().is_ok_and(|address| IpAddr::V4(address).is_loopback()))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{self, Poll};

    use hyper::body::Frame;

    use super::*;

    #[test]
    fn only_loopback_names_are_hosts() {
        for host in ["127.0.0.1:4566", "127.0.0.1", "127.8.9.1:1", "localhost:80", "LOCALHOST", "[::1]:8080", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "127.0.0.1.example.com",
            "localhost.example.com",
            "192.168.0.1:80",
            "0.0.0.0:80",
            "[::]:80",
            "[::1].example.com",
            "127.0.0.1:80@example.com",
            "localhost:",
            "[::1",
            "127.1",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    /// A body that was announced and of which nothing comes.
    struct Silent;

    impl Body for Silent {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let request = hyper::Request::post("/").header(HOST, "localhost").body(Silent).expect("a request");
        let begun = tokio::time::Instant::now();
        let answer = respond(request, async |_| None).await.expect("an answer");
        assert_eq!(begun.elapsed(), BODY_TIMEOUT);
        assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT);
        assert_eq!(answer.headers()[CONNECTION], "close");
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        insta::assert_snapshot!(String::from_utf8_lossy(&body));
    }

    #[test]
    fn the_longest_silent_connection_makes_room_and_a_busy_one_never() {
        let mut connections = Connections::default();
        let mut closes: Vec<_> = (0..CONNECTIONS_MAX).filter_map(|_| connections.enter()).collect();
        assert_eq!(closes.len(), CONNECTIONS_MAX);
        connections.sign(1, true);
        connections.sign(2, false);
        assert!(connections.enter().is_some());
        assert_eq!(connections.open.len(), CONNECTIONS_MAX);
        let closed: Vec<u64> =
            closes.iter_mut().filter_map(|(number, close)| close.try_recv().is_ok().then_some(*number)).collect();
        assert_eq!(closed, [3], "1 is busy, 2 has just spoken");
        for number in connections.open.keys().copied().collect::<Vec<_>>() {
            connections.sign(number, true);
        }
        assert!(connections.enter().is_none());
    }
}
