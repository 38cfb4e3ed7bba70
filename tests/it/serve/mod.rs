//! The sandbox over loopback HTTP.

mod hostile;
mod process;
