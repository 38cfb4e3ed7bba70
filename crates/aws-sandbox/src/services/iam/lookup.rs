//! What other services ask IAM inside AWS.

use super::entities::{Identity, Role, TrustPolicy, is_service_linked};
use super::lagged::Clock;
use super::{managed, principals};
use crate::services::{Service, organizations, sts};
use crate::world::{Access, Call, Caller, ServiceError, World};
use aws_policy::evaluate::{self, Named, Principal, ResourceRule};
use aws_policy::names::{AccountId, Arn};

/// A role by its ARN, or by its name in `account`.
pub fn role<'a>(world: &'a World, arn_or_name: &str, account: &AccountId) -> Option<&'a Role> {
    match arn_or_name.parse::<Arn>() {
        Ok(arn) => role_by_arn(world, &arn),
        Err(_) => world.services.iam.get(account)?.roles.get(arn_or_name),
    }
}

fn role_by_arn<'a>(world: &'a World, arn: &Arn) -> Option<&'a Role> {
    let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
    let role = world.services.iam.get(&arn.account_id()?)?.roles.get(name)?;
    (role.identity.arn == *arn).then_some(role)
}

/// Whether a role with this ARN exists.
pub fn role_exists(world: &World, role_arn: &str) -> bool {
    role_arn.parse().is_ok_and(|arn| role_by_arn(world, &arn).is_some())
}

/// The permission to assume a role, carrying its trust policy as it is visible now. `None` where
/// the role is not there or not visible yet.
pub fn trust_access(world: &World, role_arn: &str) -> Option<Access> {
    let arn: Arn = role_arn.parse().ok()?;
    let role = role_by_arn(world, &arn)?;
    let TrustPolicy { text, pins } = role.trust.seen(Clock::of(world))?;
    let text = principals::render(world, text, pins);
    let mut access = Access::on("sts:AssumeRole", role_arn, &arn.account_id()?)
        .with_policy(format!("trust policy of role {}", role.identity.name), text);
    access.resource.rule = ResourceRule::Trust;
    for tag in &role.identity.tags {
        access.context.set(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
    }
    Some(access)
}

/// A session of a role for an AWS service or another principal; the trust policy is really asked.
///
/// # Errors
/// `AccessDenied` where the role is not there or does not trust the caller.
pub fn assume_role(world: &mut World, by: &Caller, role_arn: &str, session_name: &str) -> Result<Caller, ServiceError> {
    let home = super::home(world, &by.account);
    let mut call = Call {
        caller: by.clone(),
        place: home,
        service: Service::Sts,
        operation: "AssumeRole",
        request_id: world.ids.request_id(),
        context: Default::default(),
    };
    if matches!(by.principal, Principal::Service(_)) {
        call.context.set("aws:SourceAccount", by.account.as_str());
    }
    let access = trust_access(world, role_arn).ok_or_else(|| sts::assume_denied(by, role_arn))?;
    let access = access.with_key("sts:RoleSessionName", session_name);
    world.authorize(&call, &access)?;
    let held_by = match &by.principal {
        Principal::Service(name) => Some(name.clone()),
        _ => None,
    };
    let session = session(world, role_arn, session_name).ok_or_else(|| sts::assume_denied(by, role_arn))?;
    Ok(Caller { held_by, ..session })
}

/// A caller that acts as a role.
pub(in crate::services) fn session(world: &World, role_arn: &str, session_name: &str) -> Option<Caller> {
    let arn: Arn = role_arn.parse().ok()?;
    let role = role_by_arn(world, &arn)?;
    Some(Caller {
        principal: Principal::Session {
            role: role.identity.arn.clone(),
            role_id: role.identity.id.clone(),
            name: session_name.to_owned(),
        },
        account: arn.account_id()?,
        session_policies: Vec::new(),
        expires: None,
        clock: None,
        issued: None,
        held_by: None,
    })
}

/// Whether the caller of `call` may hand a role to a service (IAM User Guide, "Grant a user
/// permissions to pass a role to an AWS service"). It does not ask whether the role exists.
///
/// # Errors
/// The access-denied error of the service that `call` is for; `InvalidParameterValue` never.
pub fn may_pass_role(world: &mut World, call: &Call, role_arn: &str, to_service: &str) -> Result<(), ServiceError> {
    let account = role_arn.parse::<Arn>().ok().and_then(|arn| arn.account_id());
    if account.as_ref() != Some(&call.caller.account) {
        return Err(ServiceError::new("AccessDeniedException", "Cross-account pass role is not allowed."));
    }
    let mut access =
        Access::on("iam:PassRole", role_arn, &call.caller.account).with_key("iam:PassedToService", to_service);
    if let Some(role) = role(world, role_arn, &call.caller.account) {
        for tag in &role.identity.tags {
            access.context.set(&format!("aws:ResourceTag/{}", tag.key), tag.value.as_str());
        }
    }
    world.authorize(call, &access)
}

/// All policies on a principal's own side, as evaluation sees them now: identity policies, boundary,
/// service control policies. Session policies are the caller's, resource control policies the
/// resource's; both are left empty.
///
/// A session of a role that was deleted, even if made again, has none.
pub fn side_of(world: &World, principal: &Principal) -> evaluate::Caller {
    let (arn, id) = match principal {
        Principal::Service(_) => return evaluate::Caller::default(),
        Principal::Root(account) => {
            return evaluate::Caller {
                service_control: organizations::service_control(world, account),
                ..Default::default()
            };
        }
        Principal::User { arn, id } => (arn, id),
        Principal::Session { role, role_id, .. } => (role, role_id),
    };
    let Some(account) = arn.account_id() else {
        return evaluate::Caller::default();
    };
    let mut side = evaluate::Caller::default();
    // Service control policies do not reach service-linked roles
    // (Organizations User Guide, "Tasks and entities not restricted by SCPs").
    if !is_service_linked(arn) {
        side.service_control = organizations::service_control(world, &account);
    }
    let identity =
        world.services.iam.get(&account).and_then(|state| state.by_arn(arn)).filter(|identity| identity.id == *id);
    if let Some(identity) = identity {
        add_policies(world, &account, identity, &mut side);
    }
    side
}

fn add_policies(world: &World, account: &AccountId, identity: &Identity, side: &mut evaluate::Caller) {
    let Some(permissions) = identity.permissions.seen(Clock::of(world)) else {
        return;
    };
    let kind = identity.arn.resource.split('/').next().unwrap_or_default();
    for (name, text) in &permissions.inline {
        let name = format!("inline policy {name} of {kind} {}", identity.name);
        side.identity.push(Named { name, text: text.clone() });
    }
    for arn in &permissions.attached {
        if let Some(text) = managed_text(world, account, arn) {
            side.identity.push(Named { name: format!("managed policy {arn}"), text });
        }
    }
    side.boundary = permissions.boundary.as_ref().map(|arn| Named {
        name: format!("permissions boundary {arn}"),
        text: managed_text(world, account, arn).unwrap_or_else(|| NOTHING.to_owned()),
    });
}

/// A boundary that is not there allows nothing.
const NOTHING: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// The document of a managed policy that may be attached in an account, as evaluation sees it.
pub(in crate::services) fn managed_text(world: &World, account: &AccountId, arn: &str) -> Option<String> {
    if let Some(policy) = managed::by_arn(arn) {
        return Some(policy.document.to_string());
    }
    let policy = world.services.iam.get(account)?.policies.get(arn)?;
    policy.in_force.seen(Clock::of(world)).cloned()
}
