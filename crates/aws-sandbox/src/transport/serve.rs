//! The loopback door: the sandbox as a server that any AWS client can be pointed at.
//!
//! Real clients live in real time, so here, and only here, real time moves the world: each real
//! second by the time scale, each request by the time since the last one and the world's latency.
//! At a time scale of 0 nothing moves it but `POST /_sandbox/advance`.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fmt, io};

use super::{control, loopback, router};
use crate::handle::{Inner, Sandbox};
use crate::store::StoreError;
use crate::wire::http::{Fate, Request, Response};
use crate::world::Moment;

/// How often the clock moves while nobody asks.
const TICK: Duration = Duration::from_secs(1);

/// An address that no other machine can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loopback(SocketAddr);

impl Loopback {
    /// 127.0.0.1, any free port.
    pub const ANY: Self = Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
}

impl FromStr for Loopback {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let address: SocketAddr = named
            .as_deref()
            .unwrap_or(text)
            .parse()
            .map_err(|_| "it must be an address and a port, such as 127.0.0.1:4566")?;
        if address.ip().is_loopback() {
            Ok(Self(address))
        } else {
            Err("it must be a loopback address: other machines could reach the sandbox")
        }
    }
}

impl fmt::Display for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A loopback address that is listened on already, so that it can be told before it is served.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// Why serving ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The system gives no server.
    #[error("cannot serve: {0}")]
    Io(#[from] io::Error),
    /// The world cannot be written down.
    #[error("cannot write the sandbox: {0}")]
    Store(#[from] StoreError),
    /// A bug of the sandbox.
    #[error("{0}; every change that was answered is kept")]
    Panicked(String),
}

impl Listener {
    /// Listens on `address`.
    ///
    /// # Errors
    /// The system's.
    pub fn bind(address: Loopback) -> io::Result<Self> {
        let listener = TcpListener::bind(address.0)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// `http://127.0.0.1:4566`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The listener for a runtime, inside which this must be called.
    pub(super) fn into_tokio(self) -> io::Result<tokio::net::TcpListener> {
        tokio::net::TcpListener::from_std(self.listener)
    }

    /// Serves `sandbox` until `stop` resolves, then finishes what is being answered. Nothing is
    /// saved: every change is in the log already. `tell` is handed what the user should hear of.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn serve(
        self,
        sandbox: &Sandbox,
        time_scale: f64,
        stop: impl Future<Output = ()>,
        mut tell: impl FnMut(String),
    ) -> Result<(), ServeError> {
        let listener = self.into_tokio()?;
        let served = Served { sandbox: sandbox.clone(), pace: Arc::new(Mutex::new(Pace::new(time_scale))) };
        let answering = served.clone();
        let answer = move |request| {
            let answering = answering.clone();
            async move { answering.delivered(answering.answer(&request)?).await }
        };
        tokio::select! {
            ended = loopback::serve(listener, answer, stop) => {
                ended.map_err(|panicked| ServeError::Panicked(panicked.to_string()))?;
            }
            error = served.tick(&mut tell) => return Err(error.into()),
        }
        served.settle()?;
        sandbox.take_notes().into_iter().for_each(tell);
        Ok(())
    }
}

/// A world that is being served.
#[derive(Debug, Clone)]
struct Served {
    sandbox: Sandbox,
    pace: Arc<Mutex<Pace>>,
}

/// How real time becomes virtual time.
#[derive(Debug)]
struct Pace {
    scale: f64,
    seen: tokio::time::Instant,
    /// The part of a millisecond that has passed and was not given out yet.
    rest: f64,
}

impl Pace {
    fn new(scale: f64) -> Self {
        Self { scale, seen: tokio::time::Instant::now(), rest: 0.0 }
    }

    /// The virtual time that has passed since this was asked last.
    fn passed(&mut self) -> Duration {
        let now = tokio::time::Instant::now();
        let millis = (now - self.seen).as_secs_f64() * 1000.0 * self.scale + self.rest;
        self.seen = now;
        self.rest = millis.fract();
        Duration::from_millis(millis as u64)
    }
}

impl Served {
    /// The instant that it is now, for a request that takes `latency`.
    fn instant(&self, inner: &Inner, latency: bool) -> Moment {
        let mut pace = self.pace.lock().expect("nothing panics while the pace is held");
        let latency = if latency && pace.scale > 0.0 { inner.world.settings.call_latency_ms.max(0) as u64 } else { 0 };
        inner.world.now + pace.passed() + Duration::from_millis(latency)
    }

    /// `None` where the log could not be written: then nothing is answered, as when a service dies.
    fn answer(&self, request: &Request) -> Option<Response> {
        let mut inner = self.sandbox.lock();
        inner.calls += 1;
        let of_control = control::is_for_control(request);
        let instant = self.instant(&inner, !of_control);
        let answered = if of_control {
            control::answer(&mut inner, request, instant)
        } else {
            router::handle(&mut inner, request, instant)
        };
        answered.inspect_err(|error| tracing::error!(%error, "a call was not answered")).ok()
    }

    /// The answer when it is to arrive; `None` where a fault keeps it from its client. A client's
    /// process cannot be ended from here: it sees its connection break.
    #[expect(clippy::disallowed_methods, reason = "an answer is late for a client that lives in real time")]
    async fn delivered(&self, response: Response) -> Option<Response> {
        match response.fate {
            Fate::Arrives => {}
            Fate::Late(seconds) => {
                let scale = self.pace.lock().expect("nothing panics while the pace is held").scale;
                if scale > 0.0 {
                    tokio::time::sleep(Duration::from_secs(seconds).div_f64(scale)).await;
                }
            }
            Fate::Lost | Fate::ClientEnds => return None,
        }
        Some(response)
    }

    fn settle(&self) -> Result<(), StoreError> {
        let mut inner = self.sandbox.lock();
        let instant = self.instant(&inner, false);
        inner.advance_to(instant).map(drop)
    }

    /// Moves the clock while nobody asks, until the file system refuses what happened.
    async fn tick(&self, tell: &mut impl FnMut(String)) -> StoreError {
        let mut ticks = tokio::time::interval(TICK);
        loop {
            ticks.tick().await;
            if let Err(error) = self.settle() {
                return error;
            }
            self.sandbox.take_notes().into_iter().for_each(&mut *tell);
        }
    }
}
