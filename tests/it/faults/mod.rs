//! Commands in a world where things go wrong on order.

mod commands;
mod injection;
mod unseen;
