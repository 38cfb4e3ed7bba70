//! Signature Version 4, checked (IAM User Guide, "Create a signed AWS API request").

use std::fmt::Write as _;

use chrono::NaiveDateTime;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use super::http::Request;
use super::text;
use crate::world::{Moment, ServiceError};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The same, but a path keeps its slashes.
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// What the `authorization` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// In the form `20260105`.
    pub date: &'a str,
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads the header; `None` where it is missing or of another form.
    pub fn of(request: &'a Request) -> Option<Self> {
        let header = request.header("authorization")?.strip_prefix("AWS4-HMAC-SHA256")?;
        let field = |name: &str| {
            header.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('=')).map(str::trim)
        };
        let mut scope = field("Credential")?.split('/');
        let authorization = Self {
            access_key_id: scope.next()?,
            date: scope.next()?,
            region: scope.next()?,
            service: scope.next()?,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        };
        (scope.next() == Some("aws4_request")).then_some(authorization)
    }
}

/// What the client's clock said when it signed: `20260105T060000Z`.
pub fn instant(request: &Request) -> Option<Moment> {
    let text = request.header("x-amz-date")?;
    let instant = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()?;
    Some(Moment::from_millis(instant.and_utc().timestamp_millis()))
}

/// Checks a request against the secret of its access key. The age of the signature is not judged:
/// clients live in their own time.
///
/// # Errors
/// `SignatureDoesNotMatch`, in AWS's words.
pub fn verify(request: &Request, secret: &str) -> Result<(), ServiceError> {
    let mismatch = || {
        ServiceError::new(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        )
    };
    let authorization = Authorization::of(request).ok_or_else(mismatch)?;
    let expected = sign(request, &authorization, secret).ok_or_else(mismatch)?;
    if expected.eq_ignore_ascii_case(authorization.signature) { Ok(()) } else { Err(mismatch()) }
}

fn sign(request: &Request, authorization: &Authorization<'_>, secret: &str) -> Option<String> {
    let canonical = canonical_request(request, authorization)?;
    let Authorization { date, region, service, .. } = authorization;
    let instant = request.header("x-amz-date")?;
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{instant}\n{date}/{region}/{service}/aws4_request\n{}",
        hex::encode(Sha256::digest(canonical))
    );
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), date.as_bytes());
    for part in [region, service, "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    Some(hex::encode(hmac(&key, to_sign.as_bytes())))
}

fn hmac(key: &[u8], data: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(data);
    mac.finalize().into_bytes().into()
}

fn canonical_request(request: &Request, authorization: &Authorization<'_>) -> Option<String> {
    let mut query: Vec<(String, String)> = Vec::new();
    for part in request.query.split('&').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let encode = |text: &str| -> Option<String> {
            Some(utf8_percent_encode(&text::percent_decode(text, false)?, RESERVED).to_string())
        };
        query.push((encode(key)?, encode(value)?));
    }
    query.sort();
    let query: Vec<String> = query.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    let path = if request.path.is_empty() { "/" } else { &request.path };
    let mut canonical = format!(
        "{}\n{}\n{}\n",
        request.method,
        // Every service but S3 encodes the path as it was sent once more.
        utf8_percent_encode(path, RESERVED_IN_PATH),
        query.join("&")
    );
    for name in authorization.signed_headers.split(';') {
        let values: Vec<String> = request
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        if values.is_empty() {
            return None;
        }
        let _ = writeln!(canonical, "{name}:{}", values.join(","));
    }
    let payload = match request.header("x-amz-content-sha256") {
        Some("UNSIGNED-PAYLOAD") => "UNSIGNED-PAYLOAD".to_owned(),
        _ => hex::encode(Sha256::digest(&request.body)),
    };
    let _ = write!(canonical, "\n{}\n{payload}", authorization.signed_headers);
    Some(canonical)
}
