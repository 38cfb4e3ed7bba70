//! A finding's commands, for the place where they are typed: which stack, which vault, which Region, whose profile.

use super::check::Check;
use super::environment::EnvironmentName;
use super::finding::Finding;
use super::remedy::{Command, Hole};
use super::settings::Pipeline;

/// Services of the AWS CLI whose endpoint is no Region's.
const GLOBAL: [&str; 4] = ["iam", "organizations", "account", "sso"];

/// Fills what the configuration knows and adds Region and profile.
pub fn complete(pipeline: &Pipeline, finding: &mut Finding) {
    let environment = pipeline.environment(finding.environment);
    let remedy = std::mem::take(&mut finding.remedy);
    finding.remedy = remedy.fill(Hole::Stack, &environment.stack).fill(Hole::Vault, &environment.vault);
    let profile = profile(pipeline, finding);
    // Where accounts are told apart by profiles, a command without one would be typed as another account.
    let accounts = [&pipeline.source.credentials.profile, &pipeline.destination.credentials.profile];
    if is_the_organizations(finding.check) && profile.is_none() && accounts.iter().any(|profile| profile.is_some()) {
        finding.remedy.retain(|_| false);
        finding.remedy = std::mem::take(&mut finding.remedy).then(
            "Set `management_profile` under [organization] in backupctl.toml to a profile of that account to see the command.",
            Vec::new(),
        );
    }
    for command in finding.remedy.commands_mut() {
        place(command, environment.region.as_str(), profile.as_deref());
    }
}

/// Whose credentials the commands are for.
fn profile(pipeline: &Pipeline, finding: &Finding) -> Option<String> {
    // What only the management account may do is not to be typed as a member account.
    let of_management = is_the_organizations(finding.check)
        || matches!(finding.check, Check::OrganizationMissing | Check::GuardrailsUnseen);
    let profile = match finding.environment {
        _ if of_management => &pipeline.organization.management.profile,
        EnvironmentName::Destination => &pipeline.destination.credentials.profile,
        EnvironmentName::Source | EnvironmentName::Intermediate => &pipeline.source.credentials.profile,
    };
    profile.clone()
}

/// Whether it is a setting of the organization's, which only the management account can change.
fn is_the_organizations(check: Check) -> bool {
    matches!(check, Check::CrossAccountBackupDisabled | Check::TrustedAccessMissing)
}

fn place(command: &mut Command, region: &str, profile: Option<&str>) {
    let Some(service) = command.service() else { return };
    if !GLOBAL.contains(&service) && !command.has("--region") {
        command.push(format!(" --region {region}"));
    }
    if let Some(profile) = profile.filter(|_| !command.has("--profile")) {
        command.push(format!(" --profile {profile}"));
    }
}

/// What a command of the AWS CLI that is to be pasted needs so that it acts in this environment and nowhere else.
pub fn cli_options(pipeline: &Pipeline, name: EnvironmentName) -> String {
    let region = format!("--region {}", pipeline.environment(name).region);
    // The intermediate environment is the source's account and acts with its credentials.
    let credentials = match name {
        EnvironmentName::Destination => &pipeline.destination.credentials,
        EnvironmentName::Source | EnvironmentName::Intermediate => &pipeline.source.credentials,
    };
    match &credentials.profile {
        Some(profile) => format!("{region} --profile {profile}"),
        None => region,
    }
}
