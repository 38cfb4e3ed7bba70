//! Credentials, organization, settings, roles.

pub(crate) mod accounts;

pub(crate) use self::accounts::is_region;
use self::accounts::{cross_account, identity, organization, subject_of_settings};
use super::skipped;
use crate::pipeline::check::{Area, Check, Row, Severity};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Source};
use crate::pipeline::environment::Hop;
use crate::pipeline::finding::{Finding, Report};
use crate::pipeline::remedy::{FixedStep, Hole, Remedy, steps};
use crate::pipeline::requirements::needs::Who;
use crate::pipeline::seen::{Look, Observed};
use crate::pipeline::settings::Pipeline;

pub(crate) const RDS_OPT_IN_DISABLED: Row = Row {
    id: "rds-opt-in-disabled",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "AWS Backup is not opted in to Amazon RDS in the source Region.",
    why: "Databases selected by tag are silently skipped; those named by ARN are backed up all the same.",
    remedy: steps!["Opt in." => ["aws backup update-region-settings --resource-type-opt-in-preference RDS=true"]],
    source: "AWS Backup API Reference, UpdateRegionSettings",
};

pub(crate) const TRUSTED_ACCESS_MISSING: Row = Row {
    id: "trusted-access-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "AWS Backup has no trusted access to the organization.",
    why: "Copies work without it; backup policies and cross-account monitoring do not.",
    remedy: steps!["Enable it from the management account." => ["aws organizations enable-aws-service-access --service-principal backup.amazonaws.com"]],
    source: "AWS Backup Developer Guide, manage-cross-account",
};

pub(crate) const BACKUP_ROLE_MISSING: Row = Row {
    id: "backup-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "A role that AWS Backup is told to assume does not exist.",
    why: "AWS Backup cannot start the job that names it.",
    remedy: steps!["Create the role." => ["backupctl bootstrap --enable-settings"]],
    source: "AWS Backup Developer Guide, iam-service-roles",
};

pub(crate) const SERVICE_LINKED_ROLE_MISSING: Row = Row {
    id: "service-linked-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Error,
    meaning: "The service-linked role of AWS Backup does not exist in this account.",
    why: "In the destination account this role makes the copy: without it no recovery point arrives.",
    remedy: steps!["Create it." => ["aws iam create-service-linked-role --aws-service-name backup.amazonaws.com"]],
    source: "AWS Backup Developer Guide, using-service-linked-roles",
};

pub(crate) const RDS_SERVICE_LINKED_ROLE_MISSING: Row = Row {
    id: "rds-service-linked-role-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "The service-linked role of Amazon RDS does not exist in this account.",
    why: "Copies arrive without it; RDS restores nothing from them until it exists.",
    remedy: steps!["Create it." => ["aws iam create-service-linked-role --aws-service-name rds.amazonaws.com"]],
    source: "AWS Backup Developer Guide, create-cross-account-backup",
};

pub(crate) const KEY_ADMIN_MISSING: Row = Row {
    id: "key-admin-missing",
    area: Area::Prerequisites,
    severity: Severity::Warning,
    meaning: "A configured key administrator does not exist.",
    why: "The key policy names a principal that cannot act; only the account's root user can administer the key.",
    remedy: steps!["Correct `key_admin` of this environment in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS KMS Developer Guide, key policies",
};

pub(crate) const GUARDRAILS_UNSEEN: Row = Row {
    id: "guardrails-unseen",
    area: Area::Prerequisites,
    severity: Severity::Info,
    meaning: "The service control and resource control policies over this account cannot be read with these credentials.",
    why: "One of them may deny what every policy seen here allows.",
    remedy: steps![
        "Set `management_profile` under [organization] in backupctl.toml to a profile that may read them. This prints the permissions that it needs." => ["backupctl policy --for doctor --environment management"];
        "Or ask whoever administers the organization." => ["aws organizations list-policies-for-target --target-id " {Account} " --filter SERVICE_CONTROL_POLICY"], ["aws organizations list-policies-for-target --target-id " {Account} " --filter RESOURCE_CONTROL_POLICY"]
    ],
    source: "AWS Organizations User Guide, orgs_manage_policies_scps; Organizations API Reference, ListPoliciesForTarget",
};

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
