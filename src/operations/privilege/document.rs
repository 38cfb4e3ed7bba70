//! The IAM policy document, from permissions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use super::commands::Command;
use super::permission::{Names, Permission, Target, When, allow_when, sid};
use super::resources;
use crate::operations::deployment::{Templates, additions, deployment};
use crate::operations::sessions::MANAGEMENT;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// Whose policy: an environment's, or the organization's management account's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// An environment.
    Environment(EnvironmentName),
    /// The management account, in which `bootstrap --enable-settings` turns settings on.
    Management,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(name) => name.fmt(f),
            Self::Management => f.write_str(MANAGEMENT),
        }
    }
}

impl FromStr for Place {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == MANAGEMENT {
            return Ok(Self::Management);
        }
        text.parse().map(Self::Environment).map_err(|_| "it is source, intermediate, destination or management".into())
    }
}

/// How long a policy is as IAM counts it: without white space between its parts.
pub fn characters(document: &Value) -> usize {
    document.to_string().chars().count()
}

/// The policy that a command needs; `None` where it calls nothing there.
pub fn document(pipeline: &Pipeline, command: Command, place: Place) -> Option<Value> {
    let environment = match place {
        Place::Environment(name) => Some(name),
        Place::Management => None,
    };
    let has_management = pipeline.organization.has_management();
    let calls = command.calls(environment, has_management);
    let mut permissions: BTreeSet<Permission> = calls.flat_map(|call| call.iter().copied()).collect();
    // Whether there is an organization changes values, not what the stack consists of.
    let deployment = environment.map(|name| deployment(pipeline, name, &Templates::shipped(), None));
    let resources = deployment.as_ref().map(additions).unwrap_or_default();
    if let (Some(deletes), Some(name), Some(deployment)) = (command.stacks(), environment, &deployment) {
        if pipeline.environment(name).cloudformation_role_arn.is_some() {
            permissions.insert(allow_when(
                "iam:PassRole",
                Target::CloudFormationRole,
                When::PassedTo("cloudformation.amazonaws.com"),
            ));
        } else {
            permissions.extend(resources::permissions(&resources, &deployment.template, deletes));
        }
    }
    // The management account is reached through the source's Region.
    let environment = environment.unwrap_or(EnvironmentName::Source);
    let names = Names { pipeline, environment, resources: &resources };
    (!permissions.is_empty()).then(|| written(&names, &permissions))
}

/// One statement for all actions on one thing under one condition; what CloudFormation does with the
/// stack's own resources is one statement.
fn written(names: &Names<'_>, permissions: &BTreeSet<Permission>) -> Value {
    let mut statements: BTreeMap<(Target, When), (BTreeSet<&str>, BTreeSet<String>)> = BTreeMap::new();
    for permission in permissions {
        let Permission { target, when, action } = *permission;
        let merged = when == When::ThroughCloudFormation && Target::STACK_RESOURCES.contains(&target);
        let about = if merged { Target::StackResources } else { target };
        let (actions, arns) = statements.entry((about, when)).or_default();
        actions.insert(action);
        arns.extend(names.resources(target));
    }
    // Where nobody but the root administers a key, nobody is looked up.
    statements.retain(|_, (_, arns)| !arns.is_empty());
    let statements = statements.into_iter().map(|((target, when), (actions, arns))| {
        let mut statement = json!({"Sid": sid(target, when), "Effect": "Allow", "Action": actions, "Resource": arns});
        if let Some(condition) = names.condition(target, when) {
            statement["Condition"] = condition;
        }
        statement
    });
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::super::INLINE_POLICY_CHARACTERS;
    use super::super::calls::Call;
    use super::*;
    use crate::aws::table::OPERATIONS;
    use crate::pipeline::settings::tests::example;

    fn places() -> [Place; 4] {
        let [source, intermediate, destination] = EnvironmentName::ALL.map(Place::Environment);
        [source, intermediate, destination, Place::Management]
    }

    #[test]
    fn every_resource_type_of_the_templates_has_its_handlers() {
        for name in EnvironmentName::ALL {
            for resource in additions(&deployment(&example(), name, &Templates::shipped(), Some("o-exampleorgid"))) {
                let known = resources::HANDLERS.iter().any(|one| one.resource_type == resource.resource_type);
                assert!(
                    known,
                    "{name}: {} has no row in src/operations/privilege/resources.rs",
                    resource.resource_type
                );
            }
        }
    }

    #[test]
    fn every_call_that_is_declared_is_one_that_the_sdk_table_knows_and_the_other_way_round() {
        let short = |service: &str| match service {
            "EventBridge" => "events".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        let known: BTreeSet<String> =
            OPERATIONS.iter().map(|(service, name, _)| format!("{}:{name}", short(service))).collect();
        let declared: BTreeSet<String> = Command::ALL
            .into_iter()
            .flat_map(|command| places().map(move |place| (command, place)))
            .flat_map(|(command, place)| {
                let name = match place {
                    Place::Environment(name) => Some(name),
                    Place::Management => None,
                };
                command
                    .calls(name, true)
                    .filter_map(|call: Call| call.first().map(|own| own.action.to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let unknown: Vec<_> = declared.difference(&known).collect();
        assert!(unknown.is_empty(), "declared, but in no table: {unknown:?}");
        // Neither takes a permission of the caller's role: one says who it is, the other is how one becomes it.
        // Rules are switched on again by the stack's own update.
        let free = ["events:EnableRule", "sts:AssumeRole", "sts:GetCallerIdentity"];
        let undeclared: Vec<_> = known.difference(&declared).filter(|one| !free.contains(&one.as_str())).collect();
        assert!(undeclared.is_empty(), "in use, but declared by no command: {undeclared:?}");
    }

    #[test]
    fn each_document_fits_a_role() {
        for command in Command::ALL {
            for place in places() {
                let Some(document) = document(&example(), command, place) else { continue };
                let length = characters(&document);
                assert!(length <= INLINE_POLICY_CHARACTERS, "{} in {place}: {length}", command.as_str());
            }
        }
    }

    #[test]
    fn what_is_said_in_one_statement_is_of_different_services() {
        let pipeline = example();
        let names = Names { pipeline: &pipeline, environment: EnvironmentName::Intermediate, resources: &[] };
        let service = |target: Target| {
            let arn = names.resources(target).remove(0);
            arn.split(':').nth(2).unwrap_or_default().to_owned()
        };
        let services: BTreeSet<String> = Target::STACK_RESOURCES.into_iter().map(service).collect();
        assert_eq!(services.len(), Target::STACK_RESOURCES.len(), "{services:?}");
    }

    #[test]
    fn sids_are_letters_and_unique() {
        for command in Command::ALL {
            for place in places() {
                let Some(document) = document(&example(), command, place) else { continue };
                let mut seen = BTreeSet::new();
                for statement in document["Statement"].as_array().expect("statements") {
                    let sid = statement["Sid"].as_str().expect("a Sid");
                    assert!(sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{sid}");
                    assert!(seen.insert(sid.to_owned()), "{sid} twice");
                }
            }
        }
    }

    #[test]
    fn a_role_for_cloudformation_takes_the_place_of_the_resources() {
        let mut pipeline = example();
        pipeline.source.cloudformation_role_arn = Some("arn:aws:iam::111111111111:role/cfn".parse().expect("an ARN"));
        let document = document(&pipeline, Command::Bootstrap, Place::Environment(EnvironmentName::Source))
            .expect("a document")
            .to_string();
        assert!(document.contains("arn:aws:iam::111111111111:role/cfn"), "{document}");
        assert!(!document.contains("kms:CreateKey") && !document.contains("iam:PutRolePolicy"), "{document}");
    }

    #[test]
    fn long_stack_names_are_cut_as_cloudformation_cuts_them() {
        let mut pipeline = example();
        pipeline.source.stack = "a".repeat(40) + &"b".repeat(40);
        let role = |pipeline: &Pipeline| {
            let names = Names { pipeline, environment: EnvironmentName::Source, resources: &[] };
            names.resources(Target::StackRoles)
        };
        assert_eq!(role(&pipeline), [format!("arn:aws:iam::111111111111:role/{}*", "a".repeat(25))]);
        pipeline.source.stack = "short".to_owned();
        assert_eq!(role(&pipeline), ["arn:aws:iam::111111111111:role/short-*"]);
    }
}
