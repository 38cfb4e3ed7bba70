//! The one integration binary.

mod benches;
mod bootstrap;
mod catalogue;
mod cleanup;
mod docs;
mod doctor;
mod faults;
mod fences;
mod function;
mod fuzz;
mod green;
mod hostile;
mod identity;
mod init;
mod interruption;
mod messages;
mod mutations;
mod policy;
mod privilege;
mod sandbox;
mod scenario;
mod schedules;
mod serve;
mod strangers;
mod support;
mod walk;
