//! A connector between `backupctl`'s operations and the sandbox: what is done before a call, and what is made of its
//! answer.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use backupctl::aws::Outside;

/// One call on its way.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// The URL.
    pub uri: String,
    /// The body, as far as it is text, and the header that names the operation of a JSON protocol.
    pub text: String,
}

impl Call {
    /// Whether it goes to this host's Region and has all these parts in its method, URL, headers or body.
    pub fn has(&self, parts: &[&str]) -> bool {
        let all = format!("{} {} {}", self.method, self.uri, self.text);
        parts.iter().all(|part| all.contains(part))
    }
}

type Before = Box<dyn FnMut(&Call) + Send>;
type After = Arc<dyn Fn(&Call, &mut HttpResponse) + Send + Sync>;

/// What stands between.
#[derive(Clone)]
pub struct Between {
    inner: SharedHttpClient,
    before: Arc<Mutex<Before>>,
    after: After,
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

/// The same way to AWS, with `before` and `after` on it.
pub fn between(
    outside: Outside,
    before: impl FnMut(&Call) + Send + 'static,
    after: impl Fn(&Call, &mut HttpResponse) + Send + Sync + 'static,
) -> Outside {
    let inner = outside.http_client.clone().expect("a client");
    let before: Before = Box::new(before);
    let between = Between { inner, before: Arc::new(Mutex::new(before)), after: Arc::new(after) };
    Outside { http_client: Some(SharedHttpClient::new(between)), ..outside }
}

impl HttpClient for Between {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Way { to: self.inner.http_connector(settings, components), with: self.clone() })
    }
}

#[derive(Debug)]
struct Way {
    to: SharedHttpConnector,
    with: Between,
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = request.body().bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        let call = Call {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            text: format!("{target} {body}"),
        };
        (self.with.before.lock().expect("no panic before"))(&call);
        let after = self.with.after.clone();
        let answer = self.to.call(request);
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            after(&call, &mut response);
            Ok(response)
        })
    }
}
