//! A vault's list of recovery points against the vault's own count: neither alone says that a vault is empty.

use std::time::Duration;

use crate::aws::Session;
use crate::aws::backup::Vault;
use crate::aws::wait::{Look, Patience, Waited, poll};
use crate::operations::events::{Event, Sink};
use crate::pipeline::recovery_point::{RecoveryPoint, counted};

/// How long a list may stay empty while AWS counts recovery points in its vault. What is new is not listed yet, and the
/// count follows deletions late; neither lasts.
const LATE: Duration = Duration::from_secs(3600);

/// What the list of a vault came to.
#[derive(Debug)]
pub(super) enum Listed {
    /// The vault as it was last seen, and what its list has.
    All(Vault, Vec<RecoveryPoint>),
    /// The list stays empty, though AWS counts recovery points in the vault; how many, in words.
    Contradicted(String),
}

/// Lists a vault; where the list is empty and the count is not, until they agree or the time is over. `find` looks at the
/// vault again.
///
/// # Errors
/// What `find` and `list` say.
pub(super) async fn recovery_points<E>(
    session: &Session,
    vault: Vault,
    (patience, resume, sink): (Patience, &str, &Sink),
    mut find: impl AsyncFnMut() -> Result<Vault, E>,
    mut list: impl AsyncFnMut(&Vault) -> Result<Vec<RecoveryPoint>, E>,
) -> Result<Listed, E> {
    let patience = Patience { timeout: patience.timeout.min(LATE), ..patience };
    let (mut first, mut last) = (Some(vault), 0);
    let waited = poll(session, patience, async || {
        let is_first = first.is_some();
        let found = match first.take() {
            Some(found) => found,
            None => find().await?,
        };
        let points = list(&found).await?;
        if found.recovery_points == 0 || !points.is_empty() {
            return Ok(Look::Done(Listed::All(found, points)));
        }
        if is_first {
            sink.emit(Event::Waiting {
                what: format!("the list of backup vault {}, which is empty", found.name),
                until: None,
                resume: resume.to_owned(),
            });
        }
        last = found.recovery_points;
        Ok(Look::Again)
    });
    Ok(match waited.await? {
        Waited::Done(listed) => listed,
        Waited::TimedOut => Listed::Contradicted(counted(usize::try_from(last).unwrap_or_default())),
    })
}
