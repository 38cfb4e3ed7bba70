//! What the SDK takes from a sandbox: an HTTP client, a clock and a sleep, on the world's time.

use std::time::{Duration, SystemTime};

use aws_sandbox::store::StoreError;
use aws_sandbox::transport::connection::{self, Clock, Connection, SendError};
use aws_sandbox::wire::http::{Request, Response};
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

use crate::sandbox::Sandbox;

/// One command's connection to a sandbox, as the SDK wants it.
#[derive(Debug, Clone)]
pub struct Connector(Connection);

#[derive(Debug, Clone, Copy)]
struct VirtualTime(Clock);

impl TimeSource for VirtualTime {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}

#[derive(Debug, Clone, Copy)]
struct VirtualSleep;

impl AsyncSleep for VirtualSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(connection::sleep(duration))
    }
}

impl Connector {
    /// Connects to `sandbox`. To be called inside the runtime that the command runs in: the world's
    /// clock follows that runtime's clock from here on.
    pub fn open(sandbox: &Sandbox) -> Self {
        Self(sandbox.connect())
    }

    /// The HTTP client that the SDK sends its requests through.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }

    /// The virtual clock.
    pub fn time_source(&self) -> SharedTimeSource {
        SharedTimeSource::new(VirtualTime(self.0.clock()))
    }

    /// A wait on the virtual clock.
    pub fn sleep(&self) -> SharedAsyncSleep {
        SharedAsyncSleep::new(VirtualSleep)
    }

    /// Resolves when a fault or a test has ended this client.
    pub async fn ended(&self) {
        self.0.ended().await;
    }

    /// Resolves when somebody in the sandbox has pressed Ctrl-C.
    pub async fn signalled(&self) {
        self.0.signalled().await;
    }

    /// Brings the world to the command's own instant, so that a wait that no call followed counts.
    ///
    /// # Errors
    /// The file system's.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.0.settle()
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

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
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
        let connection = self.0.clone();
        HttpConnectorFuture::new(async move {
            match connection.send(&request).await {
                Ok(response) => to_sdk(response),
                Err(SendError::Reset) => Err(ConnectorError::io(SendError::Reset.to_string().into())),
                Err(SendError::Store(error)) => Err(ConnectorError::other(Box::new(error), None)),
            }
        })
    }
}
