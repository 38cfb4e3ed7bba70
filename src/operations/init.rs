//! `init`: whose credentials these are, and what there is to back up. It reads and changes nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::{ErrorPlace, OperatorError};
use super::events::Sink;
use crate::aws::session::{Place, whose};
use crate::aws::{AwsError, Outside, Session, kms, organizations, rds};
use crate::pipeline::arn::{AccountId, Region};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::plural::count;
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::CredentialHints;

/// One account as it was named, and how it is reached.
#[derive(Debug, Clone)]
pub struct Named<'a> {
    pub environment: EnvironmentName,
    /// The account, where it is known.
    pub account: Option<&'a AccountId>,
    /// How it is reached.
    pub credentials: &'a CredentialHints,
    /// The Region of the calls.
    pub region: &'a Region,
}

impl Named<'_> {
    fn place(&self, account: &str) -> ErrorPlace {
        ErrorPlace {
            environment: self.environment.to_string(),
            account: account.to_owned(),
            region: self.region.to_string(),
            subject: None,
        }
    }
}

/// Whether an account can be looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// STS says that the credentials are this account's.
    Yes(AccountId),
    /// The account was named, and its credentials do not work: AWS's words.
    No(AccountId, String),
}

impl Reached {
    /// The account.
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Yes(account) | Self::No(account, _) => account,
        }
    }
}

/// Asks STS whose credentials these are.
///
/// # Errors
/// Credentials of another account than the named one (refused); credentials that do not work where the
/// account was not named.
pub async fn identify(named: &Named<'_>, outside: &Outside) -> Result<Reached, OperatorError> {
    let found = whose(named.environment.as_str(), named.account, named.region, named.credentials, outside).await;
    match (found, named.account) {
        (Ok(found), None) => Ok(Reached::Yes(found)),
        (Ok(found), Some(wanted)) if found == *wanted => Ok(Reached::Yes(found)),
        (Ok(found), Some(wanted)) => Err(OperatorError::refused(
            format!("the credentials of {} belong to account {found}, not to {wanted}", named.environment),
            named.place(wanted.as_str()),
            format!("correct `--{0}-account`, `--{0}-profile` or `--{0}-role-arn`", named.environment),
        )),
        (Err(error), Some(wanted)) => Ok(Reached::No(wanted.clone(), error.to_string())),
        (Err(error), None) => {
            let what = format!("cannot tell whose the credentials of {} are", named.environment);
            let hint = format!("log in, or name the account itself with `--{}-account`", named.environment);
            Err(OperatorError { hint, ..OperatorError::from_aws(what, named.place(""), &error) })
        }
    }
}

/// A database and what encrypts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundDatabase {
    pub arn: String,
    pub engine: String,
    /// Who manages its key.
    pub key: KeyManager,
}

/// What there is to back up, or AWS's words why it cannot be seen.
pub async fn databases(
    account: &AccountId,
    region: &Region,
    credentials: &CredentialHints,
    outside: &Outside,
    sink: &Sink,
) -> Result<Vec<FoundDatabase>, String> {
    sink.step(format!("Looking for databases in {region}"));
    let session = open(EnvironmentName::Source, account, region, credentials, outside).await;
    let found = rds::databases(&session).await.map_err(|error| told(&error))?;
    let mut managers: BTreeMap<String, KeyManager> = BTreeMap::new();
    let mut databases = Vec::new();
    for database in found {
        let key = match &database.key_arn {
            None => KeyManager::Unencrypted,
            Some(key) => match managers.get(key) {
                Some(known) => *known,
                None => {
                    let looked = kms::describe_key(&session, key).await;
                    if let Err(error) = &looked {
                        sink.note(format!("cannot tell who manages the key of {}: {}", database.arn, told(error)));
                    }
                    let manager = looked.ok().flatten().map_or(KeyManager::Unknown, |key| key.manager);
                    managers.insert(key.clone(), manager);
                    manager
                }
            },
        };
        databases.push(FoundDatabase { arn: database.arn, engine: database.engine, key });
    }
    sink.done(format!("Found {} in {region}", count(databases.len() as u64, "database", "databases")));
    Ok(databases)
}

/// The organization's id as the destination account sees it; none where it is in none.
pub async fn organization(
    account: &AccountId,
    region: &Region,
    credentials: &CredentialHints,
    outside: &Outside,
) -> Result<Option<String>, String> {
    let session = open(EnvironmentName::Destination, account, region, credentials, outside).await;
    let found = organizations::describe_organization(&session).await.map_err(|error| told(&error))?;
    Ok(found.map(|organization| organization.id))
}

async fn open(
    environment: EnvironmentName,
    account: &AccountId,
    region: &Region,
    credentials: &CredentialHints,
    outside: &Outside,
) -> Session {
    Session::open(Place { label: environment.as_str(), account, region, credentials }, outside).await
}

fn told(error: &AwsError) -> String {
    format!("{}: {error}", error.operation)
}
