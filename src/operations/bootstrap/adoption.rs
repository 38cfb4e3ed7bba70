//! Adopting a vault and a key that stand without their stack: what an import change set takes over. Pure.

use serde_yaml_ng::{Mapping, Value};

use super::observe::Standing;
use super::{KEY, VAULT};
use crate::aws::cloudformation::{AdoptedResource, Deployment};
use crate::pipeline::settings::Environment;

/// The properties that an import needs: what identifies a vault, and the key that it lies under. Everything else
/// is put right by the update that follows, which sees how it differs.
const NEEDED: [&str; 2] = ["BackupVaultName", "EncryptionKeyArn"];

/// The logical ids and types of the vault and the key in a template.
fn retained(template: &str) -> Vec<(String, String)> {
    let Ok(document) = serde_yaml_ng::from_str::<Value>(template) else { return Vec::new() };
    let Some(resources) = document.get("Resources").and_then(Value::as_mapping) else { return Vec::new() };
    resources
        .iter()
        // A key that goes with its stack (a topic's) holds no backup and is nothing to adopt.
        .filter(|(_, resource)| {
            let policy = resource.get("DeletionPolicy").and_then(Value::as_str);
            policy.is_some_and(|policy| policy.starts_with("Retain"))
        })
        .filter_map(|(name, resource)| {
            let kind = resource.get("Type")?.as_str().filter(|kind| matches!(*kind, VAULT | KEY))?;
            Some((name.as_str()?.to_owned(), kind.to_owned()))
        })
        .collect()
}

/// The logical ids of what outlives its stack.
pub(super) fn retained_ids(template: &str) -> Vec<String> {
    retained(template).into_iter().map(|(name, _)| name).collect()
}

/// What is taken over: the vault, and its key where the stack makes one.
pub(super) fn adopts(template: &str, environment: &Environment, standing: &Standing) -> Vec<AdoptedResource> {
    retained(template)
        .into_iter()
        .filter_map(|(logical_id, resource_type)| {
            let identifier = match resource_type.as_str() {
                VAULT => ("BackupVaultName".to_owned(), standing.vault.name.clone()),
                _ if environment.key_arn.is_some() => return None,
                _ => {
                    let arn = standing.key.as_ref()?.arn.to_string();
                    ("KeyId".to_owned(), arn.rsplit('/').next()?.to_owned())
                }
            };
            Some(AdoptedResource { logical_id, resource_type, identifier })
        })
        .collect()
}

/// The deployment of an import: the template without anything that is not taken over, since an import may not add
/// or change anything else (CloudFormation User Guide, "Import AWS resources").
pub(super) fn deployment(whole: &Deployment, adopted: &[AdoptedResource]) -> Deployment {
    let mut document: Value = serde_yaml_ng::from_str(&whole.template).unwrap_or_default();
    if let Some(document) = document.as_mapping_mut() {
        document.retain(|section, _| {
            matches!(section.as_str(), Some("AWSTemplateFormatVersion" | "Parameters" | "Conditions" | "Resources"))
        });
    }
    if let Some(resources) = document.get_mut("Resources").and_then(Value::as_mapping_mut) {
        resources.retain(|name, _| adopted.iter().any(|one| Some(one.logical_id.as_str()) == name.as_str()));
        for (_, resource) in resources.iter_mut() {
            reduce(resource);
        }
    }
    let template = serde_yaml_ng::to_string(&document).unwrap_or_default();
    Deployment { template, ..whole.clone() }
}

fn reduce(resource: &mut Value) {
    let Some(resource) = resource.as_mapping_mut() else { return };
    let properties = resource.get_mut("Properties").and_then(Value::as_mapping_mut).map(std::mem::take);
    let mut kept: Mapping = properties.unwrap_or_default();
    kept.retain(|name, _| name.as_str().is_some_and(|name| NEEDED.contains(&name)));
    resource.remove("Properties");
    if !kept.is_empty() {
        resource.insert("Properties".into(), Value::Mapping(kept));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates;

    #[test]
    fn an_import_names_only_what_it_takes_over() {
        for template in [templates::source(), templates::intermediate(), templates::destination()] {
            assert_eq!(retained_ids(template), ["Key", "Vault"]);
            let whole = Deployment {
                stack: "stack".to_owned(),
                template: template.to_owned(),
                parameters: Default::default(),
                tags: Default::default(),
                role_arn: None,
            };
            let adopted: Vec<AdoptedResource> = retained(template)
                .into_iter()
                .map(|(logical_id, resource_type)| AdoptedResource {
                    logical_id,
                    resource_type,
                    identifier: (String::new(), String::new()),
                })
                .collect();
            let reduced = deployment(&whole, &adopted).template;
            let document: Value = serde_yaml_ng::from_str(&reduced).expect("YAML");
            let resources = document["Resources"].as_mapping().expect("resources");
            assert_eq!(resources.len(), 2, "{reduced}");
            for (_, resource) in resources {
                assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate");
            }
            assert!(reduced.contains("!GetAtt Key.Arn"), "{reduced}");
            assert!(document.get("Outputs").is_none());
        }
    }
}
