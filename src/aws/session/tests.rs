use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::sync::atomic::AtomicU32;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;
use crate::aws::error::FailedAt;
use crate::aws::outside::LocalClock;
use crate::aws::{backup, kms};

/// Status, headers, body.
type Answer = (u16, Vec<(&'static str, &'static str)>, String);

/// Answers by a function of (request number, request).
#[derive(Clone)]
struct Door(Arc<dyn Fn(u32, &HttpRequest) -> Answer + Send + Sync>, Arc<AtomicU32>);

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Door")
    }
}

impl HttpClient for Door {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Door {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, headers, body) = (self.0)(self.1.fetch_add(1, Ordering::SeqCst), &request);
        let status = StatusCode::try_from(status).expect("a status");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// 2026-01-05T12:00:00Z, plus what tokio's paused clock has run.
#[derive(Debug)]
struct Paused(tokio::time::Instant);

impl TimeSource for Paused {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_614_400) + self.0.elapsed()
    }
}

fn caller(account: &str) -> String {
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{account}:user/u</Arn><UserId>U</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )
}

fn is_sts(request: &HttpRequest) -> bool {
    request.uri().contains("sts.")
}

async fn session(
    answer: impl Fn(u32, &HttpRequest) -> (u16, Vec<(&'static str, &'static str)>, String) + Send + Sync + 'static,
) -> Session {
    let outside = Outside {
        http_client: Some(SharedHttpClient::new(Door(Arc::new(answer), Arc::default()))),
        time_source: SharedTimeSource::new(Paused(tokio::time::Instant::now())),
        local_clock: LocalClock::Another,
        sleep: SharedAsyncSleep::new(TokioSleep::new()),
        credentials: Some(Arc::new(|_| Credentials::new("AKIA111111111111SAND", "sandbox", None, None, "test"))),
        seed: Some(1),
    };
    let account = "111111111111".parse().expect("an account");
    let region = "us-east-1".parse().expect("a Region");
    let credentials = CredentialHints::default();
    let place = Place { label: "source", account: &account, region: &region, credentials: &credentials };
    Session::open(place, &outside).await
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(test)
}

#[test]
fn another_account_is_never_called() {
    run(async {
        let session = session(|_, request| {
            assert!(is_sts(request), "only STS may be called");
            (200, Vec::new(), caller("999999999999"))
        })
        .await;
        assert_eq!(session.identify().await.expect("an answer"), Identity::Other("999999999999".to_owned()));
        let refused = backup::list_vaults(&session).await.expect_err("a refusal");
        assert_eq!(refused.failed_at, FailedAt::Guard);
        assert!(refused.message.contains("999999999999"), "{}", refused.message);
        assert_eq!(session.calls(), 1);
    });
}

#[test]
fn nothing_is_changed_before_sts_was_asked() {
    run(async {
        let session = session(|_, _| panic!("nothing may be called")).await;
        let refused = backup::delete_vault(&session, "vault").await.expect_err("a refusal");
        assert_eq!(refused.failed_at, FailedAt::Guard);
    });
}

#[test]
fn now_is_what_aws_says() {
    run(async {
        // AWS's clock is an hour ahead of ours.
        let session =
            session(|_, _| (200, vec![("date", "Mon, 05 Jan 2026 13:00:00 GMT")], caller("111111111111"))).await;
        assert_eq!(session.now().to_rfc3339(), "2026-01-05T12:00:00+00:00");
        session.identify().await.expect("an answer");
        assert_eq!(session.now().to_rfc3339(), "2026-01-05T13:00:00+00:00");
        session.sleep(Duration::from_secs(90)).await;
        assert_eq!(session.now().to_rfc3339(), "2026-01-05T13:01:30+00:00");
    });
}

#[test]
fn a_throttled_read_is_tried_again_and_each_attempt_counted() {
    run(async {
        let session = session(|count, _| match count {
            0 | 1 => (400, vec![("x-amzn-errortype", "ThrottlingException")], r#"{"message":"slow down"}"#.to_owned()),
            _ => (200, Vec::new(), r#"{"BackupVaultList":[]}"#.to_owned()),
        })
        .await;
        assert!(backup::list_vaults(&session).await.expect("an answer").is_empty());
        assert_eq!(session.calls(), 3);
    });
}

#[test]
fn aws_words_stay_as_they_are() {
    run(async {
        let session = session(|_, _| {
            let headers = vec![("x-amzn-errortype", "AccessDeniedException"), ("x-amzn-requestid", "r-7")];
            (403, headers, r#"{"message":"Insufficient privileges to perform this action."}"#.to_owned())
        })
        .await;
        let error = backup::list_vaults(&session).await.expect_err("an error");
        assert_eq!(error.code.as_deref(), Some("AccessDeniedException"));
        assert_eq!(error.message, "Insufficient privileges to perform this action.");
        assert_eq!(error.request_id.as_deref(), Some("r-7"));
        assert!(error.is_access_denied() && !error.is_retryable());
    });
}

#[test]
fn a_key_that_does_not_exist_is_none() {
    run(async {
        let session = session(|_, _| {
            (400, Vec::new(), r#"{"__type":"NotFoundException","message":"Invalid keyId 1"}"#.to_owned())
        })
        .await;
        let key = "arn:aws:kms:us-east-1:111111111111:key/1";
        assert_eq!(kms::describe_key(&session, key).await.expect("an answer"), None);
    });
}

#[test]
fn names_differ_within_a_run_and_repeat_with_the_seed() {
    run(async {
        let nothing = |_: u32, _: &HttpRequest| (200, Vec::new(), String::new());
        let (one, other) = (session(nothing).await, session(nothing).await);
        let first = one.fresh_name("backupctl");
        assert_eq!(first, other.fresh_name("backupctl"));
        assert_ne!(first, one.fresh_name("backupctl"));
    });
}
