//! What a session takes from outside: the way to AWS, the clock, the credentials.

use std::fmt;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::policy::names::AccountId;

/// Whether the local clock tells the time that AWS has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalClock {
    /// Real AWS: it refuses a signature that is minutes away from its own clock.
    Counts,
    /// Whoever answers may live in a time of its own.
    Another,
}

/// Gives the credentials of an account.
pub type GiveCredentials = Arc<dyn Fn(&AccountId) -> Credentials + Send + Sync>;

/// Everything that the top hands in. `None` everywhere is AWS as the AWS CLI reaches it.
#[derive(Clone)]
pub struct Outside {
    /// Carries the requests; none is HTTPS with the machine's trusted roots.
    pub http_client: Option<SharedHttpClient>,
    /// What time it is.
    pub time_source: SharedTimeSource,
    /// Whether that is AWS's time too.
    pub local_clock: LocalClock,
    pub sleep: SharedAsyncSleep,
    /// Credentials for an account; none reads profiles and the environment.
    pub credentials: Option<GiveCredentials>,
    /// Makes generated names repeatable; none takes the time.
    pub seed: Option<u64>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").field("seed", &self.seed).finish_non_exhaustive()
    }
}
