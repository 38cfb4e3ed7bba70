//! Credentials, organization, settings, roles.

use super::skipped;
use crate::operations::error::{COMMAND, hint};
use crate::pipeline::check::{Check, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Source};
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::requirements::failures;
use crate::pipeline::requirements::needs::Who;
use crate::pipeline::seen::AwsError;
use crate::pipeline::seen::FailedAt;
use crate::pipeline::seen::Identity;
use crate::pipeline::seen::{Look, Observed, Viewpoint};
use crate::pipeline::settings::Pipeline;

const SELECTION_UNDER_ANOTHER_ROLE: &[FixedStep] = steps!["Restore the selection, or name the role in backupctl.toml (`role` under [plan])." => ["backupctl bootstrap"]];

pub(crate) fn judge(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for seen in &observed.environments {
        identity(pipeline, seen.name, &seen.identity, report);
    }
    organization(pipeline, observed, report);
    settings(pipeline, observed, report);
    roles(pipeline, observed, report);
    administrators(observed, report);
    guardrails(pipeline, observed, report);
}

fn identity(pipeline: &Pipeline, name: EnvironmentName, identity: &Look<Identity>, report: &mut Report) {
    let environment = pipeline.environment(name);
    let account = environment.account.as_str();
    match identity {
        Ok(Identity::Right | Identity::Unknown) => {
            report.pass(Check::CredentialsInvalid, name, account);
            report.pass(Check::AccountMismatch, name, account);
            report.pass(Check::RegionUnavailable, name, environment.region.as_str());
        }
        Ok(Identity::Other(other)) => {
            let message = format!("the credentials belong to account {other}, not to {account}");
            report.fail(Finding::new(Check::AccountMismatch, name, account, message));
        }
        Err(error) if is_region(error) => {
            let region = environment.region.as_str();
            let message = format!("Region {region} is not enabled in account {account}: {error}");
            report.fail(Finding::new(Check::RegionUnavailable, name, region, message).fill(Hole::Region, region));
        }
        // STS said nothing that could be read: that is no word about the credentials.
        Err(error) if error.failed_at == FailedAt::Answer => {
            report.skip(Check::CredentialsInvalid, name, account, skipped(error));
        }
        Err(error) => {
            let mut finding = Finding::new(Check::CredentialsInvalid, name, account, error.to_string());
            // Renewed credentials help neither a clock that is off nor a network that is down.
            if !error.is_bad_credentials() || error.is_clock_skew() {
                finding =
                    finding.with_remedy(Remedy::text(sentence(&hint(name.as_str(), error).replace(COMMAND, "verify"))));
            }
            if let Some(profile) = &environment.credentials.profile {
                finding = finding.fill(Hole::Profile, profile);
            }
            report.fail(finding);
        }
    }
}

/// A hint as a remedy is written; what only reads has nowhere to go on.
fn sentence(hint: &str) -> String {
    let hint = hint.trim_end_matches(": it goes on where it stopped");
    let mut letters = hint.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// STS of a Region that the account has not enabled knows no such credentials, and says so (IAM User Guide,
/// "Managing AWS STS in an AWS Region").
pub(crate) fn is_region(error: &AwsError) -> bool {
    error.is("RegionDisabledException")
}

fn organization(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let settings = &observed.settings;
    let looks = [(Source, &settings.source_organization), (Destination, &settings.destination_organization)];
    for (name, look) in looks {
        let account = pipeline.environment(name).account.as_str();
        match look {
            Err(error) => report.skip(Check::OrganizationMissing, name, account, skipped(error)),
            Ok(None) => {
                let message = format!("account {account} belongs to no organization");
                report.fail(
                    Finding::new(Check::OrganizationMissing, name, account, message).fill(Hole::Account, account),
                );
            }
            Ok(Some(_)) => report.pass(Check::OrganizationMissing, name, account),
        }
    }
    let known = |look: &Look<Option<crate::pipeline::seen::organization::Organization>>| {
        look.as_ref().ok().and_then(Option::as_ref).map(|found| found.id.clone())
    };
    let (ours, theirs) = (known(&settings.source_organization), known(&settings.destination_organization));
    match (&ours, &theirs) {
        (Some(a), Some(b)) if a != b => {
            let message = format!(
                "account {} belongs to {a}, account {} to {b}",
                pipeline.source.account, pipeline.destination.account
            );
            report.fail(Finding::new(Check::OrganizationMismatch, Destination, b, message));
        }
        (_, Some(b)) if pipeline.organization.id.as_ref().is_some_and(|id| id != b) => {
            let configured = pipeline.organization.id.as_deref().unwrap_or_default();
            let message = format!("the destination account belongs to {b}, the configuration says {configured}");
            report.fail(Finding::new(Check::OrganizationMismatch, Destination, b, message));
        }
        (Some(a), Some(_)) => report.pass(Check::OrganizationMismatch, Destination, a),
        _ => {}
    }
    if let Ok(Some(organization)) = &settings.source_organization {
        let account = pipeline.source.account.as_str();
        if organization.management_account == account {
            let message = format!("account {account} is the management account of {}", organization.id);
            // A recovery point arrives from there as well; what is wrong is what guards it.
            report.fail(Finding::new(Check::SourceIsManagementAccount, Source, account, message));
        } else {
            report.pass(Check::SourceIsManagementAccount, Source, account);
        }
    }
}

fn cross_account(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let settings = &observed.settings;
    let organization = settings.destination_organization.as_ref().ok().and_then(Option::as_ref);
    let subject = subject_of_settings(pipeline, observed);
    let (cross_account, viewpoint) = &settings.cross_account;
    match cross_account {
        Ok(true) => report.pass(Check::CrossAccountBackupDisabled, Destination, &subject),
        Ok(false) => {
            report.fail(cross_account_off(*viewpoint, settings.last_failure.as_ref(), &subject));
        }
        // Outside an organization there is no such setting: that it is outside is said already.
        Err(_) if organization.is_none() && settings.destination_organization.is_ok() => {
            report.skip(
                Check::CrossAccountBackupDisabled,
                Destination,
                &subject,
                crate::pipeline::finding::Skipped::DependsOn(Check::OrganizationMissing),
            );
        }
        Err(error) => report.skip(Check::CrossAccountBackupDisabled, Destination, &subject, skipped(error)),
    }
}

/// The organization's id, or the account where that is not known.
fn subject_of_settings(pipeline: &Pipeline, observed: &Observed) -> String {
    let organization = observed.settings.destination_organization.as_ref().ok().and_then(Option::as_ref);
    organization.map_or_else(|| pipeline.destination.account.to_string(), |found| found.id.clone())
}

fn settings(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    let settings = &observed.settings;
    cross_account(pipeline, observed, report);
    let subject = subject_of_settings(pipeline, observed);
    switch(&settings.trusted_access, Check::TrustedAccessMissing, Destination, &subject, report, || {
        Finding::new(Check::TrustedAccessMissing, Destination, &subject, "backup.amazonaws.com is no trusted service")
    });
    let region = pipeline.source.region.as_str();
    switch(&settings.opted_in, Check::RdsOptInDisabled, Source, region, report, || {
        let message = format!("AWS Backup is not opted in to Amazon RDS in {region}");
        let severity = if pipeline.selection.is_by_tag() { Severity::Error } else { Severity::Info };
        Finding::new(Check::RdsOptInDisabled, Source, region, message).with_severity(severity)
    });
    let account = pipeline.destination.account.as_str();
    switch(&settings.destination_rds_linked, Check::RdsServiceLinkedRoleMissing, Destination, account, report, || {
        let message = format!("account {account} has no role AWSServiceRoleForRDS");
        Finding::new(Check::RdsServiceLinkedRoleMissing, Destination, account, message)
    });
    let account = pipeline.source.account.as_str();
    switch(&settings.source_linked, Check::ServiceLinkedRoleMissing, Source, account, report, || {
        let message = format!("account {account} has no role AWSServiceRoleForBackup");
        // AWS Backup makes it again when the account takes a backup (AWS Backup Developer Guide,
        // using-service-linked-roles).
        Finding::new(Check::ServiceLinkedRoleMissing, Source, account, message).with_severity(Severity::Warning)
    });
}

/// A member account may see its own view only: what it says is a warning, until a copy job has failed for it.
fn cross_account_off(viewpoint: Viewpoint, last: Option<&Look<Option<CopyJob>>>, subject: &str) -> Finding {
    let is_said = |job: &&CopyJob| {
        let message = job.status_message.as_deref().unwrap_or_default();
        failures::causes(message, |_| false).first() == Some(&Check::CrossAccountBackupDisabled)
    };
    let job = last.and_then(|look| look.as_ref().ok()?.as_ref()).filter(is_said);
    let (severity, who) = match (viewpoint, job) {
        (Viewpoint::Management, _) => (Severity::Error, "the management account says"),
        (Viewpoint::Member, Some(_)) => (Severity::Error, "the destination account says"),
        (Viewpoint::Member, None) => {
            (Severity::Warning, "the destination account, which may see its own view only, says")
        }
    };
    let so_does = job.map(|job| {
        let message = job.status_message.as_deref().unwrap_or_default();
        format!(", and so does the newest copy job into its vault, {}: {message}", job.id)
    });
    let message = format!("{who} that cross-account backup is off{}", so_does.unwrap_or_default());
    Finding::new(Check::CrossAccountBackupDisabled, Destination, subject, message).with_severity(severity)
}

fn switch(
    look: &Look<bool>,
    check: Check,
    environment: EnvironmentName,
    subject: &str,
    report: &mut Report,
    finding: impl FnOnce() -> Finding,
) {
    match look {
        Ok(true) => report.pass(check, environment, subject),
        Ok(false) => report.fail(finding()),
        Err(error) => report.skip(check, environment, subject, skipped(error)),
    }
}

/// Whether the roles exist; what they may do is judged by the requirements.
fn roles(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for hop in Hop::ALL {
        roles_of(observed, hop, report);
    }
    let selected = observed.plans.as_ref().ok().into_iter().flatten().filter(|plan| plan.ours);
    for selection in selected.flat_map(|plan| &plan.selections) {
        let (named, ours) = (&selection.spec.role_arn, pipeline.backup_role_arn());
        if *named != ours && selection.spec.name == pipeline.selection.name {
            let message = format!("the selection runs under {named}, the configuration says {ours}");
            let finding = Finding::new(Check::BackupRoleDenied, Source, named, message);
            report
                .fail(finding.with_severity(Severity::Warning).with_remedy(Remedy::from(SELECTION_UNDER_ANOTHER_ROLE)));
        }
    }
}

/// The roles that a hop runs under.
fn roles_of(observed: &Observed, hop: Hop, report: &mut Report) {
    let roles: &[(Who, Check, EnvironmentName)] = match hop {
        Hop::First => &[(Who::BackupRole, Check::BackupRoleMissing, Source)],
        Hop::Second => &[
            (Who::CopyRole, Check::BackupRoleMissing, EnvironmentName::Intermediate),
            (Who::DestinationLinkedRole, Check::ServiceLinkedRoleMissing, Destination),
        ],
    };
    for (who, check, name) in roles {
        let Some((arn, look)) = observed.roles.of(*who) else { continue };
        match look {
            Ok(Some(_)) => report.pass(*check, *name, arn),
            Ok(None) => report.fail(Finding::new(*check, *name, arn, format!("role {arn} does not exist"))),
            Err(error) => report.skip(*check, *name, arn, skipped(error)),
        }
    }
}

/// What of all this a hop stands on. What makes no copy fail is another command's to say.
pub(crate) fn of_hop(pipeline: &Pipeline, observed: &Observed, hop: Hop, report: &mut Report) {
    roles_of(observed, hop, report);
    if hop == Hop::First {
        // It stays in its account: what only crosses accounts is no cause of it.
        let account = pipeline.source.account.as_str();
        for check in [Check::OrganizationMissing, Check::OrganizationMismatch, Check::CrossAccountBackupDisabled] {
            report.pass(check, Source, account);
        }
    } else {
        let mut settings = Report::default();
        organization(pipeline, observed, &mut settings);
        cross_account(pipeline, observed, &mut settings);
        let decides = |check: Check| check != Check::SourceIsManagementAccount;
        report.findings.extend(settings.findings.into_iter().filter(|finding| decides(finding.check)));
        report.checks.extend(settings.checks.into_iter().filter(|one| decides(one.check)));
    }
}

fn administrators(observed: &Observed, report: &mut Report) {
    for (name, arn, look) in &observed.settings.administrators {
        let subject = arn.to_string();
        switch(look, Check::KeyAdminMissing, *name, &subject, report, || {
            Finding::new(Check::KeyAdminMissing, *name, &subject, format!("{subject} does not exist"))
        });
    }
}

/// Whether what the organization sets over each account could be read; what it refuses is judged with the requirements.
fn guardrails(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
    for (name, account) in [(Source, &pipeline.source.account), (Destination, &pipeline.destination.account)] {
        if observed.environment(name).identity.is_err() {
            continue;
        }
        let bounds = observed.guardrails.of(account);
        let Some(error) = bounds.map_or(Some(None), |bounds| bounds.unread().map(Some)) else {
            report.pass(Check::GuardrailsUnseen, name, account.as_str());
            continue;
        };
        let why = error.map(|error| format!(": {}", error.in_a_note())).unwrap_or_default();
        let message = format!("the organization's policies over account {account} cannot be read{why}");
        let finding = Finding::new(Check::GuardrailsUnseen, name, account.as_str(), message);
        report.fail(finding.fill(Hole::Account, account.as_str()));
    }
}
