//! The sandbox over loopback HTTP.

mod clocks;
mod hostile;
mod process;
