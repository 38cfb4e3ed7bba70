//! Which settings are turned on, and which are only spoken of.

use super::super::observe::Observed;
use super::super::settings::{Setting, SettingAction, SettingChange, SettingState, is_default_role};
use super::super::{Options, SettingsConsent};
use super::place;
use crate::operations::error::OperatorError;
use crate::operations::sessions::MANAGEMENT;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

pub(super) fn decide(
    pipeline: &Pipeline,
    observed: &Observed,
    options: &Options,
) -> Result<(Vec<SettingChange>, Vec<String>), OperatorError> {
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let mut missing = Vec::new();
    for (environment, setting, state) in &observed.settings {
        let mut action = SettingAction::None;
        match state {
            SettingState::On => {}
            SettingState::Glimpsed(error) => notes.push(format!(
                "{} ({environment}) is there; whether it has its policies could not be looked at: {}",
                setting.as_str(),
                error.in_a_note()
            )),
            SettingState::Unseen(error) => notes.push(format!(
                "{} ({environment}) could not be looked at: {}",
                setting.as_str(),
                error.in_a_note()
            )),
            SettingState::Off => match obstacle(pipeline, observed, options, *setting) {
                None => action = setting.action(),
                Some(hint) if setting.is_required(*environment, pipeline) => {
                    missing.push((*environment, *setting, hint))
                }
                Some(hint) => notes.push(format!("{} is off in {environment}: {hint}", setting.as_str())),
            },
        }
        let turned_on_in = if setting.is_organizations() { MANAGEMENT } else { environment.as_str() };
        changes.push(SettingChange { environment: *environment, setting: *setting, action, turned_on_in });
    }
    if let Some(refusal) = refusal(pipeline, &missing) {
        return Err(refusal);
    }
    Ok((changes, notes))
}

/// Everything that is missing at once: whoever mends one thing should not meet the next one after it.
fn refusal(pipeline: &Pipeline, missing: &[(EnvironmentName, Setting, String)]) -> Option<OperatorError> {
    let (environment, ..) = missing.first()?;
    let named: Vec<String> = missing.iter().map(|(place, one, _)| format!("{} in {place}", one.as_str())).collect();
    let verb = if named.len() == 1 { "is" } else { "are" };
    let mut hints: Vec<&str> = Vec::new();
    for (_, _, hint) in missing {
        if !hints.contains(&hint.as_str()) {
            hints.push(hint);
        }
    }
    let what = format!("{} {verb} missing", named.join(", "));
    Some(OperatorError::refused(what, place(pipeline, *environment), hints.join("; ")))
}

/// Why a setting that is off is not turned on, as a hint.
fn obstacle(pipeline: &Pipeline, observed: &Observed, options: &Options, setting: Setting) -> Option<String> {
    if options.settings == SettingsConsent::Leave {
        return Some("run `backupctl bootstrap --enable-settings` to turn it on".to_owned());
    }
    if setting.is_organizations() && observed.management.is_none() {
        return Some(
            "only the management account can turn it on: set `management_profile` or `management_role_arn` \
             in [organization] of backupctl.toml"
                .to_owned(),
        );
    }
    if setting == Setting::BackupDefaultRole && !is_default_role(pipeline) {
        return Some(format!("create the role {} or correct `role` in backupctl.toml", pipeline.backup_role_arn()));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::decide;
    use super::super::tests::{nothing, options};
    use super::*;
    use crate::operations::error::ErrorKind;
    use crate::pipeline::settings::tests::example;

    #[test]
    fn a_required_setting_that_is_off_ends_it_and_any_other_is_passed_over() {
        let mut observed = nothing();
        let destination = EnvironmentName::Destination;
        observed.settings = vec![(destination, Setting::OrganizationsTrustedAccess, SettingState::Off)];
        let changes = decide(&example(), &observed, &options()).expect("changes");
        assert_eq!(changes.notes.len(), 1);
        observed.settings.push((destination, Setting::RdsServiceLinkedRole, SettingState::Off));
        observed.settings.push((EnvironmentName::Source, Setting::BackupServiceLinkedRole, SettingState::Off));
        let changes = decide(&example(), &observed, &options()).expect("changes");
        assert_eq!(changes.notes.len(), 3, "{:?}", changes.notes);
        observed.settings = vec![(destination, Setting::BackupServiceLinkedRole, SettingState::Off)];
        let refusal = decide(&example(), &observed, &options()).expect_err("a refusal");
        assert_eq!(refusal.kind, ErrorKind::Refused);
        observed.settings.push((EnvironmentName::Source, Setting::BackupDefaultRole, SettingState::Off));
        let both = decide(&example(), &observed, &options()).expect_err("a refusal").what;
        assert_eq!(both, "backup-service-linked-role in destination, backup-default-role in source are missing");
        observed.settings.pop();
        let enable = Options { settings: SettingsConsent::Enable, ..options() };
        let changes = decide(&example(), &observed, &enable).expect("changes");
        assert_eq!(changes.settings[0].action, SettingAction::Create);
    }
}
