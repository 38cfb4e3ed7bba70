//! What people and scripts see: one JSON document or tables on stdout, everything else on stderr.
//!
//! Nothing here decides. A result is first the contract's document, then, for a person, a rendering
//! of that same document; so the two can never disagree.

pub mod display;
pub mod document;
pub mod io;
pub mod lines;
mod live;
pub mod problem;
pub mod render;
pub mod style;
pub mod table;
pub mod time;

pub use crate::pipeline::plural;
pub use display::Display;
pub use document::Envelope;
pub use io::Io;
pub use problem::Problem;
pub use style::Style;
