//! The exit codes, once.

use std::fmt::Write as _;

/// How a command ended. The numbers are a promise to operators' scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, nothing wrong.
    Done,
    /// An operation failed: AWS said no, credentials that do not work, a stack rolled back, a copy job failed.
    Failed,
    /// The command line or the configuration is wrong; nothing was called.
    Usage,
    /// `verify` or `doctor` found at least one error.
    Findings,
    /// `--dry-run` found changes that a real run would make.
    Changes,
    /// Refused for safety: consent missing, last copy, locked vault, another account than the configured one.
    Refused,
    /// Timed out while waiting: nothing failed, and the work goes on in AWS.
    TimedOut,
    /// Interrupted.
    Interrupted,
}

impl ExitStatus {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Findings,
        Self::Changes,
        Self::Refused,
        Self::TimedOut,
        Self::Interrupted,
    ];

    /// The process's exit code. An interruption is 128 and the signal's number, as shells have it.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Changes => 4,
            Self::Refused => 5,
            Self::TimedOut => 6,
            Self::Interrupted => 130,
        }
    }

    /// What it means, for `--help`.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, nothing wrong",
            Self::Failed => "an operation failed",
            Self::Usage => "the command line or the configuration is wrong; nothing was called",
            Self::Findings => "verify or doctor found at least one error",
            Self::Changes => "--dry-run found changes that a real run would make",
            Self::Refused => "refused for safety (consent, last copy, locked vault, another account)",
            Self::TimedOut => "timed out while waiting: nothing failed, the work goes on in AWS",
            Self::Interrupted => "interrupted",
        }
    }

    /// Which one wins where several apply: 130, 5, 1, 6, 3, 4. A wrong command line comes before
    /// anything is called, so that nothing can be beside it.
    const fn rank(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Changes => 1,
            Self::Findings => 2,
            Self::TimedOut => 3,
            Self::Failed => 4,
            Self::Refused => 5,
            Self::Interrupted => 6,
            Self::Usage => 7,
        }
    }

    /// The one of two that is told.
    #[must_use]
    pub const fn or_worse(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    /// Whether a document of a command that ended so carries an `error`.
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Failed | Self::Usage | Self::Refused | Self::TimedOut | Self::Interrupted)
    }

    /// The section of every command's help.
    pub(super) fn help() -> String {
        let mut text = "Exit status:".to_owned();
        for status in Self::ALL {
            let _ = write!(text, "\n  {:>3}  {}", status.code(), status.meaning());
        }
        text + "\nWhere several apply: 130, 5, 1, 6, 3, 4 in this order."
    }
}

#[cfg(test)]
mod tests {
    use super::ExitStatus as Exit;

    #[test]
    fn the_codes_are_the_contracts() {
        assert_eq!(Exit::ALL.map(Exit::code), [0, 1, 2, 3, 4, 5, 6, 130]);
    }

    #[test]
    fn the_worst_is_told_in_the_contracts_order() {
        let order =
            [Exit::Interrupted, Exit::Refused, Exit::Failed, Exit::TimedOut, Exit::Findings, Exit::Changes, Exit::Done];
        for (index, worse) in order.iter().enumerate() {
            for milder in &order[index..] {
                assert_eq!(worse.or_worse(*milder), *worse);
                assert_eq!(milder.or_worse(*worse), *worse);
            }
        }
    }
}
