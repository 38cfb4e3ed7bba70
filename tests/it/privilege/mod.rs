//! Least privilege, proved: each command works as a role with exactly the policy that `policy` prints,
//! and lacks something, and says what, with any single action less.

mod commands;
mod operator;
mod reference;
mod roles;
