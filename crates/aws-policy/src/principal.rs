//! Whether a document's principal means the one who asks
//! (IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal").

use super::elements::{Chosen, Named};
use super::names::{AccountId, Arn};
use super::who::Principal;

/// How narrowly a document names the one who asks, narrowest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closeness {
    /// Its account: the account's own policies must allow as well.
    Account,
    /// The role of the session: bounded by permissions boundary and session policies.
    Role,
    /// The principal itself, or everyone: bounded by nothing but explicit denies.
    Itself,
}

impl Principal {
    /// The account of the principal; none for a service.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Principal::Service(_) => None,
            Principal::Root(account) => Some(account.clone()),
            Principal::User { arn, .. } => arn.account_id(),
            Principal::Session { role, .. } => role.account_id(),
        }
    }

    /// The ARN of a session as documents name it, `arn:aws:sts::…:assumed-role/name/session`.
    pub(super) fn session_arn(role: &Arn, name: &str) -> String {
        let role_name = role.resource.rsplit('/').next().unwrap_or_default();
        format!("arn:{}:sts::{}:assumed-role/{role_name}/{name}", role.partition, role.account)
    }
}

/// Whether a role is linked to a service: SCPs and RCPs do not reach it.
pub fn is_service_linked(principal: &Principal) -> bool {
    matches!(principal, Principal::Session { role, .. } if role.resource.starts_with("role/aws-service-role/"))
}

/// How a `Principal` or `NotPrincipal` element means the principal, if it does.
pub(super) fn meant(element: &Chosen<Named>, principal: &Principal, denies: bool) -> Option<Closeness> {
    match element {
        Chosen::Of(list) => list.iter().filter_map(|named| closeness(named, principal)).max(),
        Chosen::Except(list) if denies => (!is_exempt(list, principal)).then_some(Closeness::Itself),
        Chosen::Except(list) => {
            list.iter().all(|named| closeness(named, principal).is_none()).then_some(Closeness::Itself)
        }
    }
}

/// Who is exempt from a deny must be named with all that it is: the account, the role, the session.
fn is_exempt(list: &[Named], principal: &Principal) -> bool {
    let found = |wanted: Closeness| list.iter().any(|named| closeness(named, principal) == Some(wanted));
    if list.contains(&Named::Anyone) {
        return true;
    }
    match principal {
        Principal::Service(_) | Principal::Root(_) => found(Closeness::Itself),
        Principal::User { .. } => found(Closeness::Account) && found(Closeness::Itself),
        Principal::Session { .. } => found(Closeness::Account) && found(Closeness::Role) && found(Closeness::Itself),
    }
}

fn closeness(named: &Named, principal: &Principal) -> Option<Closeness> {
    match (named, principal) {
        (Named::Anyone, _) => Some(Closeness::Itself),
        (Named::Service(name), Principal::Service(own)) => (name == own).then_some(Closeness::Itself),
        (Named::Aws(text), Principal::Root(account)) => is_account(text, account).then_some(Closeness::Itself),
        (Named::Aws(text), Principal::User { arn, id }) => {
            if *text == arn.to_string() || text == id {
                Some(Closeness::Itself)
            } else {
                arn.account_id().filter(|account| is_account(text, account)).map(|_| Closeness::Account)
            }
        }
        (Named::Aws(text), Principal::Session { role, role_id, name }) => {
            if *text == Principal::session_arn(role, name) {
                Some(Closeness::Itself)
            } else if *text == role.to_string() || text == role_id {
                Some(Closeness::Role)
            } else {
                role.account_id().filter(|account| is_account(text, account)).map(|_| Closeness::Account)
            }
        }
        _ => None,
    }
}

/// `111111111111` and `arn:aws:iam::111111111111:root` both mean the account.
fn is_account(text: &str, account: &AccountId) -> bool {
    let root = |arn: Arn| arn.service == "iam" && arn.resource == "root" && arn.account == account.as_str();
    text == account.as_str() || text.parse().is_ok_and(root)
}
