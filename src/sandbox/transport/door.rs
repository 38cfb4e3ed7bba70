//! The in-process door: an HTTP client, a clock and a sleep for the SDK, on the world's time.
//!
//! The command's runtime is paused (`tokio::time::pause`): its clock jumps to the earliest deadline
//! when every task waits. Each call costs the world's latency on that clock, then the world is
//! brought to the same instant and answers. So calls made side by side overlap in virtual time, and
//! no call ever waits in real time.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use tokio::sync::Notify;

use super::router;
use crate::sandbox::handle::{Interruption, Sandbox};
use crate::sandbox::store::StoreError;
use crate::sandbox::wire::http::{Fate, Request, Response};
use crate::sandbox::world::Moment;

/// One command's door to a sandbox.
#[derive(Clone)]
pub struct Door {
    sandbox: Sandbox,
    clock: Clock,
    ended: Arc<Notify>,
    signalled: Arc<Notify>,
}

/// The virtual clock: where the world's clock was when the runtime's clock was at `origin`.
#[derive(Debug, Clone, Copy)]
struct Clock {
    base: Moment,
    origin: tokio::time::Instant,
}

impl Clock {
    fn now(self) -> Moment {
        self.base + self.origin.elapsed()
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(Clock::now(*self).millis().max(0) as u64)
    }
}

/// Waits on the runtime's clock, which is the virtual one.
#[derive(Debug, Clone, Copy)]
struct RuntimeSleep;

impl AsyncSleep for RuntimeSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(sleep(duration))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the virtual clock that everything else is handed")]
async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

impl Door {
    pub(in crate::sandbox) fn open(sandbox: Sandbox) -> Self {
        let clock = Clock { base: sandbox.now(), origin: tokio::time::Instant::now() };
        Self { sandbox, clock, ended: Arc::default(), signalled: Arc::default() }
    }

    /// The HTTP client that the SDK sends its requests through.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The virtual clock.
    pub fn time_source(&self) -> SharedTimeSource {
        SharedTimeSource::new(self.clock)
    }

    /// A wait on the virtual clock.
    pub fn sleep(&self) -> SharedAsyncSleep {
        SharedAsyncSleep::new(RuntimeSleep)
    }

    /// Resolves when an [`Interruption`] has ended this client.
    pub async fn ended(&self) {
        self.ended.notified().await;
    }

    /// Resolves when an [`Interruption::Signal`] has come.
    pub async fn signalled(&self) {
        self.signalled.notified().await;
    }

    /// Brings the world to the command's own instant, so that a wait that no call followed counts.
    ///
    /// # Errors
    /// The file system's.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.sandbox.advance_to(self.clock.now()).map(drop)
    }

    /// Counts the call, lets somebody else have their turn at it, and says where the client ends, if it ends at this one.
    fn count(&self) -> Option<Interruption> {
        let (number, interruption) = {
            let mut inner = self.sandbox.lock();
            inner.calls += 1;
            (inner.calls, inner.interruption)
        };
        self.sandbox.others_turn(number);
        interruption.filter(|interruption| match interruption {
            Interruption::Before(at) | Interruption::After(at) | Interruption::Signal(at) => *at == number,
        })
    }

    async fn answer(self, request: Request) -> Result<HttpResponse, ConnectorError> {
        let latency = self.sandbox.look(|world| world.settings.call_latency_ms).max(0) as u64;
        sleep(Duration::from_millis(latency)).await;
        let interruption = self.count();
        if matches!(interruption, Some(Interruption::Before(_))) {
            return self.end().await;
        }
        let response = router::handle(&mut self.sandbox.lock(), &request, self.clock.now())
            .map_err(|error| ConnectorError::other(Box::new(error), None))?;
        match interruption {
            Some(Interruption::After(_)) => return self.end().await,
            Some(Interruption::Signal(_)) => self.signalled.notify_one(),
            _ => {}
        }
        match response.fate {
            Fate::Arrives => {}
            Fate::Late(seconds) => sleep(Duration::from_secs(seconds)).await,
            Fate::Lost => return Err(ConnectorError::io("connection reset by peer".into())),
            Fate::ClientEnds => return self.end().await,
        }
        to_sdk(response)
    }

    /// The client ends here: its future is never resolved again.
    async fn end<T>(&self) -> T {
        self.ended.notify_one();
        std::future::pending().await
    }
}

fn to_sdk(response: Response) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(response.status).map_err(|error| ConnectorError::other(Box::new(error), None))?;
    let mut answer = HttpResponse::new(status, SdkBody::from(response.body));
    for (name, value) in response.headers {
        answer.headers_mut().insert(name, value);
    }
    Ok(answer)
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl HttpClient for Door {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Door {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri();
        let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
        let target = rest.find('/').map_or("/", |slash| &rest[slash..]);
        let mut headers: Vec<(String, String)> =
            request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        // The SDK signs the host and leaves it to the HTTP client to send it.
        if request.headers().get("host").is_none() {
            headers.push(("host".to_owned(), rest.split(['/', '?']).next().unwrap_or_default().to_owned()));
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let request = Request {
            method: request.method().to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        HttpConnectorFuture::new(self.clone().answer(request))
    }
}
