//! How many SDK calls the tests make, by module: `tests/run` adds them up and holds them to a budget.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use backupctl::sandbox::Sandbox;

/// Runs `work` and notes the calls that it made through the sandbox's door, under the module of the
/// test that runs. Where nobody counts, nothing is written.
pub fn counted<T>(sandbox: Option<&Sandbox>, work: impl FnOnce() -> T) -> T {
    let before = sandbox.map_or(0, Sandbox::calls);
    let result = work();
    let calls = sandbox.map_or(0, Sandbox::calls).saturating_sub(before);
    if let Some(directory) = std::env::var_os("BACKUPCTL_COUNT_CALLS").filter(|_| calls > 0) {
        let thread = std::thread::current();
        let module = thread.name().and_then(|test| test.split("::").next()).unwrap_or("none");
        let file = PathBuf::from(directory).join(module);
        let mut file =
            OpenOptions::new().create(true).append(true).open(file).expect("the directory that tests/run made");
        // In one write: tests side by side append to the same file, and two numbers must not become one.
        file.write_all(format!("{calls}\n").as_bytes()).expect("written");
    }
    result
}
