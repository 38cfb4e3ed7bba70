//! What the services take of the grammar.

/// A service whose schedules are read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `ScheduleExpression` of a backup plan's rule.
    BackupPlan,
    /// `ScheduleExpression` of an EventBridge rule.
    EventsRule,
}

/// The limits of one service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) takes_rates: bool,
    /// How many minutes lie between two fire times at least.
    pub(super) least_minutes_apart: u32,
}

impl Service {
    /// AWS Backup takes "a CRON expression" (API Reference, BackupRuleInput) "as frequently as hourly" (Developer
    /// Guide, "Backup plan options and configuration"); what is more frequent it answers with "The interval between
    /// backup jobs shouldn't be less than 60 minutes." EventBridge takes both forms, to the minute ("Cron expressions
    /// that lead to rates faster than 1 minute are not supported").
    pub(super) const fn limits(self) -> Limits {
        match self {
            Self::BackupPlan => Limits { takes_rates: false, least_minutes_apart: 60 },
            Self::EventsRule => Limits { takes_rates: true, least_minutes_apart: 1 },
        }
    }

    /// How a schedule for it is written.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::BackupPlan => {
                "write cron(minutes hours day-of-month month day-of-week year), such as cron(0 5 ? * * *)"
            }
            Self::EventsRule => {
                "write rate(value unit), such as rate(1 hour), or cron(minutes hours day-of-month month day-of-week year), such as cron(0 5 ? * * *)"
            }
        }
    }
}
