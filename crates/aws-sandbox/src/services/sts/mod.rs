//! STS: who a key is, and sessions of roles.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ServiceRow;
use super::iam;
use crate::operation;
use crate::world::{Access, Call, Caller, Moment, Operation, Place, ServiceError, World};
use aws_policy::evaluate::Principal;

/// What the wire and the faults know of the service.
pub static ROW: ServiceRow = ServiceRow {
    signing_name: "sts",
    model: include_str!("../../models/sts.json"),
    operations: OPERATIONS,
    is_global: false,
    handler_title: "Sts",
    throttled: ("Throttling", "Rate exceeded"),
    denied: "AccessDenied",
    broken: "InternalFailure",
};

/// Its operations.
pub const OPERATIONS: &[Operation] = &[
    operation!("GetCallerIdentity", Read, |_, _, _| Ok(Vec::new()), get_caller_identity),
    operation!("AssumeRole", Change, assume_role_needs, assume_role),
    operation!("GetSessionToken", Change, |_, _, _| Ok(Vec::new()), get_session_token),
];

/// Sessions may last up to an hour where a session makes them (IAM User Guide, "Role chaining").
const CHAINED_SECONDS: i64 = 3600;

/// Temporary credentials.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    caller: Caller,
    secret: String,
    token: String,
}

/// The sessions that STS gave out, by access key id. They are valid in every Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    sessions: BTreeMap<String, Session>,
}

/// Whose credentials these are, and the secret to check the signature with.
///
/// Codes are STS's own, which query services send: `InvalidClientTokenId` and `ExpiredToken`.
/// Services that speak JSON call the same `UnrecognizedClientException` and `ExpiredTokenException`.
///
/// # Errors
/// `InvalidClientTokenId` for an unknown key or a wrong session token, `ExpiredToken` for a session
/// that has ended at the world's instant.
pub fn authenticate(
    world: &World,
    access_key_id: &str,
    session_token: Option<&str>,
) -> Result<(Caller, String), ServiceError> {
    authenticate_at(world, access_key_id, session_token, world.now)
}

/// As [`authenticate`], with the instant by which a session's end is judged.
///
/// # Errors
/// As [`authenticate`].
pub fn authenticate_at(
    world: &World,
    access_key_id: &str,
    session_token: Option<&str>,
    at: Moment,
) -> Result<(Caller, String), ServiceError> {
    let unknown =
        || ServiceError::new("InvalidClientTokenId", "The security token included in the request is invalid.");
    let Some(session) = world.services.sts.sessions.get(access_key_id) else {
        return iam::by_access_key(world, access_key_id).ok_or_else(unknown);
    };
    if session_token != Some(session.token.as_str()) {
        return Err(unknown());
    }
    if session.caller.expires.is_some_and(|end| end <= at) {
        return Err(ServiceError::new("ExpiredToken", "The security token included in the request is expired"));
    }
    Ok((session.caller.clone(), session.secret.clone()))
}

fn get_caller_identity(_: &mut World, call: &Call, _: Value) -> Result<Value, ServiceError> {
    let caller = &call.caller;
    let user_id = match &caller.principal {
        Principal::Service(name) => name.clone(),
        Principal::Root(account) => account.to_string(),
        Principal::User { id, .. } => id.clone(),
        Principal::Session { role_id, name, .. } => format!("{role_id}:{name}"),
    };
    Ok(json!({ "UserId": user_id, "Account": caller.account, "Arn": caller.shown() }))
}

/// The refusal to let somebody assume a role; AWS gives the same where the role is not there.
pub fn assume_denied(by: &Caller, role_arn: &str) -> ServiceError {
    let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}", by.shown());
    ServiceError::new("AccessDenied", message)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AssumeRole {
    role_arn: String,
    role_session_name: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    source_identity: Option<String>,
}

#[derive(Deserialize)]
struct PolicyArn {
    arn: String,
}

fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input.get(member).and_then(Value::as_str)
}

fn assume_role_needs(world: &World, call: &Call, input: &Value) -> Result<Vec<Access>, ServiceError> {
    let role_arn = text(input, "RoleArn").unwrap_or_default();
    if !role_arn.starts_with("arn:") {
        return Err(validation(format!("{role_arn} is invalid")));
    }
    if matches!(call.caller.principal, Principal::Root(_)) {
        return Err(ServiceError::new("AccessDenied", "Roles may not be assumed by root accounts."));
    }
    let mut access = iam::trust_access(world, role_arn).ok_or_else(|| assume_denied(&call.caller, role_arn))?;
    for (key, member) in [
        ("sts:RoleSessionName", "RoleSessionName"),
        ("sts:ExternalId", "ExternalId"),
        ("sts:SourceIdentity", "SourceIdentity"),
    ] {
        if let Some(value) = text(input, member) {
            access.context.set(key, value);
        }
    }
    if input.get("Tags").and_then(Value::as_array).is_some_and(|tags| !tags.is_empty()) {
        tracing::warn!("the sandbox does not carry session tags");
    }
    let mut accesses = vec![access];
    // Both sides must allow it (IAM User Guide, "Monitor and control actions taken with assumed roles").
    if text(input, "SourceIdentity").is_some() {
        accesses.push(Access { action: "sts:SetSourceIdentity".to_owned(), ..accesses[0].clone() });
    }
    Ok(accesses)
}

fn validation(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", message)
}

fn check_session_name(name: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if (2..=64).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let failed = match name.len() {
        0 | 1 => "Member must have length greater than or equal to 2",
        2..=64 => "Member must satisfy regular expression pattern: [\\w+=,.@-]*",
        _ => "Member must have length less than or equal to 64",
    };
    Err(validation(format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: {failed}"
    )))
}

fn check_duration(world: &World, call: &Call, input: &AssumeRole) -> Result<i64, ServiceError> {
    let most = iam::role(world, &input.role_arn, &call.caller.account).map_or(3600, |role| role.max_session_duration);
    let is_chained = matches!(call.caller.principal, Principal::Session { .. });
    match input.duration_seconds {
        None => Ok(3600),
        Some(seconds) if seconds < 900 => Err(validation(format!(
            "1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
        ))),
        Some(seconds) if is_chained && seconds > CHAINED_SECONDS => Err(validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )),
        Some(seconds) if seconds > most => {
            Err(validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role."))
        }
        Some(seconds) => Ok(seconds),
    }
}

fn session_policies(world: &World, call: &Call, input: &AssumeRole) -> Result<Vec<String>, ServiceError> {
    let mut policies = Vec::new();
    if let Some(policy) = &input.policy {
        iam::check_identity_policy(policy)?;
        policies.push(policy.clone());
    }
    for PolicyArn { arn } in &input.policy_arns {
        let text = iam::managed_text(world, &call.caller.account, arn);
        policies.push(text.ok_or_else(|| validation(format!("PolicyARN {arn} is not found")))?);
    }
    Ok(policies)
}

fn assume_role(world: &mut World, call: &Call, input: AssumeRole) -> Result<Value, ServiceError> {
    check_session_name(&input.role_session_name)?;
    let seconds = check_duration(world, call, &input)?;
    let session_policies = session_policies(world, call, &input)?;
    let caller = iam::session(world, &input.role_arn, &input.role_session_name);
    let mut caller = caller.ok_or_else(|| assume_denied(&call.caller, &input.role_arn))?;
    let expires = client_now(world, call).plus_seconds(seconds);
    caller.session_policies = session_policies;
    caller.issued = Some(world.now);
    caller.expires = Some(expires);
    let role_id = match &caller.principal {
        Principal::Session { role_id, .. } => role_id.clone(),
        _ => String::new(),
    };
    let user = json!({ "AssumedRoleId": format!("{role_id}:{}", input.role_session_name), "Arn": caller.shown() });
    let credentials = give_credentials(world, call, caller, expires);
    let mut answer = json!({ "Credentials": credentials, "AssumedRoleUser": user });
    if let Some(identity) = input.source_identity {
        answer["SourceIdentity"] = json!(identity);
    }
    Ok(answer)
}

/// The instant that a session's life is counted from: by the clock of the client that asks.
fn client_now(world: &World, call: &Call) -> Moment {
    call.caller.clock.unwrap_or(world.now)
}

/// Credentials of a session that a service opened for code that it runs.
#[derive(Debug)]
pub struct Opened {
    /// The access key's id.
    pub access_key_id: String,
    pub secret: String,
    pub token: String,
}

/// Gives `caller`, a session that a service has assumed, credentials until they are closed again.
pub fn open_session(world: &mut World, place: &Place, caller: &Caller) -> Opened {
    let opened = Opened {
        access_key_id: format!("ASIA{}", world.ids.letters(place, "service-session-key", 16)),
        secret: world.ids.letters(place, "service-session-secret", 40),
        token: world.ids.letters(place, "service-session-token", 128),
    };
    let caller = Caller { issued: Some(world.now), ..caller.clone() };
    let session = Session { caller, secret: opened.secret.clone(), token: opened.token.clone() };
    world.services.sts.sessions.insert(opened.access_key_id.clone(), session);
    opened
}

/// Ends such a session.
pub fn close_session(world: &mut World, opened: &Opened) {
    world.services.sts.sessions.remove(&opened.access_key_id);
}

/// Makes temporary credentials and remembers them.
fn give_credentials(world: &mut World, call: &Call, caller: Caller, expires: Moment) -> Value {
    let key = format!("ASIA{}", world.ids.letters(&call.place, "session-key", 16));
    let secret = world.ids.letters(&call.place, "session-secret", 40);
    let token = world.ids.letters(&call.place, "session-token", 128);
    let credentials =
        json!({ "AccessKeyId": key, "SecretAccessKey": secret, "SessionToken": token, "Expiration": expires });
    let now = client_now(world, call);
    let sessions = &mut world.services.sts.sessions;
    // A day after its end nobody can ask with it any more, not even a client whose clock is off.
    sessions.retain(|_, session| session.caller.expires.is_none_or(|end| end.plus_seconds(86_400) > now));
    sessions.insert(key, Session { caller, secret, token });
    credentials
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSessionToken {
    duration_seconds: Option<i64>,
}

/// For users only: 15 minutes to 36 hours, 12 hours by default (STS API Reference, "GetSessionToken").
fn get_session_token(world: &mut World, call: &Call, input: GetSessionToken) -> Result<Value, ServiceError> {
    if !matches!(call.caller.principal, Principal::User { .. }) || call.caller.expires.is_some() {
        return Err(ServiceError::new("AccessDenied", "Cannot call GetSessionToken with session credentials"));
    }
    let seconds = input.duration_seconds.unwrap_or(43_200);
    if !(900..=129_600).contains(&seconds) {
        return Err(validation(format!("The requested DurationSeconds {seconds} lies outside 900 to 129600.")));
    }
    let expires = client_now(world, call).plus_seconds(seconds);
    let caller = Caller { issued: Some(world.now), expires: Some(expires), ..call.caller.clone() };
    Ok(json!({ "Credentials": give_credentials(world, call, caller, expires) }))
}

#[cfg(test)]
mod tests;
