//! `sandbox inject`: orders what goes wrong in the simulated AWS.

use std::time::Duration;

use clap::ValueEnum;
use serde_json::json;

use super::super::context::Context;
use super::super::outcome::{Outcome, Text};
use super::super::simulated::store_failure;
use super::view;
use crate::config::{Selected, duration};
use crate::output::render;
use crate::pipeline::EnvironmentName;
use crate::pipeline::arn::{AccountId, Region};
use crate::sandbox::world::faults::{Effect, Fault, Matching, Often, Side};

/// Order what goes wrong: a fault of calls, events, jobs or stack resources
///
/// Without options it strikes the next one that comes, once. `inject clear` ends all faults.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What goes wrong
    #[arg(value_name = "FAULT")]
    fault: Kind,
    /// Only this operation, as SERVICE:OPERATION, or events of SOURCE:DETAIL-TYPE; `*` and `?` stand for anything
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Only in this environment of the configuration: source, intermediate, destination
    #[arg(long, value_name = "ENVIRONMENT", conflicts_with_all = ["account", "region"])]
    environment: Option<EnvironmentName>,
    /// Only in this account
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Only in this Region
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    /// Only what names this ARN, name or id; `*` and `?` stand for anything
    #[arg(long, value_name = "TEXT")]
    resource: Option<String>,
    /// On which side of the call a connection or the process ends
    #[arg(long, value_name = "SIDE", default_value = "after")]
    side: SideArg,
    /// By how much an answer or an event is late
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    by: Option<Duration>,
    /// The message that a job or a stack resource fails with
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
    /// Strike from the Nth one that matches, counted from now
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    call: u64,
    /// Strike so many
    #[arg(long, value_name = "N", group = "often", value_parser = clap::value_parser!(u64).range(1..))]
    times: Option<u64>,
    /// Strike so many of a hundred, drawn under the world's seed
    #[arg(long, value_name = "PERCENT", group = "often", value_parser = clap::value_parser!(u8).range(1..=100))]
    share: Option<u8>,
    /// Strike each different one once: the same call again passes
    #[arg(long, group = "often")]
    each_once: bool,
    /// Strike every one until `inject clear`
    #[arg(long, group = "often")]
    until_cleared: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The call is throttled
    Throttle,
    /// The service fails and has done nothing
    ServerError,
    /// The connection breaks
    ConnectionReset,
    /// The answer comes late
    SlowAnswer,
    /// The caller's credentials have expired
    ExpiredCredentials,
    /// The caller may not do it
    AccessDenied,
    /// The client's process ends
    ProcessEnds,
    /// An event reaches no rule
    LostEvent,
    /// An event comes twice
    DuplicateEvent,
    /// An event comes late
    LateEvent,
    /// A backup job fails
    BackupJobFails,
    /// A copy job fails
    CopyJobFails,
    /// A resource of a stack fails
    StackResourceFails,
    /// No fault any more
    Clear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SideArg {
    /// The service never sees the call
    Before,
    /// The service has done it, and nobody gets the answer
    After,
}

impl Args {
    fn effect(&self) -> Result<Option<Effect>, Outcome> {
        let side = match self.side {
            SideArg::Before => Side::Before,
            SideArg::After => Side::After,
        };
        let effect = match self.fault {
            Kind::Throttle => Effect::Throttle,
            Kind::ServerError => Effect::ServerError,
            Kind::ConnectionReset => Effect::ConnectionReset { side },
            Kind::SlowAnswer => Effect::SlowAnswer { seconds: self.seconds()? },
            Kind::ExpiredCredentials => Effect::ExpiredCredentials,
            Kind::AccessDenied => Effect::AccessDenied,
            Kind::ProcessEnds => Effect::ProcessEnds { side },
            Kind::LostEvent => Effect::LostEvent,
            Kind::DuplicateEvent => Effect::DuplicateEvent,
            Kind::LateEvent => Effect::LateEvent { seconds: self.seconds()? },
            Kind::BackupJobFails => Effect::BackupJobFails { message: self.message()? },
            Kind::CopyJobFails => Effect::CopyJobFails { message: self.message()? },
            Kind::StackResourceFails => Effect::StackResourceFails { message: self.message()? },
            Kind::Clear => return Ok(None),
        };
        Ok(Some(effect))
    }

    fn seconds(&self) -> Result<u64, Outcome> {
        let hint = "say by how much, such as `--by 10m`";
        let by = self.by.ok_or_else(|| Outcome::usage("a late answer or event needs `--by`", hint))?;
        Ok(by.as_secs())
    }

    fn message(&self) -> Result<String, Outcome> {
        let missing = || {
            let hint = "add `--message` and the words that AWS would use, in quotes";
            Outcome::usage("a job or resource that fails needs `--message`", hint)
        };
        self.message.clone().ok_or_else(missing)
    }

    fn often(&self) -> Often {
        match (self.times, self.share) {
            (Some(times), _) => Often::Times(times),
            (_, Some(share)) => Often::Percent(share),
            _ if self.each_once => Often::EachOnce,
            _ if self.until_cleared => Often::UntilCleared,
            _ => Often::Times(1),
        }
    }

    fn matching(&self, context: &Context<'_>) -> Result<Matching, Outcome> {
        let (account, region) = match self.environment {
            None => (self.account.clone(), self.region.clone()),
            Some(name) => {
                let pipeline = context.pipeline(Selected::Optional)?;
                let place = pipeline.environment(name);
                (Some(place.account.clone()), Some(place.region.clone()))
            }
        };
        Ok(Matching { operation: self.operation.clone(), account, region, resource: self.resource.clone() })
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let effect = args.effect()?;
    let matching = args.matching(context)?;
    let sandbox = context.sandbox()?;
    let changed = match effect {
        Some(effect) => {
            sandbox.inject(Fault { effect, matching, after: args.call - 1, often: args.often() }).map(|()| 0)
        }
        None => sandbox.clear_faults(),
    };
    let cleared = changed.and_then(|cleared| sandbox.save().map(|()| cleared));
    let cleared = cleared.map_err(|error| store_failure(&error))?;
    context.ran(sandbox.now().into(), sandbox.now().into());
    let body = json!({"faults": view::faults(&sandbox.world()), "cleared": cleared});
    Ok(Outcome::done(Text::Result(render::world::injected(&body, &context.page()))).with_body(body))
}
