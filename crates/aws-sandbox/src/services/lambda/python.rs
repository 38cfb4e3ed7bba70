//! A function's own source under the machine's Python, against the world that runs it.
//!
//! The process has its role's credentials, its own environment and the world's clock (`bootstrap.py`
//! says how), and a loopback door that is served on the spot. What it did cannot be made again from
//! the log without Python, so the store writes a snapshot where it would append a record.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::run::Executed;
use super::state::{Function, function_arn};
use crate::services::sts;
use crate::transport::bridge::Bridge;
use crate::transport::router;
use crate::world::{Caller, Moment, Place, World};

const BOOTSTRAP: &str = include_str!("bootstrap.py");
/// How often the process is looked at while it asks nothing.
const LOOK: Duration = Duration::from_millis(10);
/// How long Python and the function's imports may take; on AWS that is not the function's time either.
const START_SECONDS: u64 = 120;
/// A function that hangs is not waited for longer, whatever its timeout.
const RUN_SECONDS_MAX: u64 = 60;
/// How much of a log is kept.
const LOG_BYTES_MAX: usize = 256 * 1024;

/// How the sandbox runs functions. It is the process's, not the world's: it is not saved.
#[derive(Debug, Clone, Default)]
pub struct Python {
    /// The interpreter, by path or name; empty: there is none.
    pub interpreter: String,
    /// What it may see of this process's environment.
    pub environment: BTreeMap<String, String>,
    /// The shipped source runs under it too.
    pub always: bool,
    /// It ran since this was last cleared.
    pub(crate) ran: bool,
    /// What the user should be told, each thing once.
    pub(crate) notes: Vec<String>,
    told: Vec<String>,
}

impl Python {
    /// An interpreter with what it may see of this process's environment.
    pub fn new(interpreter: &str, environment: BTreeMap<String, String>, always: bool) -> Self {
        Self { interpreter: interpreter.to_owned(), environment, always, ..Self::default() }
    }

    fn note(&mut self, text: String) {
        tracing::warn!("{text}");
        if !self.told.contains(&text) {
            self.told.push(text.clone());
            self.notes.push(text);
        }
    }
}

/// What `bootstrap.py` leaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Left {
    runtime: String,
    failed: bool,
    payload: Value,
    log: Option<String>,
    timed_out: bool,
    /// A package that this machine's Python does not have.
    lacks: Option<String>,
}

/// How the process ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Exited(String),
    /// It was killed, after so long.
    Killed {
        begun: bool,
    },
}

/// One invocation.
pub(super) struct Invocation<'a> {
    pub(super) place: &'a Place,
    pub(super) name: &'a str,
    pub(super) function: &'a Function,
    pub(super) role: &'a Caller,
    pub(super) request_id: &'a str,
    pub(super) event: &'a Value,
    /// The log's group and stream.
    pub(super) log: (&'a str, &'a str),
}

impl Invocation<'_> {
    fn setting(&self, name: &str) -> Option<&Value> {
        self.function.configuration.get(name)
    }

    fn timeout(&self) -> u64 {
        self.setting("Timeout").and_then(Value::as_u64).unwrap_or(3)
    }

    /// Runs it.
    pub(super) fn run(&self, world: &mut World) -> Executed {
        world.python.ran = true;
        match self.try_run(world) {
            Ok(executed) => executed,
            Err(error) => {
                let interpreter = &world.python.interpreter;
                let message = format!(
                    "this function's source runs under Python 3, and `{interpreter}` could not be started: {error}; \
                     install Python 3 with boto3, or name one with BACKUPCTL_PYTHON"
                );
                world.python.note(format!("the function {} failed: {message}", self.name));
                self.failed("none", "Runtime.SandboxNeedsPython", &message, Vec::new())
            }
        }
    }

    fn failed(&self, runtime: &str, kind: &str, message: &str, mut lines: Vec<String>) -> Executed {
        lines.push(format!("[ERROR] {kind}: {message}"));
        let payload = json!({"errorMessage": message, "errorType": kind});
        Executed { runtime: runtime.to_owned(), lines, payload, raised: true }
    }

    fn try_run(&self, world: &mut World) -> io::Result<Executed> {
        let handler = self.setting("Handler").and_then(Value::as_str).unwrap_or_default();
        let Some(module) = module_of(handler) else {
            let message = format!("Bad handler '{handler}': the sandbox runs handlers of the form file.function");
            return Ok(self.failed("none", "Runtime.MalformedHandlerName", &message, Vec::new()));
        };
        let runtime = self.setting("Runtime").and_then(Value::as_str).unwrap_or_default();
        if !runtime.starts_with("python") {
            let message = format!("the sandbox runs functions in Python only, not in {runtime}");
            return Ok(self.failed("none", "Runtime.SandboxNeedsPython", &message, Vec::new()));
        }
        let folder = tempfile::Builder::new().prefix("backupctl-function-").tempdir()?;
        let bridge = Bridge::open()?;
        fs::write(folder.path().join(format!("{module}.py")), &self.function.source)?;
        fs::write(folder.path().join(".bootstrap.py"), BOOTSTRAP)?;
        let invocation = self.document(handler, bridge.endpoint(), world.now);
        fs::write(folder.path().join(".invocation"), invocation.to_string())?;
        let session = sts::open_session(world, self.place, self.role);
        let process = self.start(world, folder.path(), bridge.endpoint(), &session);
        let ended = process.and_then(|mut process| {
            let ended = self.attend(world, &bridge, &mut process, folder.path());
            // It has ended, or must.
            let _ = process.kill();
            process.wait()?;
            ended
        });
        sts::close_session(world, &session);
        Ok(self.told(world, folder.path(), &ended?))
    }

    fn document(&self, handler: &str, endpoint: &str, now: Moment) -> Value {
        json!({
            "handler": handler,
            "event": self.event,
            "endpoint": endpoint,
            "now_ms": now.millis(),
            "timeout_seconds": self.timeout(),
            "context": {
                "function_name": self.name,
                "invoked_function_arn": function_arn(self.place, self.name),
                "memory_limit_in_mb": self.memory().to_string(),
                "aws_request_id": self.request_id,
                "log_group_name": self.log.0,
                "log_stream_name": self.log.1,
            },
        })
    }

    fn memory(&self) -> i64 {
        self.setting("MemorySize").and_then(Value::as_i64).unwrap_or(128)
    }

    /// Starts the process with the variables that Lambda sets (AWS Lambda Developer Guide, "Defined
    /// runtime environment variables"), the function's own, and nothing of AWS's from outside.
    fn start(&self, world: &World, folder: &Path, endpoint: &str, session: &sts::Opened) -> io::Result<Child> {
        let region = self.place.region.as_str();
        let nowhere = folder.join(".no-configuration");
        let log = File::create(folder.join(".log"))?;
        let mut command = Command::new(&world.python.interpreter);
        command.env_clear().envs(&world.python.environment);
        command.envs(&self.function.environment);
        command.envs([
            ("AWS_ACCESS_KEY_ID", session.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", &session.secret),
            ("AWS_SESSION_TOKEN", &session.token),
            ("AWS_REGION", region),
            ("AWS_DEFAULT_REGION", region),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_python"),
            ("AWS_LAMBDA_FUNCTION_NAME", self.name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &self.memory().to_string()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", self.log.0),
            ("AWS_LAMBDA_LOG_STREAM_NAME", self.log.1),
            ("NO_PROXY", "*"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PYTHONHASHSEED", "0"),
            ("PYTHONUNBUFFERED", "1"),
            ("TZ", "UTC"),
        ]);
        command.env("LAMBDA_TASK_ROOT", folder).env("AWS_CONFIG_FILE", &nowhere);
        command.env("AWS_SHARED_CREDENTIALS_FILE", nowhere);
        command.arg(folder.join(".bootstrap.py")).arg(folder.join(".invocation")).current_dir(folder);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()
    }

    /// Answers what the process asks until it ends, or has had its time.
    #[expect(clippy::disallowed_methods, reason = "a process of this machine is waited for in real time")]
    fn attend(&self, world: &mut World, bridge: &Bridge, process: &mut Child, folder: &Path) -> io::Result<End> {
        let mut since = std::time::Instant::now();
        let (mut begun, marker) = (false, folder.join(".begun"));
        loop {
            if let Some(question) = bridge.next(LOOK) {
                let response = router::answer_inside(world, &question.request);
                question.answer(response);
            }
            if let Some(status) = process.try_wait()? {
                return Ok(End::Exited(status.to_string()));
            }
            if !begun && marker.exists() {
                (begun, since) = (true, std::time::Instant::now());
            }
            let allowed = if begun { self.timeout().min(RUN_SECONDS_MAX) } else { START_SECONDS };
            if since.elapsed() > Duration::from_secs(allowed) {
                return Ok(End::Killed { begun });
            }
        }
    }

    /// What the process left, told as Lambda tells it.
    fn told(&self, world: &mut World, folder: &Path, end: &End) -> Executed {
        let mut lines = log_lines(folder);
        let read = fs::read(folder.join(".result")).unwrap_or_default();
        let left: Option<Left> = serde_json::from_slice(&read).ok();
        let runtime = left.as_ref().map_or_else(|| "python".to_owned(), |left| left.runtime.clone());
        match (left, end) {
            (Some(left), _) if !left.timed_out => {
                if let Some(package) = &left.lacks {
                    let text = format!(
                        "the function {} failed: `{}` has not {package}; install it there, or name another Python with \
                         BACKUPCTL_PYTHON",
                        self.name, world.python.interpreter
                    );
                    world.python.note(text);
                }
                lines.extend(left.log);
                let lines = lines.into_iter().map(|line| at_home(&line, folder)).collect();
                let payload = serde_json::from_str(&at_home(&left.payload.to_string(), folder)).unwrap_or(left.payload);
                Executed { runtime, lines, payload, raised: left.failed }
            }
            (None, End::Killed { begun: false }) => {
                let message = format!("Python and the function's imports took longer than {START_SECONDS} seconds");
                self.failed(&runtime, "Runtime.SandboxNeedsPython", &message, lines)
            }
            (None, End::Exited(status)) => {
                let message = format!("RequestId: {} Error: Runtime exited with error: {status}", self.request_id);
                self.failed(&runtime, "Runtime.ExitError", &message, lines)
            }
            _ => {
                let message =
                    format!("RequestId: {} Error: Task timed out after {}.00 seconds", self.request_id, self.timeout());
                self.failed(&runtime, "Sandbox.Timedout", &message, lines)
            }
        }
    }
}

/// The module of a handler that is a file of the function's own folder.
fn module_of(handler: &str) -> Option<&str> {
    let (module, function) = handler.rsplit_once('.')?;
    let is_name = |text: &str| {
        !text.is_empty() && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    (is_name(module) && is_name(function)).then_some(module)
}

/// On AWS a function's folder is `/var/task`, and no log shows where this machine kept it.
fn at_home(text: &str, folder: &Path) -> String {
    text.replace(&*folder.to_string_lossy(), "/var/task")
}

fn log_lines(folder: &Path) -> Vec<String> {
    let bytes = fs::read(folder.join(".log")).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LOG_BYTES_MAX)]).into_owned();
    text.lines().map(|line| at_home(line, folder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_names_a_file_of_its_own_folder() {
        assert_eq!(module_of("index.handler"), Some("index"));
        for handler in ["", "handler", ".handler", "index.", "../x.handler", "a/b.handler", "a.b.handler", "/etc/x.y"] {
            assert_eq!(module_of(handler), None, "{handler}");
        }
    }
}
