//! A client's connection in this process: the world's time follows the runtime's clock, and calls need no socket.
//!
//! The client's runtime is paused (`tokio::time::pause`): its clock jumps to the earliest deadline
//! when every task waits. Each call costs the world's latency on that clock, then the world is
//! brought to the same instant and answers. So calls made side by side overlap in virtual time, and
//! no call ever waits in real time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Notify;

use super::router;
use crate::handle::{Interruption, Sandbox};
use crate::store::StoreError;
use crate::wire::http::{Fate, Request, Response};
use crate::world::Moment;

/// One client's connection to a sandbox.
#[derive(Clone)]
pub struct Connection {
    sandbox: Sandbox,
    clock: Clock,
    ended: Arc<Notify>,
    signalled: Arc<Notify>,
}

/// The virtual clock: where the world's clock was when the runtime's clock was at `origin`.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    base: Moment,
    origin: tokio::time::Instant,
}

impl Clock {
    /// The virtual instant. It can only be read inside the runtime that the connection was opened in.
    pub fn now(self) -> Moment {
        self.base + self.origin.elapsed()
    }
}

/// Why no answer came.
#[derive(Debug, Error)]
pub enum SendError {
    /// The answer was lost on its way, as a fault ordered.
    #[error("connection reset by peer")]
    Reset,
    /// The sandbox's directory could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Waits on the runtime's clock, which is the virtual one.
#[expect(clippy::disallowed_methods, reason = "this is the virtual clock that everything else is handed")]
pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await;
}

impl Connection {
    pub(crate) fn open(sandbox: Sandbox) -> Self {
        let clock = Clock { base: sandbox.now(), origin: tokio::time::Instant::now() };
        Self { sandbox, clock, ended: Arc::default(), signalled: Arc::default() }
    }

    /// The virtual clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Resolves when an [`Interruption`] has ended this client.
    pub async fn ended(&self) {
        self.ended.notified().await;
    }

    /// Resolves when an [`Interruption::Signal`] has come.
    pub async fn signalled(&self) {
        self.signalled.notified().await;
    }

    /// Brings the world to the client's own instant, so that a wait that no call followed counts.
    ///
    /// # Errors
    /// The file system's.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.sandbox.advance_to(self.clock.now()).map(drop)
    }

    /// Sends a request and waits for its answer, on the virtual clock.
    ///
    /// # Errors
    /// [`SendError`]: a connection that a fault breaks, or a directory that cannot be written.
    pub async fn send(&self, request: &Request) -> Result<Response, SendError> {
        let latency = self.sandbox.look(|world| world.settings.call_latency_ms).max(0) as u64;
        sleep(Duration::from_millis(latency)).await;
        let interruption = self.count();
        if matches!(interruption, Some(Interruption::Before(_))) {
            return self.end().await;
        }
        let response = router::handle(&mut self.sandbox.lock(), request, self.clock.now())?;
        match interruption {
            Some(Interruption::After(_)) => return self.end().await,
            Some(Interruption::Signal(_)) => self.signalled.notify_one(),
            _ => {}
        }
        match response.fate {
            Fate::Arrives => {}
            Fate::Late(seconds) => sleep(Duration::from_secs(seconds)).await,
            Fate::Lost => return Err(SendError::Reset),
            Fate::ClientEnds => return self.end().await,
        }
        Ok(response)
    }

    /// Counts the call, lets somebody else have their turn at it, and says where the client ends, if it ends at this one.
    fn count(&self) -> Option<Interruption> {
        let (number, interruption) = {
            let mut inner = self.sandbox.lock();
            inner.calls += 1;
            (inner.calls, inner.interruption)
        };
        self.sandbox.others_turn(number);
        interruption.filter(|interruption| match interruption {
            Interruption::Before(at) | Interruption::After(at) | Interruption::Signal(at) => *at == number,
        })
    }

    /// The client ends here: its future is never resolved again.
    async fn end<T>(&self) -> T {
        self.ended.notify_one();
        std::future::pending().await
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("clock", &self.clock).finish_non_exhaustive()
    }
}
