//! The wire as data: one compact model a service (`../models`), one codec a protocol.
//!
//! A request becomes a document with the model's member names, an answer becomes bytes. Services
//! contain no URL, no XML tag, no header and no HTTP status.

pub mod http;
mod json;
pub mod model;
mod query;
mod rest_json;
pub mod signature;
mod text;
mod validate;

use serde_json::{Map, Value};

use self::http::{Request, Response};
use self::model::{Model, Protocol};
use self::signature::Authorization;
use super::services::Service;
use super::world::ServiceError;
use aws_policy::names::Region;

/// A request, read.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The service, by the credential scope.
    pub service: Service,
    /// The Region, by the credential scope.
    pub region: Region,
    /// The access key id.
    pub access_key_id: String,
    /// The session token of temporary credentials.
    pub session_token: Option<String>,
    pub operation: &'static str,
    /// Its input, validated against the model.
    pub input: Value,
}

/// A request that reaches no operation.
#[derive(Debug, Clone)]
pub struct Refusal {
    service: Option<Service>,
    operation: Option<&'static str>,
    error: ServiceError,
}

/// Why a body or a query string cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No JSON, no UTF-8, a broken percent-encoding.
    Malformed,
}

impl Refusal {
    /// The answer to it.
    pub fn into_response(self, request_id: &str) -> Response {
        match self.service {
            Some(service) => encode_error(service, self.operation, &self.error, request_id),
            None => {
                let body = serde_json::json!({"message": self.error.message});
                Response::new(403, "application/json", request_id, body.to_string())
                    .with_header("x-amzn-errortype", self.error.code)
            }
        }
    }
}

/// Reads a request.
///
/// # Errors
/// [`Refusal`]: no signature, an unknown service, an unknown operation, a body that is none, an
/// input against the model.
pub fn decode(request: &Request) -> Result<Decoded, Refusal> {
    let refuse = |service, operation, error| Refusal { service, operation, error };
    let authorization = Authorization::of(request).ok_or_else(|| unsigned(request))?;
    let Some(service) = Service::by_signing_name(authorization.service) else {
        tracing::warn!(service = authorization.service, "the sandbox lacks this service");
        let text = format!("the sandbox has no service with the signing name `{}`", authorization.service);
        return Err(refuse(None, None, ServiceError::new("UnknownServiceException", text)));
    };
    let region: Region = authorization.region.parse().map_err(|error| {
        let text = format!("Credential should be scoped to a valid region. {error}");
        refuse(Some(service), None, ServiceError::new("InvalidSignatureException", text))
    })?;
    let model = model::of(service);
    let (operation, input) =
        read(service, model, request).map_err(|(operation, error)| refuse(Some(service), operation, error))?;
    Ok(Decoded {
        service,
        region,
        access_key_id: authorization.access_key_id.to_owned(),
        session_token: request.header("x-amz-security-token").map(str::to_owned),
        operation,
        input,
    })
}

/// The answer to a request without a signature. On AWS the host names the service; here a JSON service
/// is known by the target, a query service by its version, and any other is one with paths.
fn unsigned(request: &Request) -> Refusal {
    let target = request.header("x-amz-target").and_then(|target| target.split('.').next());
    let form = std::str::from_utf8(&request.body).unwrap_or_default();
    let is_asked = |service: &Service| {
        let model = model::of(*service);
        match model.protocol {
            Protocol::Json => target.is_some() && model.target.as_deref() == target,
            Protocol::Query => form.split('&').any(|pair| pair.strip_prefix("Version=") == Some(&model.version)),
            Protocol::RestJson => false,
        }
    };
    let service = Service::ALL.iter().copied().find(is_asked);
    let text =
        if service.is_some() { "Request is missing Authentication Token" } else { "Missing Authentication Token" };
    Refusal { service, operation: None, error: ServiceError::new("MissingAuthenticationTokenException", text) }
}

type ReadError = (Option<&'static str>, ServiceError);

fn read(service: Service, model: &'static Model, request: &Request) -> Result<(&'static str, Value), ReadError> {
    let unknown = |name: &str| (None, ServiceError::unknown_operation(service, name));
    let malformed = |operation: &'static str| {
        move |_: Refused| {
            (Some(operation), ServiceError::new("SerializationException", "The request body could not be read"))
        }
    };
    let (name, operation, input) = match model.protocol {
        Protocol::RestJson => {
            let (name, labels) = rest_json::route(model, request)
                .ok_or_else(|| unknown(&format!("{} {}", request.method, request.path)))?;
            let operation = &model.operations[name];
            (name, operation, rest_json::read(model, operation, &labels, request).map_err(malformed(name))?)
        }
        Protocol::Json => {
            let target = request.header("x-amz-target").unwrap_or_default();
            let name = match (target.split_once('.'), model.target.as_deref()) {
                (Some((prefix, name)), Some(expected)) if prefix == expected => name,
                _ => return Err(unknown(target)),
            };
            let (name, operation) = model.operation(name).ok_or_else(|| unknown(name))?;
            let body = if request.body.is_empty() {
                Ok(Value::Object(Map::new()))
            } else {
                serde_json::from_slice(&request.body)
            };
            let body = body.map_err(|_| malformed(name)(Refused::Malformed))?;
            (name, operation, json::read(model, model.input(operation), body))
        }
        Protocol::Query => {
            let body = std::str::from_utf8(&request.body)
                .map_err(|_| (None, ServiceError::new("MalformedInput", "the body is not UTF-8")))?;
            let form = if body.is_empty() { &request.query } else { body };
            let pairs = rest_json::parse_query(form)
                .map_err(|_| (None, ServiceError::new("MalformedInput", "the form could not be read")))?;
            let action = pairs.iter().find(|(key, _)| key == "Action").map_or("", |(_, value)| value.as_str());
            let (name, operation) = model.operation(action).ok_or_else(|| unknown(action))?;
            (name, operation, query::read(model, operation, &pairs))
        }
    };
    validate::validate(service, model, model.input(operation), &input).map_err(|error| (Some(name), error))?;
    Ok((name, input))
}

/// Writes an answer.
pub fn encode(service: Service, operation: &str, output: &Value, request_id: &str) -> Response {
    let model = model::of(service);
    let Some((name, row)) = model.operation(operation) else {
        return encode_error(service, None, &ServiceError::unknown_operation(service, operation), request_id);
    };
    match model.protocol {
        Protocol::RestJson => rest_json::write(model, name, row, output, request_id),
        Protocol::Json if row.output.is_none() => Response::new(200, content_type(model), request_id, ""),
        Protocol::Json => {
            let body = json::write(model, model.output(row), output, name).to_string();
            Response::new(200, content_type(model), request_id, body)
        }
        Protocol::Query => query::write(model, name, row, output, request_id),
    }
}

fn content_type(model: &Model) -> &'static str {
    if model.json.as_deref() == Some("1.0") { "application/x-amz-json-1.0" } else { "application/x-amz-json-1.1" }
}

/// Writes an error in the form of the service's protocol, with the status of its model.
pub fn encode_error(service: Service, operation: Option<&str>, error: &ServiceError, request_id: &str) -> Response {
    let model = model::of(service);
    let (code, message) = spelled(model, operation, error);
    let known = model.errors.get(code.as_str());
    let status = known.map_or_else(|| status_of(model.protocol, &code), |known| known.status.unwrap_or(400));
    let message_name = known.map_or("message", |known| known.message.as_str());
    match model.protocol {
        Protocol::Query => {
            let mut escaped = String::new();
            query::escape(&mut escaped, &message);
            let namespace = model.namespace.as_deref().unwrap_or_default();
            let side = if status < 500 { "Sender" } else { "Receiver" };
            let xml = format!(
                "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{side}</Type><Code>{code}</Code><Message>{escaped}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            );
            Response::new(status, "text/xml", request_id, xml)
        }
        Protocol::Json => {
            let mut body = error.members.clone();
            let kind = if service == Service::CloudWatch { cloudwatch_shape(&code) } else { code.as_str() };
            body.insert("__type".to_owned(), Value::from(kind));
            body.insert(message_name.to_owned(), Value::from(message));
            let response = Response::new(status, content_type(model), request_id, Value::Object(body).to_string());
            match service {
                Service::Sqs => response.with_header("x-amzn-query-error", format!("{};Sender", sqs_query_code(&code))),
                Service::CloudWatch => response.with_header("x-amzn-query-error", format!("{code};Sender")),
                _ => response,
            }
        }
        Protocol::RestJson => {
            let mut body = error.members.clone();
            if service == Service::Backup {
                for name in ["Code", "Context", "Type"] {
                    body.entry(name).or_insert(Value::Null);
                }
            } else {
                body.entry("Type").or_insert(Value::from(if status < 500 { "User" } else { "Service" }));
            }
            let message_name = if service == Service::Backup { "Message" } else { message_name };
            body.insert(message_name.to_owned(), Value::from(message));
            Response::new(status, "application/json", request_id, Value::Object(body).to_string())
                .with_header("x-amzn-errortype", code)
        }
    }
}

/// Codes that every service spells in its protocol's way.
fn spelled(model: &Model, operation: Option<&str>, error: &ServiceError) -> (String, String) {
    let query = model.protocol == Protocol::Query;
    let code = match (error.code.as_str(), query) {
        ("InvalidClientTokenId", false) => "UnrecognizedClientException",
        ("SignatureDoesNotMatch", false) => "InvalidSignatureException",
        ("ExpiredToken", false) => "ExpiredTokenException",
        ("UnknownOperationException", true) => "InvalidAction",
        ("MissingAuthenticationTokenException", true) => "MissingAuthenticationToken",
        (code, _) => code,
    };
    let message = match (error.code.as_str(), query) {
        ("UnknownOperationException", true) => {
            format!("Could not find operation {} for version {}", operation.unwrap_or("null"), model.version)
        }
        _ => error.message.clone(),
    };
    (code.to_owned(), message)
}

/// The code that SQS had in its query protocol: clients that know it find it in `x-amzn-query-error`
/// (the `awsQueryCompatible` trait of its model; ErrCode constants of the AWS SDK for Go).
fn sqs_query_code(code: &str) -> String {
    match code {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
        "QueueNameExists" => "QueueAlreadyExists".to_owned(),
        "BatchEntryIdsNotDistinct"
        | "BatchRequestTooLong"
        | "EmptyBatchRequest"
        | "InvalidBatchEntryId"
        | "MessageNotInflight"
        | "PurgeQueueInProgress"
        | "QueueDeletedRecently"
        | "TooManyEntriesInBatchRequest"
        | "UnsupportedOperation" => format!("AWS.SimpleQueueService.{code}"),
        _ => code.to_owned(),
    }
}

/// The shapes of CloudWatch's errors whose codes in its query protocol, by which clients know them, are
/// others (the `awsQueryCompatible` trait and the `error` traits of its model).
fn cloudwatch_shape(code: &str) -> &str {
    match code {
        "InternalServiceError" => "InternalServiceFault",
        "InvalidFormat" => "InvalidFormatFault",
        "InvalidParameterValue" => "InvalidParameterValueException",
        "LimitExceeded" => "LimitExceededFault",
        code => code,
    }
}

/// Statuses of the errors that are common to all services and stand in no model.
fn status_of(protocol: Protocol, code: &str) -> u16 {
    match (code, protocol) {
        ("InternalFailure" | "InternalServerError" | "InternalError", _) => 500,
        ("ServiceUnavailable" | "ServiceUnavailableException", _) => 503,
        ("UnknownOperationException", Protocol::RestJson) => 404,
        (_, Protocol::Json) => 400,
        (
            "AccessDenied"
            | "MissingAuthenticationToken"
            | "AccessDeniedException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "ExpiredToken"
            | "ExpiredTokenException",
            _,
        ) => 403,
        _ => 400,
    }
}

#[cfg(test)]
mod tests;
