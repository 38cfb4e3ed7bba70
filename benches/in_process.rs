//! Prints how many authorized calls a second one thread makes in process. `benches/run` runs it.

mod calls;

use calls::Measured;

const COUNT: u64 = 100_000;

#[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
fn told(name: &str, Measured { answered, took }: &Measured) {
    println!("{name:<40}{:>10.0} calls/s", *answered as f64 / took.as_secs_f64());
}

fn main() {
    told("in process, a ready request", &calls::at_the_door(COUNT));
    told("in process, through the SDK", &calls::through_the_sdk(COUNT / 5));
}
