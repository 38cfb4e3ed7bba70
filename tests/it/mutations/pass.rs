//! One pass over the table: each mutation is made, what `doctor` looks at is kept, and a day passes.

use std::sync::LazyLock;
use std::thread;

use backupctl::operations::Sink;
use backupctl::operations::observe::{Drift, observe_pipeline};
use backupctl::operations::sessions::Sessions;
use backupctl::pipeline::Pipeline;
use backupctl::pipeline::seen::Observed;
use backupctl::sandbox::Sandbox;

use super::{ApiRefusal, Mutation, Outcome, a_day_passes, apply, configuration, mutations, pipeline, world};
use crate::support::budget::counted;
use crate::support::command::configured;
use crate::support::operator::{administrator, outside};

/// The cores that the tests are made for.
const THREADS: usize = 2;

/// One mutation, and what followed.
pub struct Case {
    pub mutation: Mutation,
    /// What `doctor` could see before the day, and what became of it; or what the API said instead.
    pub happened: Result<(Observed, Outcome), ApiRefusal>,
    /// How `verify` ends past the deadline of the first copy, where the backup was lost.
    pub verified: Option<i32>,
}

/// From the look after the day until the deadline of the first copy is over: it ends 47 hours after the worlds begin.
const PAST_THE_DEADLINE: i64 = 4 * 3600;

/// Every mutation of a world of [`world`], in the order of [`mutations`].
pub static TABLE: LazyLock<Vec<Case>> =
    LazyLock::new(|| pass(&configuration(), &pipeline(), &world, &mutations(&world())));

/// Makes each mutation in a world of its own.
pub fn pass(
    text: &str,
    pipeline: &Pipeline,
    fresh: &(dyn Fn() -> Sandbox + Sync),
    mutations: &[Mutation],
) -> Vec<Case> {
    each(mutations, |mutation| {
        let sandbox = fresh();
        let happened = apply(&sandbox, mutation).map(|()| {
            let observed = observe(pipeline, &sandbox);
            (observed, a_day_passes(&sandbox))
        });
        let is_lost = matches!(happened, Ok((_, Outcome::Lost(..))));
        let verified = is_lost.then(|| {
            sandbox.advance_to(sandbox.now().plus_seconds(PAST_THE_DEADLINE)).expect("an in-memory world");
            configured(&sandbox, text, "verify --quiet").code
        });
        Case { mutation: mutation.clone(), happened, verified }
    })
}

/// What `work` makes of each mutation, on all cores and in their order.
pub fn each<T: Send>(mutations: &[Mutation], work: impl Fn(&Mutation) -> T + Sync) -> Vec<T> {
    // Calls are counted under the name of the thread.
    let name = thread::current().name().unwrap_or_default().to_owned();
    thread::scope(|scope| {
        let parts = mutations.chunks(mutations.len().div_ceil(THREADS).max(1)).map(|part| {
            let work = || part.iter().map(&work).collect::<Vec<T>>();
            thread::Builder::new().name(name.clone()).spawn_scoped(scope, work).expect("a thread")
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().expect("a part of the pass")).collect()
    })
}

/// What `doctor` sees of a world.
pub fn observe(pipeline: &Pipeline, sandbox: &Sandbox) -> Observed {
    looking(pipeline, sandbox, async |sessions| {
        Box::pin(observe_pipeline(pipeline, sessions, Drift::Ignore, &Sink::none())).await
    })
}

/// Looks at a world with the sessions of a command.
pub fn looking<T>(pipeline: &Pipeline, sandbox: &Sandbox, look: impl AsyncFnOnce(&Sessions) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    counted(Some(sandbox), || {
        runtime.expect("a runtime").block_on(async {
            let outside = outside(sandbox, |account| administrator(account.as_str()));
            look(&Sessions::open(pipeline, &outside).await).await
        })
    })
}
