//! Region settings of an account, and the global settings of an organization.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::{invalid_parameter, invalid_request, missing_parameter};
use crate::services::organizations;
use crate::world::{Access, Call, Moment, Place, ServiceError, World};
use aws_policy::names::AccountId;

/// The resource types of `ResourceTypeOptInPreference`, and whether an account that never chose has
/// opted in.
const OPT_IN_DEFAULTS: &[(&str, bool)] = &[
    ("Aurora", true),
    ("CloudFormation", false),
    ("DocumentDB", true),
    ("DynamoDB", true),
    ("EBS", true),
    ("EC2", true),
    ("EFS", true),
    ("FSx", true),
    ("Neptune", true),
    ("RDS", true),
    ("Redshift", false),
    ("S3", false),
    ("SAP HANA on Amazon EC2", false),
    ("Storage Gateway", true),
    ("Timestream", false),
    ("VirtualMachine", true),
];

/// The resource types of `ResourceTypeManagementPreference`.
const MANAGEMENT_DEFAULTS: &[(&str, bool)] = &[("DynamoDB", true), ("EFS", true)];

/// The keys of the global settings.
const GLOBAL_KEYS: &[&str] = &["isCrossAccountBackupEnabled", "isDelegatedAdministratorEnabled", "isMpaEnabled"];

/// What an account chose in a Region.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RegionSettings {
    opt_in: BTreeMap<String, bool>,
    management: BTreeMap<String, bool>,
}

/// What a management account chose for its organization.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct GlobalSettings {
    values: BTreeMap<String, String>,
    updated: Option<Moment>,
    /// When cross-account backup was switched off, if it was on before.
    #[serde(default)]
    switched_off: Option<Moment>,
}

/// After the feature is switched off, copies may go on for up to 15 minutes (AWS Backup Developer
/// Guide, "Creating backup copies across AWS accounts").
const GOES_ON_SECONDS: i64 = 15 * 60;

impl GlobalSettings {
    fn is_on(&self) -> bool {
        self.values.get(GLOBAL_KEYS[0]).is_some_and(|value| value == "true")
    }
}

fn chosen(defaults: &[(&str, bool)], choices: Option<&BTreeMap<String, bool>>) -> BTreeMap<String, bool> {
    let mut all: BTreeMap<String, bool> = defaults.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    all.extend(choices.into_iter().flatten().map(|(name, value)| (name.clone(), *value)));
    all
}

/// Whether the account opted in to backups of this type in this Region.
pub(super) fn is_opted_in(world: &World, place: &Place, resource_type: &str) -> bool {
    let choices = world.services.backup.get(place).map(|state| &state.region.opt_in);
    chosen(OPT_IN_DEFAULTS, choices).get(resource_type).copied().unwrap_or(false)
}

/// Settings are granted on `*` only.
pub(super) fn needs(_: &World, call: &Call, _: &Value) -> Result<Vec<Access>, ServiceError> {
    Ok(vec![Access::on_any(&format!("backup:{}", call.operation), &call.place.account)])
}

#[derive(Deserialize)]
pub(super) struct NoInput {}

pub(super) fn describe_region(world: &mut World, call: &Call, _: NoInput) -> Result<Value, ServiceError> {
    let region = world.services.backup.get(&call.place).map(|state| &state.region);
    Ok(json!({
        "ResourceTypeOptInPreference": chosen(OPT_IN_DEFAULTS, region.map(|region| &region.opt_in)),
        "ResourceTypeManagementPreference": chosen(MANAGEMENT_DEFAULTS, region.map(|region| &region.management)),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateRegionInput {
    resource_type_opt_in_preference: Option<BTreeMap<String, bool>>,
    resource_type_management_preference: Option<BTreeMap<String, bool>>,
}

pub(super) fn update_region(world: &mut World, call: &Call, input: UpdateRegionInput) -> Result<Value, ServiceError> {
    if input.resource_type_opt_in_preference.is_none() && input.resource_type_management_preference.is_none() {
        return Err(missing_parameter("ResourceTypeOptInPreference must be specified"));
    }
    let opt_in = input.resource_type_opt_in_preference.unwrap_or_default();
    let management = input.resource_type_management_preference.unwrap_or_default();
    for (choices, known) in [(&opt_in, OPT_IN_DEFAULTS), (&management, MANAGEMENT_DEFAULTS)] {
        if let Some(unknown) = choices.keys().find(|name| !known.iter().any(|(known, _)| known == name)) {
            return Err(invalid_parameter(format!("Invalid resource type: {unknown}")));
        }
    }
    let region = &mut world.services.backup.at(&call.place).region;
    region.opt_in.extend(opt_in);
    region.management.extend(management);
    Ok(Value::Null)
}

/// An organization's settings lie with its management account, in one Region for all.
fn global_place(world: &World, account: &AccountId, call: &Call) -> Option<(Place, bool)> {
    let organization = organizations::of(world, account)?;
    let region = crate::services::Service::Organizations.home(&call.place.region);
    let management = organization.management.clone();
    let is_management = management == *account;
    Some((Place::new(management, region), is_management))
}

/// `ERROR_9601` and the text are field-reported (cloudquery).
fn no_organization() -> ServiceError {
    invalid_request("Your account is not a member of an organization.").with("Code", "ERROR_9601")
}

pub(super) fn describe_global(world: &mut World, call: &Call, _: NoInput) -> Result<Value, ServiceError> {
    let (place, _) = global_place(world, &call.place.account, call).ok_or_else(no_organization)?;
    let global = world.services.backup.get(&place).map(|state| &state.global);
    let mut values: BTreeMap<String, String> =
        GLOBAL_KEYS.iter().map(|key| ((*key).to_owned(), "false".to_owned())).collect();
    values.extend(global.into_iter().flat_map(|global| global.values.clone()));
    Ok(json!({ "GlobalSettings": values, "LastUpdateTime": global.and_then(|global| global.updated) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateGlobalInput {
    #[serde(default)]
    global_settings: BTreeMap<String, String>,
}

/// Only the management account may, not even a delegated administrator (AWS Backup Developer Guide,
/// "Managing resources across multiple accounts"); another gets an empty message.
pub(super) fn update_global(world: &mut World, call: &Call, input: UpdateGlobalInput) -> Result<Value, ServiceError> {
    let (place, is_management) = global_place(world, &call.place.account, call).ok_or_else(no_organization)?;
    if !is_management {
        return Err(ServiceError::new("AccessDeniedException", ""));
    }
    for (key, value) in &input.global_settings {
        if !GLOBAL_KEYS.contains(&key.as_str()) || !matches!(value.as_str(), "true" | "false") {
            return Err(invalid_parameter(format!("Invalid global setting {key}={value}")));
        }
    }
    let now = world.now;
    let global = &mut world.services.backup.at(&place).global;
    let was_on = global.is_on();
    global.values.extend(input.global_settings);
    global.updated = Some(now);
    match (was_on, global.is_on()) {
        (_, true) => global.switched_off = None,
        (true, false) => global.switched_off = Some(now),
        (false, false) => {}
    }
    Ok(Value::Null)
}

/// Whether cross-account backup is on in the account's organization.
pub(super) fn cross_account_enabled(world: &World, place: &Place) -> bool {
    let Some(organization) = organizations::of(world, &place.account) else { return false };
    let region = crate::services::Service::Organizations.home(&place.region);
    let management = Place::new(organization.management.clone(), region);
    let global = world.services.backup.get(&management).map(|state| &state.global);
    let goes_on = |off: Moment| world.now < off.plus_seconds(GOES_ON_SECONDS);
    global.is_some_and(|global| global.is_on() || global.switched_off.is_some_and(goes_on))
}
