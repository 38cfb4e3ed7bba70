//! Whose accounts these are, and in which organization.

use super::super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Source};
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::recovery_point::CopyJob;
use crate::pipeline::remedy::{Command, FixedStep, Hole, Remedy, steps};
use crate::pipeline::requirements::failures;
use crate::pipeline::seen::{AwsError, FailedAt, Identity, Look, Observed, Viewpoint};
use crate::pipeline::settings::Pipeline;

pub(crate) const CREDENTIALS_INVALID: Row = Row {
    id: "credentials-invalid",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "AWS does not accept the credentials of this environment.",
    why: "Nothing in this environment can be seen or changed; anything said about it would be a guess.",
    remedy: steps!["Renew the credentials (for IAM Identity Center, log in again), or correct `profile` or `role_arn` in backupctl.toml." => ["aws sso login --profile " {Profile}]],
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(crate) const ACCOUNT_MISMATCH: Row = Row {
    id: "account-mismatch",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The credentials of this environment belong to another account than the configured one.",
    why: "Everything would be created, copied or deleted in the wrong account.",
    remedy: steps!["Correct `account`, `profile` or `role_arn` of this environment in backupctl.toml."],
    source: "AWS STS API Reference, GetCallerIdentity",
};

pub(crate) const REGION_UNAVAILABLE: Row = Row {
    id: "region-unavailable",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The Region is not enabled in the account of this environment.",
    why: "Nothing can be stored in a Region that the account has not opted in to.",
    remedy: steps!["Enable the Region in the account." => ["aws account enable-region --region-name " {Region}]],
    source: "AWS General Reference, managing Regions",
};

pub(crate) const ORGANIZATION_MISSING: Row = Row {
    id: "organization-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "An account of the pipeline belongs to no organization.",
    why: "AWS Backup copies between accounts only within one organization.",
    remedy: steps!["Invite the account into the organization." => ["aws organizations invite-account-to-organization --target Id=" {Account} ",Type=ACCOUNT"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const ORGANIZATION_MISMATCH: Row = Row {
    id: "organization-mismatch",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The accounts belong to different organizations, or to another one than the configured one.",
    why: "AWS Backup refuses copies between organizations, and policies that name the wrong one let nobody in.",
    remedy: steps!["Correct `id` under [organization] in backupctl.toml, or move one account, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const SOURCE_IS_MANAGEMENT_ACCOUNT: Row = Row {
    id: "source-is-management-account",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The source account is the organization's management account.",
    why: "Service control policies do not apply to it, so no guardrail of the organization limits what it may copy out.",
    remedy: steps!["Move the databases to a member account."],
    source: "AWS Organizations User Guide, best practices for the management account",
};

pub(crate) const CROSS_ACCOUNT_BACKUP_DISABLED: Row = Row {
    id: "cross-account-backup-disabled",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "Cross-account backup is off in the organization.",
    why: "AWS Backup fails every copy job to another account.",
    remedy: steps!["Turn it on from the management account." => ["aws backup update-global-settings --global-settings isCrossAccountBackupEnabled=true"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(super) fn identity(pipeline: &Pipeline, name: EnvironmentName, identity: &Look<Identity>, report: &mut Report) {
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
            if let Some(remedy) = other_than_renewing(name, error) {
                finding = finding.with_remedy(remedy);
            }
            if let Some(profile) = &environment.credentials.profile {
                finding = finding.fill(Hole::Profile, profile);
            }
            report.fail(finding);
        }
    }
}

const SET_THE_CLOCK: &[FixedStep] = steps!["Set this machine's clock; AWS accepts a difference of five minutes."];
const CHECK_THE_NETWORK: &[FixedStep] = steps!["Check the network, then run the command again."];
const RUN_AGAIN: &[FixedStep] = steps!["Run the command again later."];
const FIX_THE_CAUSE: &[FixedStep] = steps!["Fix the cause that AWS reports, then run the command again."];

/// What to do where it is not the credentials that are wrong: renewed ones help neither a clock that is off nor a network
/// that is down.
fn other_than_renewing(name: EnvironmentName, error: &AwsError) -> Option<Remedy> {
    if error.is_clock_skew() {
        return Some(Remedy::from(SET_THE_CLOCK));
    }
    if error.is_bad_credentials() {
        return None;
    }
    if let Some(permission) = error.missing_permission() {
        let text = format!("Allow the caller {permission}. This prints the permissions that it needs.");
        let policy = format!("backupctl policy --for verify --environment {name}");
        return Some(Remedy::default().then(text, vec![Command::whole(policy)]));
    }
    Some(Remedy::from(match error.failed_at {
        FailedAt::Transport => CHECK_THE_NETWORK,
        _ if error.is_retryable() => RUN_AGAIN,
        _ => FIX_THE_CAUSE,
    }))
}

/// STS of a Region that the account has not enabled knows no such credentials, and says so (IAM User Guide,
/// "Managing AWS STS in an AWS Region").
pub(crate) fn is_region(error: &AwsError) -> bool {
    error.is("RegionDisabledException")
}

pub(super) fn organization(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
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

pub(super) fn cross_account(pipeline: &Pipeline, observed: &Observed, report: &mut Report) {
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
pub(super) fn subject_of_settings(pipeline: &Pipeline, observed: &Observed) -> String {
    let organization = observed.settings.destination_organization.as_ref().ok().and_then(Option::as_ref);
    organization.map_or_else(|| pipeline.destination.account.to_string(), |found| found.id.clone())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_matter_of_the_credentials_has_a_remedy_of_its_own() {
        let error = |failed_at: FailedAt, code: Option<&str>, message: &str| AwsError {
            operation: "sts:GetCallerIdentity",
            failed_at,
            code: code.map(str::to_owned),
            message: message.to_owned(),
            request_id: None,
        };
        let answered = |code: &str, message: &str| error(FailedAt::Service, Some(code), message);
        let told = |error: &AwsError| {
            other_than_renewing(Source, error).map_or_else(|| "none".to_owned(), |remedy| remedy.in_line())
        };
        assert_eq!(told(&answered("ExpiredToken", "The security token included in the request is expired")), "none");
        assert_eq!(told(&error(FailedAt::Credentials, None, "no credentials")), "none");
        let all = [
            answered("SignatureDoesNotMatch", "Signature expired: 20260105T050000Z is now earlier than"),
            answered("AccessDenied", "User: arn:x is not authorized to perform: sts:GetCallerIdentity"),
            answered("Throttling", "Rate exceeded"),
            answered("ValidationError", "strange"),
            error(FailedAt::Transport, None, "connection refused"),
        ];
        insta::assert_snapshot!(all.iter().map(told).collect::<Vec<_>>().join("\n"));
    }
}
