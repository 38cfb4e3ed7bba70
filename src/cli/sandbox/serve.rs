//! `sandbox serve`: the simulated AWS over loopback HTTP.

use std::str::FromStr;

use serde_json::json;
use tokio::runtime::Builder;

use super::super::context::Context;
use super::super::exit::ExitStatus;
use super::super::outcome::{Outcome, Text};
use super::super::simulated::{self, store_failure};
use crate::output::{Io, Problem};
use crate::sandbox::Sandbox;
use crate::sandbox::store::Owner;
use crate::sandbox::transport::serve::{Listener, Loopback, ServeError};

/// More than a day a second is a mistake for a number of seconds.
const TIME_SCALE_MAX: f64 = 86_400.0;

/// Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs
///
/// The first line on stdout is {"endpoint":"http://127.0.0.1:PORT"}. Ctrl-C or SIGTERM saves the world and ends.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to listen: a loopback address; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = Loopback::from_str)]
    listen: Loopback,
    /// Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock
    #[arg(long, value_name = "N", default_value = "60", value_parser = time_scale)]
    time_scale: f64,
}

fn time_scale(text: &str) -> Result<f64, String> {
    let scale: f64 = text.parse().map_err(|_| "it must be a number".to_owned())?;
    if (0.0..=TIME_SCALE_MAX).contains(&scale) {
        Ok(scale)
    } else {
        Err(format!("it must lie between 0 and {TIME_SCALE_MAX}"))
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let listener = Listener::bind(args.listen).map_err(|error| {
        let what = format!("cannot listen on {}: {error}", args.listen);
        Outcome::failed(ExitStatus::Failed, Problem::new(what, "name another address with `--listen`"))
    })?;
    // The lock names the endpoint, so that another command on this directory can say where to ask.
    let owner = Owner {
        command: "backupctl sandbox serve".to_owned(),
        endpoint: Some(listener.endpoint()),
        ..simulated::owner(context.io)
    };
    let sandbox = context.sandbox_of(&owner)?;
    let from = sandbox.now();
    serve(listener, args.time_scale, &sandbox, context.io).map_err(|error| {
        let hint = match error {
            ServeError::Panicked(_) => "this is a mistake of the sandbox: serve it again, it goes on from what is kept",
            ServeError::Io(_) | ServeError::Store(_) => "fix that and serve it again",
        };
        Outcome::failed(ExitStatus::Failed, Problem::new(error.to_string(), hint))
    })?;
    sandbox.save().map_err(|error| store_failure(&error))?;
    context.ran(from.into(), sandbox.now().into());
    Ok(Outcome::done(Text::Told))
}

fn serve(listener: Listener, time_scale: f64, sandbox: &Sandbox, io: &mut Io) -> Result<(), ServeError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Whoever has read the line may send a signal at once, so the listening for signals begins before it.
        let stop = Stop::begin(io.takes_signals)?;
        io.out_line(&json!({ "endpoint": listener.endpoint() }).to_string());
        let tell = |note: String| io.err_line(&format!("sandbox: {note}"));
        listener.serve(sandbox, time_scale, stop.asked(), tell).await
    })
}

/// The signals that end the server; none, for a command that runs inside another process.
struct Stop {
    #[cfg(unix)]
    signals: Option<[tokio::signal::unix::Signal; 2]>,
    #[cfg(not(unix))]
    takes_signals: bool,
}

impl Stop {
    #[cfg(unix)]
    fn begin(takes_signals: bool) -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let begin = || Ok::<_, std::io::Error>([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]);
        Ok(Self { signals: takes_signals.then(begin).transpose()? })
    }

    #[cfg(unix)]
    async fn asked(self) {
        let Some([mut interrupt, mut terminate]) = self.signals else { return std::future::pending().await };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn begin(takes_signals: bool) -> std::io::Result<Self> {
        Ok(Self { takes_signals })
    }

    #[cfg(not(unix))]
    async fn asked(self) {
        if !self.takes_signals || tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
