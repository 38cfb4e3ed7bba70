//! A sandbox behind loopback HTTP: the real process, or a thread of this one; and raw requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::transport::serve::{Listener, Loopback};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

/// How long any answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// `backupctl sandbox serve` as its own process; killed when dropped.
pub struct Process {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub endpoint: String,
}

impl Process {
    /// Starts it in `directory` on the sandbox `world` there.
    pub fn start(directory: &Path, arguments: &str) -> Self {
        Self::start_with(directory, arguments, &[])
    }

    /// As [`Process::start`], with environment variables.
    pub fn start_with(directory: &Path, arguments: &str, environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_backupctl"))
            .env_clear()
            .envs(environment.iter().copied())
            .current_dir(directory)
            .args(["--sandbox=world", "sandbox", "serve"])
            .args(arguments.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let first: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let endpoint = first["endpoint"].as_str().expect("an endpoint").to_owned();
        Self { child, stdout, endpoint }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }

    /// A signal by its name; the exit status, the rest of stdout, and stderr.
    pub fn end(mut self, signal: &str) -> (ExitStatus, String, String) {
        let sent = Command::new("kill").args(["-s", signal, &self.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
        let (mut rest, mut errors) = (String::new(), String::new());
        self.stdout.read_to_string(&mut rest).expect("text");
        self.child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("text");
        (self.child.wait().expect("ended"), rest, errors)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A sandbox of this process, served by a thread until dropped.
pub struct Thread {
    pub endpoint: String,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// Serves `sandbox`, whose clock then moves by `time_scale`.
pub fn serve(sandbox: &Sandbox, time_scale: f64) -> Thread {
    let listener = Listener::bind(Loopback::ANY).expect("a port");
    let (endpoint, sandbox) = (listener.endpoint(), sandbox.clone());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let stopped = async {
            // Dropped or told: the test is over.
            let _ = stopped.await;
        };
        runtime.block_on(listener.serve(&sandbox, time_scale, stopped, drop)).expect("served to the end");
    });
    Thread { endpoint, stop: Some(stop), serving: Some(serving) }
}

impl Drop for Thread {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.serving.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            ended.expect("a thread").expect("the server ended well");
        }
    }
}

/// An answer, read to the end of its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A connection; writes and reads give up after a while instead of hanging.
pub fn connect(endpoint: &str) -> TcpStream {
    let stream = TcpStream::connect(endpoint.trim_start_matches("http://")).expect("connected");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream.set_write_timeout(Some(PATIENCE)).expect("a time-out");
    stream
}

/// Sends bytes as they are and reads one answer; `None` where the connection was closed without one.
pub fn exchange(endpoint: &str, bytes: &[u8]) -> Option<Answer> {
    let mut stream = connect(endpoint);
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes);
    read_answer(&mut BufReader::new(stream))
}

/// Reads one answer with a `content-length`.
pub fn read_answer(reader: &mut impl BufRead) -> Option<Answer> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let status: u16 = line.split(' ').nth(1)?.parse().ok()?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_owned(), value.to_owned()));
    }
    if status == 100 {
        return read_answer(reader);
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Credentials.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    pub id: &'a str,
    pub secret: &'a str,
    pub token: Option<&'a str>,
}

/// The administrator of the production account.
pub const ADMINISTRATOR: Key<'static> = Key { id: "AKIA111111111111SAND", secret: "sandbox", token: None };

/// A signed request, by hand (IAM User Guide, "Create a signed AWS API request").
#[derive(Debug, Clone)]
pub struct Signed<'a> {
    pub key: Key<'a>,
    /// What the client's clock says: `20260105T060000Z`.
    pub instant: &'a str,
    pub service: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// An operation of a JSON service.
    pub fn json<'a>(service: &'a str, target: &'a [(&'a str, &'a str)], body: &'a [u8]) -> Signed<'a> {
        let (key, instant) = (ADMINISTRATOR, "20260105T060000Z");
        Signed { key, instant, service, method: "POST", path: "/", headers: target, body }
    }

    /// The request's bytes for a server at `endpoint`.
    pub fn bytes(&self, endpoint: &str) -> Vec<u8> {
        let host = endpoint.trim_start_matches("http://");
        let (instant, region) = (self.instant, "us-east-1");
        let date = &instant[..8];
        let payload = hex::encode(Sha256::digest(self.body));
        let path = self.path.replace('%', "%25").replace(':', "%3A");
        let canonical =
            format!("{}\n{path}\n\nhost:{host}\nx-amz-date:{instant}\n\nhost;x-amz-date\n{payload}", self.method);
        let scope = format!("{date}/{region}/{}/aws4_request", self.service);
        let to_sign =
            format!("AWS4-HMAC-SHA256\n{instant}\n{scope}\n{}", hex::encode(Sha256::digest(canonical.as_bytes())));
        let mut key = format!("AWS4{}", self.key.secret).into_bytes();
        for part in [date, region, self.service, "aws4_request", &to_sign] {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
            mac.update(part.as_bytes());
            key = mac.finalize().into_bytes().to_vec();
        }
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\nX-Amz-Date: {instant}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential={}/{scope}, SignedHeaders=host;x-amz-date, Signature={}\r\nContent-Length: {}\r\n",
            self.method,
            self.path,
            self.key.id,
            hex::encode(&key),
            self.body.len()
        );
        for (name, value) in self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(token) = self.key.token {
            head.push_str(&format!("X-Amz-Security-Token: {token}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), self.body].concat()
    }

    /// Sends it and reads the answer.
    pub fn send(&self, endpoint: &str) -> Answer {
        exchange(endpoint, &self.bytes(endpoint)).unwrap_or_else(|| panic!("no answer to {self:?}"))
    }
}

/// Who asks, by STS: the simplest question that needs a signature.
pub fn who_am_i(endpoint: &str) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    Signed::json("sts", &headers, b"Action=GetCallerIdentity&Version=2011-06-15").send(endpoint)
}

/// Moves a served world's clock.
pub fn advance(endpoint: &str, seconds: u64) -> Value {
    let body = format!("{{\"seconds\": {seconds}}}");
    let host = endpoint.trim_start_matches("http://");
    let length = body.len();
    let request = format!("POST /_sandbox/advance HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n{body}");
    exchange(endpoint, request.as_bytes()).expect("an answer").json()
}
