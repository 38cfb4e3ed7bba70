//! A world in which everything exists that a configuration names.

use std::collections::BTreeMap;

use crate::cli::outcome::Outcome;
use crate::pipeline::Pipeline;
use crate::pipeline::arn::{AccountId, Arn};
use crate::pipeline::settings::Environment;
use crate::sandbox::scenario::{Database, Encryption, Organization, Policy, Role, Scenario};

/// The organization where the configuration names none.
const ORGANIZATION: &str = "o-sandboxorg1";
/// Accounts that may be the management account; the first that the pipeline does not use.
const MANAGEMENT: [&str; 3] = ["999999999999", "888888888888", "777777777777"];
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Makes the scenario.
///
/// # Errors
/// What cannot be made: a key of a given ARN, a database that is no DB instance.
pub(super) fn scenario(pipeline: &Pipeline) -> Result<Scenario, Outcome> {
    let environments = [&pipeline.source, &pipeline.intermediate, &pipeline.destination];
    if let Some(key) = environments.iter().find_map(|environment| environment.key_arn.as_ref()) {
        let what = format!("a rehearsal cannot make the key `{key}`: AWS chooses the ids of keys");
        return Err(Outcome::usage(what, "rehearse with a copy of the configuration without `key_arn`"));
    }
    let named = |arn: &&String| !arn.contains(['*', '?']) && !arn.contains(":db:");
    if let Some(other) = pipeline.selection.resources.iter().find(named) {
        let what = format!("a rehearsal cannot make `{other}`: its databases are DB instances");
        return Err(Outcome::usage(what, "rehearse with a copy of the configuration that selects DB instances only"));
    }
    let mut regions = vec![pipeline.source.region.clone(), pipeline.intermediate.region.clone()];
    regions.sort();
    let members = vec![pipeline.source.account.clone(), pipeline.destination.account.clone()];
    Ok(Scenario {
        seed: crate::sandbox::handle::DEFAULT_SEED,
        regions,
        organizations: vec![Organization {
            id: pipeline.organization.id.clone().unwrap_or_else(|| ORGANIZATION.to_owned()),
            management: management(pipeline, &members),
            members,
            units: Vec::new(),
            service_control_policies: Vec::new(),
            resource_control_policies: Vec::new(),
        }],
        databases: databases(pipeline),
        roles: roles(pipeline),
        policies: policies(&environments),
        ..Scenario::default()
    })
}

/// The account of the configured management role, else one that nobody uses.
fn management(pipeline: &Pipeline, members: &[AccountId]) -> AccountId {
    let named = pipeline.organization.management.role_arn.as_ref().and_then(Arn::account_id);
    let free = || MANAGEMENT.iter().filter_map(|id| id.parse().ok()).find(|id| !members.contains(id));
    named.or_else(free).unwrap_or_else(|| members[0].clone())
}

/// The databases that the selection names or, where it chooses by tag or wildcard, one that it chooses.
fn databases(pipeline: &Pipeline) -> Vec<Database> {
    let selection = &pipeline.selection;
    let mut tags: BTreeMap<String, String> = selection.conditions.clone();
    tags.extend(selection.tags.clone());
    let mut names: Vec<String> = selection
        .resources
        .iter()
        .filter_map(|arn| arn.rsplit_once(":db:"))
        .map(|(_, name)| name.replace(['*', '?'], "x"))
        .collect();
    if names.is_empty() {
        names.push("example".to_owned());
    }
    names.sort();
    names.dedup();
    let database = |name: String| Database {
        account: pipeline.source.account.clone(),
        region: pipeline.source.region.clone(),
        name,
        engine: "postgres".to_owned(),
        engine_version: "16.4".to_owned(),
        allocated_gib: 100,
        encryption: Encryption::AwsManaged,
        tags: tags.clone(),
    };
    names.into_iter().map(database).collect()
}

/// Every role that the configuration names, as an administrator of its account.
fn roles(pipeline: &Pipeline) -> Vec<Role> {
    let mut roles: BTreeMap<String, Role> = BTreeMap::new();
    let mut add = |arn: &Arn, trusts: String, policy: &str| {
        let (Some(account), Some(path_and_name)) = (arn.account_id(), arn.resource.strip_prefix("role/")) else {
            return;
        };
        let (path, name) = path_and_name
            .rsplit_once('/')
            .map_or(("/".to_owned(), path_and_name), |(path, name)| (format!("/{path}/"), name));
        let role = Role { account, path, name: name.to_owned(), trusts, managed_policies: vec![policy.to_owned()] };
        roles.entry(arn.to_string()).or_insert(role);
    };
    let root_of = |arn: &Arn| format!("arn:{}:iam::{}:root", arn.partition, arn.account);
    for environment in [&pipeline.source, &pipeline.intermediate, &pipeline.destination] {
        if let Some(arn) = &environment.cloudformation_role_arn {
            add(arn, "cloudformation.amazonaws.com".to_owned(), ADMINISTRATOR);
        }
        let people = environment.credentials.role_arn.iter().chain(&environment.key_admin);
        people.for_each(|arn| add(arn, root_of(arn), ADMINISTRATOR));
    }
    if let Some(arn) = &pipeline.organization.management.role_arn {
        add(arn, root_of(arn), ADMINISTRATOR);
    }
    let backup_role = pipeline.backup_role_arn();
    // The default role is among the world's prerequisites already.
    if !backup_role.ends_with(":role/service-role/AWSBackupDefaultServiceRole")
        && let Ok(arn) = backup_role.parse()
    {
        let policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
        add(&arn, "backup.amazonaws.com".to_owned(), policy);
    }
    roles.into_values().collect()
}

/// The permissions boundaries, each allowing everything: what the real ones allow nobody here knows.
fn policies(environments: &[&Environment]) -> Vec<Policy> {
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let mut policies: BTreeMap<String, Policy> = BTreeMap::new();
    for arn in environments.iter().filter_map(|environment| environment.permissions_boundary.as_ref()) {
        let (Some(account), Some(rest)) = (arn.account_id(), arn.resource.strip_prefix("policy/")) else { continue };
        let (path, name) =
            rest.rsplit_once('/').map_or(("/".to_owned(), rest), |(path, name)| (format!("/{path}/"), name));
        let policy = Policy { account, path, name: name.to_owned(), document: document.to_owned() };
        policies.insert(arn.to_string(), policy);
    }
    policies.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Search, Selected, load};

    fn of(text: &str) -> Scenario {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("backupctl.toml"), text).expect("a file");
        let search = Search { named: None, directory: directory.path(), user_directory: None };
        let pipeline = load(&search, Selected::Required).expect("right").expect("there");
        scenario(&pipeline).unwrap_or_else(|outcome| panic!("{outcome:?}"))
    }

    const ACCOUNTS: &str = "[source]\naccount = \"333333333333\"\nregion = \"eu-west-1\"\nkey_admin = \"role/a/b\"\n\
        permissions_boundary = \"arn:aws:iam::333333333333:policy/limit\"\n\
        [intermediate]\nregion = \"eu-central-1\"\n[destination]\naccount = \"444444444444\"\n";

    #[test]
    fn everything_that_is_named_exists() {
        let scenario =
            of(&format!("{ACCOUNTS}[selection]\nresources = [\"arn:aws:rds:eu-west-1:333333333333:db:shop\"]\n"));
        assert_eq!(scenario.databases.len(), 1);
        assert_eq!(scenario.databases[0].name, "shop");
        assert_eq!(scenario.databases[0].encryption, Encryption::AwsManaged);
        assert_eq!(scenario.roles.len(), 1);
        assert_eq!((scenario.roles[0].path.as_str(), scenario.roles[0].name.as_str()), ("/a/", "b"));
        assert_eq!(scenario.policies[0].name, "limit");
        assert_eq!(scenario.organizations[0].members.len(), 2);
        assert_eq!(scenario.regions.len(), 2);
    }

    #[test]
    fn a_selection_by_tag_gets_a_database_with_its_tags() {
        let scenario = of(&format!("{ACCOUNTS}[selection]\ntags = {{ backup = \"daily\" }}\n"));
        assert_eq!(scenario.databases[0].tags.get("backup").map(String::as_str), Some("daily"));
    }
}
