//! The three CloudFormation templates and the function's source, as they are shipped.
//!
//! The function is kept as one readable Python file and inlined into the intermediate template, so
//! that a stack needs no S3 bucket: a `TemplateBody` may have 51,200 bytes (CloudFormation quotas).

use std::sync::LazyLock;

/// The version of the three templates: the stacks' output `TemplateVersion`.
pub const TEMPLATE_VERSION: &str = "1";

/// The version of the second hop's idempotency token: the intermediate stack's output `TokenVersion`.
pub const TOKEN_VERSION: &str = "1";

/// The function's source: `index.py` in Lambda, since `Code.ZipFile` names it so.
pub const FUNCTION: &str = include_str!("function.py");

/// The file name of the source environment's template.
pub const SOURCE_FILE: &str = "aws_backup_rds_source_account_a_region_a.yml";

/// The file name of the intermediate environment's template.
pub const INTERMEDIATE_FILE: &str = "aws_backup_rds_intermediate_account_a_region_b.yml";

/// The file name of the destination environment's template.
pub const DESTINATION_FILE: &str = "aws_backup_rds_destination_account_b_region_b.yml";

/// What stands in the intermediate template where the function's source goes.
const PLACEHOLDER: &str = "#{function.py}";

static INTERMEDIATE: LazyLock<String> =
    LazyLock::new(|| inline(include_str!("aws_backup_rds_intermediate_account_a_region_b.yml"), FUNCTION));

/// The template of the source environment (account A, Region A).
pub fn source() -> &'static str {
    include_str!("aws_backup_rds_source_account_a_region_a.yml")
}

/// The template of the intermediate environment (account A, Region B), the function inlined.
pub fn intermediate() -> &'static str {
    &INTERMEDIATE
}

/// The template of the destination environment (account B, Region B).
pub fn destination() -> &'static str {
    include_str!("aws_backup_rds_destination_account_b_region_b.yml")
}

/// Puts `source` in the place of the placeholder's line, each line at the placeholder's indentation.
fn inline(template: &str, source: &str) -> String {
    let mut text = String::with_capacity(template.len() + source.len() * 2);
    for line in template.lines() {
        match line.strip_suffix(PLACEHOLDER) {
            Some(indentation) => source.lines().for_each(|code| push_line(&mut text, indentation, code)),
            None => push_line(&mut text, "", line),
        }
    }
    text
}

/// Adds one line, an empty one without trailing blanks.
fn push_line(text: &mut String, indentation: &str, line: &str) {
    if !line.is_empty() {
        text.push_str(indentation);
    }
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_yaml_ng::Value;

    use super::*;

    fn parsed(text: &str) -> Value {
        serde_yaml_ng::from_str(text).expect("a YAML document")
    }

    fn all() -> [(&'static str, &'static str); 3] {
        [("source", source()), ("intermediate", intermediate()), ("destination", destination())]
    }

    fn names(template: &Value, section: &str) -> BTreeSet<String> {
        let section = template[section].as_mapping().expect("a section");
        section.keys().map(|key| key.as_str().expect("a name").to_owned()).collect()
    }

    fn set(list: &str) -> BTreeSet<String> {
        list.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn every_template_fits_into_a_template_body() {
        // CloudFormation quotas: 51,200 bytes in a request.
        for (name, text) in all() {
            assert!(text.len() < 51_200, "{name} has {} bytes", text.len());
        }
    }

    #[test]
    fn the_inlined_function_is_the_shipped_source() {
        let template = parsed(intermediate());
        let code = &template["Resources"]["CopyFunction"]["Properties"]["Code"]["ZipFile"];
        assert_eq!(code.as_str(), Some(FUNCTION));
        assert!(!intermediate().contains(PLACEHOLDER));
    }

    #[test]
    fn the_parameters_are_the_public_ones() {
        let common = "BackupVaultName KeyAdministrators NamePrefix PermissionsBoundaryArn RolePath ExistingKeyArn ";
        let own = [
            "CentralBackupAccountId IntermediateRegion IntermediateVaultName NotificationEmail",
            "CentralBackupAccountId DestinationVaultName DestinationDeleteAfterDays LogRetentionDays OrganizationId \
             SweepSchedule LongestSweepPauseHours SweepWindowDays NotificationEmail",
            "OrganizationId SourceAccountIds VaultLock LockMinRetentionDays LockMaxRetentionDays",
        ];
        for ((name, text), own) in all().into_iter().zip(own) {
            assert_eq!(names(&parsed(text), "Parameters"), set(&format!("{common}{own}")), "{name}");
        }
    }

    #[test]
    fn the_outputs_are_the_public_ones() {
        let common = "VaultArn VaultName KeyArn TemplateVersion ";
        let own = [
            "RuleArn DeadLetterQueueUrl",
            "RuleArn DeadLetterQueueUrl FunctionArn CopyRoleArn DestinationVaultArn DestinationDeleteAfterDays TokenVersion",
            "",
        ];
        for ((name, text), own) in all().into_iter().zip(own) {
            let template = parsed(text);
            assert_eq!(names(&template, "Outputs"), set(&format!("{common}{own}")), "{name}");
            assert_eq!(template["Outputs"]["TemplateVersion"]["Value"].as_str(), Some(TEMPLATE_VERSION));
        }
        let template = parsed(intermediate());
        assert_eq!(template["Outputs"]["TokenVersion"]["Value"].as_str(), Some(TOKEN_VERSION));
        let variables = &template["Resources"]["CopyFunction"]["Properties"]["Environment"]["Variables"];
        assert_eq!(variables["TOKEN_VERSION"].as_str(), Some(TOKEN_VERSION));
    }

    #[test]
    fn vaults_and_keys_outlive_their_stack_but_not_a_failed_creation() {
        for (name, text) in all() {
            for resource in ["Vault", "Key"] {
                let resource = &parsed(text)["Resources"][resource];
                assert_eq!(resource["DeletionPolicy"].as_str(), Some("RetainExceptOnCreate"), "{name}");
                assert_eq!(resource["UpdateReplacePolicy"].as_str(), Some("Retain"), "{name}");
            }
        }
    }
}
