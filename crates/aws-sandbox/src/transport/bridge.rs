//! A loopback server of one client: a function's process, which runs while the world is borrowed.
//!
//! A function runs inside a call or inside the passing of time. Its own calls are carried out by
//! whoever holds the world then, so the server's thread only hands them over and waits: no second
//! borrower, one order of calls.

use std::io;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

use super::loopback;
use super::serve::{Listener, Loopback};
use crate::wire::http::{Request, Response};

/// A request that waits for its answer.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) request: Request,
    answer: oneshot::Sender<Response>,
}

impl Question {
    /// Answers it.
    pub(crate) fn answer(self, response: Response) {
        // Whoever asked may have been killed meanwhile.
        let _ = self.answer.send(response);
    }
}

/// The server; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Bridge {
    endpoint: String,
    questions: mpsc::Receiver<Question>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bridge {
    /// Opens it on a free loopback port.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn open() -> io::Result<Self> {
        let listener = Listener::bind(Loopback::ANY)?;
        let endpoint = listener.endpoint();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (ask, questions) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let answer = move |request| {
            let ask = ask.clone();
            async move {
                let (answer, answered) = oneshot::channel();
                ask.send(Question { request, answer }).ok()?;
                answered.await.ok()
            }
        };
        let thread = std::thread::Builder::new().name("function".to_owned()).spawn(move || {
            runtime.block_on(async {
                let served = async {
                    let listener = listener.into_tokio()?;
                    // Told to stop, or dropped.
                    loopback::serve(listener, answer, async { drop(stopped.await) }).await.map_err(io::Error::other)
                };
                if let Err(error) = served.await {
                    tracing::error!(%error, "a function's server ended");
                }
            });
        })?;
        Ok(Self { endpoint, questions, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:4566`.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The next request, if one comes within `patience`.
    pub(crate) fn next(&self, patience: Duration) -> Option<Question> {
        self.questions.recv_timeout(patience).ok()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has told of its own trouble.
            let _ = thread.join();
        }
    }
}
