//! Opening a sandbox, and connecting a command to it.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::super::connector::Connector;
use super::super::exit::ExitStatus;
use super::super::global::{Global, Lambda};
use super::super::outcome::Outcome;
use crate::aws::Outside;
use crate::aws::outside::LocalClock;
use crate::output::{Io, Problem};
use crate::pipeline::Pipeline;
use crate::sandbox::Sandbox;
use crate::sandbox::handle::DEFAULT_SEED;
use crate::sandbox::scenario;
use crate::sandbox::services::iam;
use crate::sandbox::services::lambda::{self, Python};
use crate::sandbox::store::{Owner, StoreError};
use crate::sandbox::world::World;
use crate::templates;

/// What a function's Python may see of this process's environment: how to run, and nothing of AWS's.
const PYTHON_SEES: [&str; 9] =
    ["HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "PYENV_ROOT", "PYENV_VERSION", "PYTHONHOME", "PYTHONPATH", "TMPDIR"];

/// A sandbox that a command is connected to.
#[derive(Debug)]
pub(in crate::cli) struct Connected {
    sandbox: Sandbox,
    connector: Connector,
}

impl Connected {
    /// Connects a command that runs in `runtime`, and says what its operations take from outside.
    pub(in crate::cli) fn new(sandbox: Sandbox, runtime: &Runtime) -> (Self, Outside) {
        let connector = {
            let _inside = runtime.enter();
            Connector::open(&sandbox)
        };
        // Names must differ from command to command and be the same in every run of one history.
        let seed = sandbox.look(|world| world.seed.wrapping_add(world.now.millis().unsigned_abs()));
        // The SDK draws the jitter of its retries from this thread's generator.
        fastrand::seed(seed);
        let outside = Outside {
            http_client: Some(connector.http_client()),
            time_source: connector.time_source(),
            local_clock: LocalClock::Another,
            sleep: connector.sleep(),
            credentials: Some(administrators()),
            seed: Some(seed),
        };
        (Self { sandbox, connector }, outside)
    }

    /// Resolves when a fault or a test has ended the command.
    pub(in crate::cli) async fn ended(&self) {
        self.connector.ended().await;
    }

    /// Resolves when Ctrl-C was pressed in a test.
    pub(in crate::cli) async fn signalled(&self) {
        self.connector.signalled().await;
    }

    /// Brings the world to the command's instant and writes it down.
    ///
    /// # Errors
    /// The file system's.
    pub(in crate::cli) fn settle(&self) -> Result<(), String> {
        self.connector.settle().and_then(|()| self.sandbox.save()).map_err(|error| error.to_string())
    }
}

/// Opens the sandbox that the flags name, or takes the one that the caller holds; what there is to tell is told.
///
/// # Errors
/// Why its directory cannot be used.
pub(in crate::cli) fn open(
    given: Option<&Sandbox>,
    owner: &Owner,
    global: &Global,
    io: &mut Io,
) -> Result<Sandbox, Outcome> {
    if let Some(given) = given {
        return Ok(readied(given.clone(), global, io));
    }
    let name = global.sandbox_name(io);
    let opened =
        Sandbox::open_or_make(&io.directory.join(&name), owner, || with_function(scenario::built_in(DEFAULT_SEED)));
    let (sandbox, notes) = opened.map_err(|error| store_failure(&error))?;
    for note in notes {
        io.err_line(&format!("sandbox: {note}"));
    }
    Ok(readied(sandbox, global, io))
}

/// Tells a sandbox what it cannot know of itself: the shipped function, and this machine's Python.
fn readied(sandbox: Sandbox, global: &Global, io: &Io) -> Sandbox {
    let seen = PYTHON_SEES.iter().filter_map(|name| Some(((*name).to_owned(), io.variable(name)?.to_owned())));
    let interpreter = io.variable("BACKUPCTL_PYTHON").unwrap_or("python3");
    let python = Python::new(interpreter, seen.collect(), global.lambda == Lambda::Python);
    sandbox.ship(templates::FUNCTION);
    sandbox.run_functions(python);
    sandbox
}

/// This process, as a sandbox's lock names it.
pub(in crate::cli) fn owner(io: &Io) -> Owner {
    Owner { pid: io.process_id, command: "backupctl".to_owned(), endpoint: None }
}

/// A world that knows the shipped function, so that replaying its log runs it too.
pub(in crate::cli) fn with_function(mut world: World) -> World {
    lambda::ship(&mut world, templates::FUNCTION);
    world
}

/// Why a sandbox's directory cannot be used.
pub(in crate::cli) fn store_failure(error: &StoreError) -> Outcome {
    let hint = match error {
        StoreError::InUse { owner: Owner { endpoint: Some(endpoint), .. }, .. } => format!(
            "it is served there; point any AWS client at it, `backupctl` without `--sandbox` too:\nAWS_ENDPOINT_URL={endpoint}"
        ),
        StoreError::InUse { .. } => {
            "wait for the other command to end, or name another directory with `--sandbox=DIR`".to_owned()
        }
        StoreError::Foreign { .. } => {
            "name another directory with `--sandbox=DIR`; one that is empty or missing becomes a sandbox".to_owned()
        }
        StoreError::Unreadable { file, .. } => format!(
            "throw the world away with `backupctl sandbox reset --sandbox={}`, or name another directory",
            file.parent().unwrap_or(file).display()
        ),
        StoreError::Io { .. } => {
            "make it readable and writable, with free space, or name another directory with `--sandbox=DIR`".to_owned()
        }
    };
    Outcome::failed(ExitStatus::Failed, Problem::new(error.to_string(), hint))
}

/// What the configuration names and the world has not.
pub(in crate::cli) fn lacks(sandbox: &Sandbox, pipeline: &Pipeline) -> Option<Outcome> {
    let missing = sandbox.look(|world| {
        let places = [&pipeline.source, &pipeline.intermediate, &pipeline.destination];
        places.into_iter().find_map(|place| {
            if iam::administrator(world, &place.account).is_none() {
                return Some(format!("account {}", place.account));
            }
            (!world.regions.contains(&place.region)).then(|| format!("Region {}", place.region))
        })
    })?;
    let what = format!("the sandbox has no {missing}, which the configuration names");
    let hint =
        "`backupctl rehearse` makes a world from your configuration; `backupctl sandbox show` lists what this one has";
    Some(Outcome::usage(what, hint))
}

/// A shared reference to nothing but the sandbox's administrators.
fn administrators() -> crate::aws::outside::GiveCredentials {
    Arc::new(|account| {
        let id = format!("AKIA{account}SAND");
        aws_credential_types::Credentials::new(id, "sandbox", None, None, "sandbox")
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::output::Style;

    #[test]
    fn a_sandbox_that_cannot_be_used_says_why_and_what_to_do() {
        let owner = |endpoint: Option<&str>| Owner {
            pid: 4711,
            command: "backupctl sandbox serve".to_owned(),
            endpoint: endpoint.map(str::to_owned),
        };
        let directory = || "world".into();
        let errors = [
            StoreError::InUse { directory: directory(), owner: owner(None) },
            StoreError::InUse { directory: directory(), owner: owner(Some("http://127.0.0.1:4566")) },
            StoreError::Foreign { directory: directory(), found: "thesis.odt".to_owned() },
            StoreError::Unreadable { file: "world/world.json".into(), why: "it is no JSON".to_owned() },
            StoreError::Io { path: directory(), source: io::Error::from(io::ErrorKind::PermissionDenied) },
        ];
        let shown = errors.iter().map(|error| {
            let outcome = store_failure(error);
            assert_eq!(outcome.status, ExitStatus::Failed);
            outcome.failure.map(|failure| failure.problem().render(Style::PLAIN)).unwrap_or_default()
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}
