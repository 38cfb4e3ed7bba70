//! Who uses a managed policy.

use serde::Deserialize;
use serde_json::{Value, json};

use super::entities::{Identity, Kind};
use super::managed;
use super::managed_policies::own;
use super::paging::Paging;
use crate::world::{Call, ServiceError, World};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entities {
    policy_arn: String,
    entity_filter: Option<String>,
    /// Of the entities, not of the policy.
    path_prefix: Option<String>,
    policy_usage_filter: Option<String>,
    #[serde(flatten)]
    paging: Paging,
}

impl Entities {
    fn wants(&self, kind: Kind, identity: &Identity) -> bool {
        let permissions = identity.permissions.latest();
        let attached = permissions.attached.contains(&self.policy_arn);
        let bounds = permissions.boundary.as_deref() == Some(self.policy_arn.as_str());
        let used = match self.policy_usage_filter.as_deref() {
            Some("PermissionsPolicy") => attached,
            Some("PermissionsBoundary") => bounds,
            _ => attached || bounds,
        };
        let of_kind = match (kind, self.entity_filter.as_deref()) {
            (_, None) | (Kind::Role, Some("Role")) | (Kind::User, Some("User")) => true,
            (_, Some(_)) => false,
        };
        used && of_kind && self.path_prefix.as_ref().is_none_or(|prefix| identity.path.starts_with(prefix.as_str()))
    }
}

/// One page holds entities of every kind.
pub(super) fn list_entities(world: &mut World, call: &Call, input: Entities) -> Result<Value, ServiceError> {
    if managed::by_arn(&input.policy_arn).is_none() {
        own(world, call, &input.policy_arn)?;
    }
    let identities = world.services.iam.at(&call.place.account).identities();
    let wanted = identities.filter(|(kind, identity)| input.wants(*kind, identity));
    let shown = wanted.map(|(kind, identity)| match kind {
        Kind::Role => json!({ "RoleName": identity.name, "RoleId": identity.id }),
        Kind::User => json!({ "UserName": identity.name, "UserId": identity.id }),
    });
    let mut answer = input.paging.page("Entities", shown.collect())?;
    let page = answer["Entities"].take();
    let of = |member: &str| -> Vec<Value> {
        page.as_array().into_iter().flatten().filter(|entity| entity[member].is_string()).cloned().collect()
    };
    let (users, roles) = (of("UserName"), of("RoleName"));
    if let Some(members) = answer.as_object_mut() {
        members.remove("Entities");
    }
    answer["PolicyGroups"] = json!([]);
    answer["PolicyUsers"] = Value::from(users);
    answer["PolicyRoles"] = Value::from(roles);
    Ok(answer)
}
