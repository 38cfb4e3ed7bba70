//! Shows events while an operation runs: live on a terminal, as lines elsewhere, as JSON for machines.

use std::time::{Duration, SystemTime};

use super::io::Io;
use super::lines;
use super::live::Live;
use super::style::Style;
use crate::operations::Event;

/// How events are shown.
#[derive(Debug)]
pub enum Display {
    /// Not at all.
    Quiet,
    /// One plain line each.
    Lines(Style),
    /// One JSON object a line.
    Ndjson,
    /// What happened scrolls by above what is going on.
    Live(Style, Box<Live>),
}

impl Display {
    /// A live display on the process's stderr. Its beat is given by [`Display::beat`], never by a
    /// clock of its own.
    pub fn live(style: Style) -> Self {
        Self::Live(style, Box::new(Live::new(style)))
    }

    /// Shows one event that happened at `at`, in a run that began at `started`.
    pub fn show(&self, io: &mut Io, event: &Event, at: SystemTime, started: SystemTime) {
        match self {
            Self::Quiet => {}
            Self::Lines(style) => io.err_line(&lines::line(event, at, *style)),
            Self::Ndjson => io.err_line(&lines::ndjson(event, at, started)),
            Self::Live(style, live) => live.show(event, lines::line(event, at, *style)),
        }
    }

    /// The run goes on without an event.
    pub fn beat(&self, elapsed: Duration) {
        if let Self::Live(_, live) = self {
            live.beat(elapsed);
        }
    }

    /// Nothing more will happen.
    pub fn end(&self) {
        if let Self::Live(_, live) = self {
            live.end();
        }
    }
}
