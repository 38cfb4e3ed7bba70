//! `verify`: what is wrong with recovery points, and what it could not look at.

mod databases;
mod points;
mod unseen;
mod without;
