//! The sessions of a pipeline: one for each environment, and the management account's when needed.

use std::sync::{Arc, OnceLock};

use futures_util::future::join3;

use super::clocks::ClocksSeen;
use super::error::{CORRECT_ACCOUNT, ErrorKind, ErrorPlace, OperatorError};
use crate::aws::error::AwsError;
use crate::aws::session::{Identity, Place};
use crate::aws::{Outside, Session};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::{Environment, Pipeline};
use crate::policy::names::AccountId;

/// What the place is called that is none of the three environments: the organization's management account.
pub const MANAGEMENT: &str = "management";

/// One session for each environment.
#[derive(Debug, Clone)]
pub struct Sessions {
    outside: Outside,
    environments: [Session; 3],
    management: Arc<OnceLock<Session>>,
}

impl Sessions {
    /// Builds the sessions; nothing is called.
    pub async fn open(pipeline: &Pipeline, outside: &Outside) -> Self {
        let open = |name: EnvironmentName| {
            let environment: &Environment = pipeline.environment(name);
            // The intermediate environment is the source's account and acts with its credentials.
            let credentials = match name {
                EnvironmentName::Intermediate => &pipeline.source.credentials,
                _ => &environment.credentials,
            };
            let place =
                Place { label: name.as_str(), account: &environment.account, region: &environment.region, credentials };
            Session::open(place, outside)
        };
        let [source, intermediate, destination] = EnvironmentName::ALL;
        let (source, intermediate, destination) = join3(open(source), open(intermediate), open(destination)).await;
        Self { outside: outside.clone(), environments: [source, intermediate, destination], management: Arc::default() }
    }

    /// An environment's session.
    pub fn get(&self, name: EnvironmentName) -> &Session {
        &self.environments[name.index()]
    }

    /// The management account's session, where the configuration or the top says how to act as it.
    pub async fn management(&self, pipeline: &Pipeline, account: &str) -> Option<Session> {
        if self.outside.credentials.is_none() && !pipeline.organization.has_management() {
            return None;
        }
        let account: AccountId = account.parse().ok()?;
        let place = Place {
            label: MANAGEMENT,
            account: &account,
            region: &pipeline.source.region,
            credentials: &pipeline.organization.management,
        };
        let session = match self.management.get() {
            Some(open) if *open.account() == account => open.clone(),
            _ => Session::open(place, &self.outside).await,
        };
        let session = self.management.get_or_init(|| session).clone();
        (*session.account() == account && matches!(session.identify().await, Ok(Identity::Right))).then_some(session)
    }

    /// Every clock that was seen so far.
    pub fn clocks(&self) -> ClocksSeen {
        ClocksSeen::of(&self.outside, &self.environments)
    }

    /// Calls made so far, attempts counted.
    pub fn calls(&self) -> u64 {
        self.environments.iter().chain(self.management.get()).map(Session::calls).sum()
    }

    /// Asks each of these environments who it is.
    ///
    /// # Errors
    /// The first environment that is another account ([`ErrorKind::Refused`]) or whose credentials
    /// do not work.
    pub async fn identify(&self, names: &[EnvironmentName]) -> Result<(), OperatorError> {
        let [source, intermediate, destination] = &self.environments;
        let (source, intermediate, destination) =
            join3(source.identify(), intermediate.identify(), destination.identify()).await;
        for (name, found) in EnvironmentName::ALL.into_iter().zip([source, intermediate, destination]) {
            if names.contains(&name) {
                right_account(self.get(name), found)?;
            }
        }
        Ok(())
    }
}

/// What it means for an operation that changes things that STS said this.
fn right_account(session: &Session, found: Result<Identity, AwsError>) -> Result<(), OperatorError> {
    let place = ErrorPlace::of(session);
    match found {
        Ok(Identity::Right | Identity::Unknown) => Ok(()),
        Ok(Identity::Other(other)) => Err(OperatorError {
            kind: ErrorKind::Refused,
            ..OperatorError::failed(
                format!("the credentials of {} belong to account {other}, not to {}", place.environment, place.account),
                place,
                CORRECT_ACCOUNT,
            )
        }),
        Err(error) => {
            let what = format!("cannot tell whose the credentials of {} are", place.environment);
            Err(OperatorError { kind: ErrorKind::Failed, ..OperatorError::from_aws(what, place, &error) })
        }
    }
}
