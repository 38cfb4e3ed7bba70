//! AWS's schedule expressions, `cron(…)` and `rate(…)`: what they say and when they fire.
//!
//! One grammar for every service that takes them (Amazon EventBridge User Guide, "Cron expressions reference" and
//! "Rate expressions reference"; AWS Backup names the same pages). What a service takes of it stands in [`service`].

mod cron;
mod field;
mod item;
mod mistake;
mod rate;
mod service;
mod values;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use cron::Cron;
pub use field::Field;
pub use mistake::Mistake;
use rate::Rate;
pub use service::Service;

/// When a schedule fires next: that it never does and that nobody can say are no dates, and no judgement may take
/// either for "nothing is due".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextFire {
    /// At this instant.
    At(DateTime<Utc>),
    /// Never again.
    Never,
    /// AWS may take the expression; its fire times cannot be computed here.
    Unreadable,
}

impl NextFire {
    /// The instant, if there is one.
    pub fn at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(at) => Some(at),
            Self::Never | Self::Unreadable => None,
        }
    }
}

/// When the schedule of a backup rule that stands fires next; its time zone is UTC where AWS Backup names none. A rate
/// has no fire time that can be told from outside: AWS Backup documents none.
pub fn next_fire(expression: &str, timezone: Option<&str>, now: DateTime<Utc>) -> NextFire {
    let timezone = timezone.map_or(Ok(Tz::UTC), str::parse);
    match timezone.ok().and_then(|timezone| Schedule::parse(expression, timezone).ok()) {
        Some(schedule @ Schedule { expression: Expression::Cron(_), .. }) => schedule.next_fire(now, now),
        Some(_) | None => NextFire::Unreadable,
    }
}

/// An expression in its time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    expression: Expression,
    timezone: Tz,
}

#[derive(Debug, Clone)]
enum Expression {
    Cron(Box<Cron>),
    Rate(Rate),
}

impl Schedule {
    /// Reads an expression that some service of AWS takes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(expression: &str, timezone: Tz) -> Result<Self, Mistake> {
        let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let expression = match (inside("cron"), inside("rate")) {
            (Some(fields), _) => Expression::Cron(Box::new(Cron::parse(fields)?)),
            (None, Some(rate)) => Expression::Rate(Rate::parse(rate)?),
            (None, None) => return Err(Mistake::Form),
        };
        Ok(Self { expression, timezone })
    }

    /// Reads an expression that this service takes.
    ///
    /// # Errors
    /// What is wrong with it, or which of the service's limits it breaks.
    pub fn of(service: Service, expression: &str, timezone: Tz) -> Result<Self, Mistake> {
        let limits = service.limits();
        if expression.starts_with("rate(") && !limits.takes_rates {
            return Err(Mistake::NoRates);
        }
        let schedule = Self::parse(expression, timezone)?;
        match &schedule.expression {
            Expression::Cron(cron) if cron.least_minutes_apart() < limits.least_minutes_apart => Err(Mistake::TooOften),
            Expression::Rate(_) | Expression::Cron(_) => Ok(schedule),
        }
    }

    /// The latest fire time at or before `at` and after `since`. A rate counts from `since`.
    pub fn latest_fire(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.expression {
            Expression::Cron(cron) => cron.latest(&self.timezone, since, at),
            Expression::Rate(rate) => rate.latest(since, at),
        }
    }

    /// The first fire time after `at`; for a rate that was switched on at `since`.
    pub fn next_fire(&self, since: DateTime<Utc>, at: DateTime<Utc>) -> NextFire {
        match &self.expression {
            Expression::Cron(cron) => cron.next(&self.timezone, at).map_or(NextFire::Never, NextFire::At),
            Expression::Rate(rate) => rate.next(since, at).map_or(NextFire::Unreadable, NextFire::At),
        }
    }

    /// A range that AWS takes, and that says less plainly than a list what is meant.
    pub fn wrapped(&self) -> Option<&Mistake> {
        match &self.expression {
            Expression::Cron(cron) => cron.wrapped.as_ref(),
            Expression::Rate(_) => None,
        }
    }

    /// Whether it fires at all in the years that AWS's calendar has, by the clock of its time zone.
    pub fn ever_fires(&self) -> bool {
        match &self.expression {
            Expression::Cron(cron) => cron.ever_fires(&self.timezone),
            Expression::Rate(_) => true,
        }
    }

    /// The longest time between two fire times on a clock that is never put forward or back; none where there are no
    /// two.
    pub fn longest_pause(&self) -> Option<TimeDelta> {
        match &self.expression {
            Expression::Cron(cron) => cron.longest_pause(),
            Expression::Rate(rate) => Some(rate.pause()),
        }
    }
}

#[cfg(test)]
mod tests;
