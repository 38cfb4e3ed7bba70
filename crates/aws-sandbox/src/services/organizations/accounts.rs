//! The organization, its accounts and its units.

use serde::Deserialize;
use serde_json::{Value, json};

use super::state::{self, Organization, Unit};
use crate::world::{Call, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// Organizations answers 20 at a time at most.
const PAGE: usize = 20;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    next_token: Option<String>,
    max_results: Option<usize>,
}

impl Page {
    pub(super) fn of(&self, list: &str, items: Vec<Value>) -> Result<Value, ServiceError> {
        let invalid = || {
            ServiceError::new("InvalidInputException", "You provided an invalid value for NextToken.")
                .with("Reason", "INVALID_NEXT_TOKEN")
        };
        let start = match &self.next_token {
            None => 0,
            Some(token) => token.strip_prefix("page-").and_then(|text| text.parse().ok()).ok_or_else(invalid)?,
        };
        if start > items.len() {
            return Err(invalid());
        }
        let end = items.len().min(start + self.max_results.unwrap_or(PAGE).clamp(1, PAGE));
        let mut answer = json!({ list: items[start..end] });
        if end < items.len() {
            answer["NextToken"] = json!(format!("page-{end}"));
        }
        Ok(answer)
    }
}

fn not_in_use() -> ServiceError {
    ServiceError::new("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
}

/// The organization of a caller who may be any member.
pub(super) fn own<'a>(world: &'a World, call: &Call) -> Result<&'a Organization, ServiceError> {
    state::of(world, &call.place.account).ok_or_else(not_in_use)
}

/// The organization of a caller who may look at all of it: the management account, or a member that is a delegated
/// administrator of any service (Organizations User Guide, orgs_delegate_policies, and the API Reference's pages).
pub(super) fn read<'a>(world: &'a World, call: &Call) -> Result<&'a Organization, ServiceError> {
    let organization = own(world, call)?;
    let account = &call.place.account;
    if organization.management != *account && !organization.delegated.contains_key(account) {
        return Err(not_permitted());
    }
    Ok(organization)
}

fn not_permitted() -> ServiceError {
    ServiceError::new("AccessDeniedException", "You don't have permissions to access this resource.")
}

/// The organization of a caller who must be its management account.
pub(super) fn managed<'a>(world: &'a mut World, call: &Call) -> Result<&'a mut Organization, ServiceError> {
    let organization = state::of_mut(world, &call.place.account).ok_or_else(not_in_use)?;
    if organization.management != call.place.account {
        return Err(not_permitted());
    }
    Ok(organization)
}

impl Organization {
    /// `arn:aws:organizations::<management>:<kind>/o-…/<id>`.
    pub(super) fn arn(&self, place: &Place, kind: &str, id: &str) -> String {
        let partition = place.region.partition();
        let below = if id.is_empty() { String::new() } else { format!("/{id}") };
        format!("arn:{partition}:organizations::{}:{kind}/{}{below}", self.management, self.id)
    }

    pub(super) fn show_account(&self, place: &Place, account: &AccountId) -> Option<Value> {
        let member = self.members.get(account)?;
        let is_management = *account == self.management;
        Some(json!({
            "Id": account,
            "Arn": self.arn(place, "account", account.as_str()),
            "Email": member.email,
            "Name": member.name,
            "Status": "ACTIVE",
            "State": "ACTIVE",
            "Paths": [format!("{}{account}/", self.path(account))],
            "JoinedMethod": if is_management { "INVITED" } else { "CREATED" },
            "JoinedTimestamp": member.joined,
        }))
    }

    fn show_unit(&self, place: &Place, unit: &Unit) -> Value {
        json!({ "Id": unit.id, "Arn": self.arn(place, "ou", &unit.id), "Name": unit.name })
    }

    pub(super) fn show_root(&self, place: &Place) -> Value {
        let types: Vec<Value> =
            self.policy_types.iter().map(|kind| json!({ "Type": kind, "Status": "ENABLED" })).collect();
        json!({ "Id": self.root, "Arn": self.arn(place, "root", &self.root), "Name": "Root", "PolicyTypes": types })
    }

    fn show(&self, place: &Place) -> Value {
        let email = self.members.get(&self.management).map(|member| member.email.clone());
        json!({
            "Id": self.id,
            "Arn": self.arn(place, "organization", ""),
            "FeatureSet": "ALL",
            "MasterAccountArn": self.arn(place, "account", self.management.as_str()),
            "MasterAccountId": self.management,
            "MasterAccountEmail": email,
            "AvailablePolicyTypes": [{ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" }],
        })
    }

    fn check_parent(&self, id: &str, code: &str) -> Result<(), ServiceError> {
        if id == self.root || self.units.contains_key(id) {
            return Ok(());
        }
        Err(ServiceError::new(code, "You specified a parent that doesn't exist."))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateOrganization {
    feature_set: Option<String>,
}

pub(super) fn create_organization(
    world: &mut World,
    call: &Call,
    input: CreateOrganization,
) -> Result<Value, ServiceError> {
    if state::of(world, &call.place.account).is_some() {
        let message = "The AWS account is already a member of an organization.";
        return Err(ServiceError::new("AlreadyInOrganizationException", message));
    }
    if input.feature_set.as_deref() == Some("CONSOLIDATED_BILLING") {
        tracing::warn!("the sandbox has organizations with all features only");
        return Err(ServiceError::new("UnsupportedAPIEndpointException", "This feature set is not available."));
    }
    let id = format!("o-{}", state::short_id(world, &call.place, "organization", 10));
    state::create(world, &id, &call.place.account, &[]);
    Ok(json!({ "Organization": own(world, call)?.show(&call.place) }))
}

pub(super) fn describe_organization(world: &mut World, call: &Call, _: Value) -> Result<Value, ServiceError> {
    Ok(json!({ "Organization": own(world, call)?.show(&call.place) }))
}

pub(super) fn list_accounts(world: &mut World, call: &Call, page: Page) -> Result<Value, ServiceError> {
    let organization = read(world, call)?;
    let shown = organization.members.keys().filter_map(|account| organization.show_account(&call.place, account));
    page.of("Accounts", shown.collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneAccount {
    account_id: AccountId,
}

pub(super) fn describe_account(world: &mut World, call: &Call, input: OneAccount) -> Result<Value, ServiceError> {
    let shown = read(world, call)?.show_account(&call.place, &input.account_id);
    Ok(json!({ "Account": shown.ok_or_else(no_account)? }))
}

pub(super) fn no_account() -> ServiceError {
    ServiceError::new("AccountNotFoundException", "You specified an account that doesn't exist.")
}

pub(super) fn list_roots(world: &mut World, call: &Call, page: Page) -> Result<Value, ServiceError> {
    let root = read(world, call)?.show_root(&call.place);
    page.of("Roots", vec![root])
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfChild {
    child_id: String,
}

fn kind_of(id: &str) -> &'static str {
    if id.starts_with("r-") { "ROOT" } else { "ORGANIZATIONAL_UNIT" }
}

pub(super) fn list_parents(world: &mut World, call: &Call, input: OfChild) -> Result<Value, ServiceError> {
    let organization = read(world, call)?;
    let of_account = input.child_id.parse().ok().and_then(|account: AccountId| organization.members.get(&account));
    let of_unit = organization.units.get(&input.child_id).map(|unit| &unit.parent);
    let parent = of_account.map(|member| &member.parent).or(of_unit);
    let parent =
        parent.ok_or_else(|| ServiceError::new("ChildNotFoundException", "We can't find a child with that ID."))?;
    Ok(json!({ "Parents": [{ "Id": parent, "Type": kind_of(parent) }] }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OfParent {
    parent_id: String,
    child_type: Option<String>,
    name: Option<String>,
    #[serde(flatten)]
    page: Page,
}

pub(super) fn list_children(world: &mut World, call: &Call, input: OfParent) -> Result<Value, ServiceError> {
    let organization = read(world, call)?;
    organization.check_parent(&input.parent_id, "ParentNotFoundException")?;
    let ids: Vec<String> = if input.child_type.as_deref() == Some("ACCOUNT") {
        let below = organization.members.iter().filter(|(_, member)| member.parent == input.parent_id);
        below.map(|(account, _)| account.to_string()).collect()
    } else {
        organization.units.values().filter(|unit| unit.parent == input.parent_id).map(|unit| unit.id.clone()).collect()
    };
    let shown = ids.into_iter().map(|id| json!({ "Id": id, "Type": input.child_type })).collect();
    input.page.of("Children", shown)
}

pub(super) fn list_accounts_for_parent(world: &mut World, call: &Call, input: OfParent) -> Result<Value, ServiceError> {
    let organization = read(world, call)?;
    organization.check_parent(&input.parent_id, "ParentNotFoundException")?;
    let below = organization.members.iter().filter(|(_, member)| member.parent == input.parent_id);
    let shown = below.filter_map(|(account, _)| organization.show_account(&call.place, account)).collect();
    input.page.of("Accounts", shown)
}

pub(super) fn list_units_for_parent(world: &mut World, call: &Call, input: OfParent) -> Result<Value, ServiceError> {
    let organization = read(world, call)?;
    organization.check_parent(&input.parent_id, "ParentNotFoundException")?;
    let below = organization.units.values().filter(|unit| unit.parent == input.parent_id);
    let shown = below.map(|unit| organization.show_unit(&call.place, unit)).collect();
    input.page.of("OrganizationalUnits", shown)
}

pub(super) fn create_unit(world: &mut World, call: &Call, input: OfParent) -> Result<Value, ServiceError> {
    let name = input.name.unwrap_or_default();
    let organization = managed(world, call)?;
    organization.check_parent(&input.parent_id, "ParentNotFoundException")?;
    if organization.units.values().any(|unit| unit.parent == input.parent_id && unit.name == name) {
        let message = "An OU with the same name already exists.";
        return Err(ServiceError::new("DuplicateOrganizationalUnitException", message));
    }
    let root = organization.root.clone();
    let id = state::new_unit_id(world, &call.place, &root);
    let organization = managed(world, call)?;
    let unit = Unit { id: id.clone(), name, parent: input.parent_id };
    let shown = organization.show_unit(&call.place, &unit);
    organization.units.insert(id.clone(), unit);
    organization.attach_defaults(&id);
    Ok(json!({ "OrganizationalUnit": shown }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Move {
    account_id: AccountId,
    source_parent_id: String,
    destination_parent_id: String,
}

pub(super) fn move_account(world: &mut World, call: &Call, input: Move) -> Result<Value, ServiceError> {
    let organization = managed(world, call)?;
    organization.check_parent(&input.destination_parent_id, "DestinationParentNotFoundException")?;
    let member = organization.members.get_mut(&input.account_id).ok_or_else(no_account)?;
    if member.parent != input.source_parent_id {
        let message = "You specified a source parent that isn't the account's parent.";
        return Err(ServiceError::new("SourceParentNotFoundException", message));
    }
    member.parent = input.destination_parent_id;
    Ok(json!({}))
}
