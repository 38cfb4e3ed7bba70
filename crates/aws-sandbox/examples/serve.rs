//! Serves a fresh simulated AWS on a loopback address: `cargo run -p aws-sandbox --example serve -- 127.0.0.1:4566`.

use std::error::Error;
use std::io::{Write, stdout};

use aws_sandbox::transport::serve::{Listener, Loopback};
use aws_sandbox::{Sandbox, scenario};
use tokio::runtime::Builder;

/// Virtual seconds a real second: a copy job of an hour takes a minute.
const TIME_SCALE: f64 = 60.0;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).map_or(Ok(Loopback::ANY), |address| address.parse())?;
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    let listener = Listener::bind(address)?;
    writeln!(stdout(), "AWS_ENDPOINT_URL={}", listener.endpoint())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(listener.serve(&sandbox, TIME_SCALE, std::future::pending(), |_| {}))?;
    Ok(())
}
