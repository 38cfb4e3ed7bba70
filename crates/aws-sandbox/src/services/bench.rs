//! What the services' own tests begin with: a world with one account, in which its administrator calls.

use super::iam;
use crate::world::{Caller, Moment, World};
use aws_policy::names::{AccountId, Region};

/// The account.
pub(super) fn account() -> AccountId {
    "111111111111".parse().expect("an account")
}

/// The Region of those that use one.
pub(super) fn region() -> Region {
    "us-west-2".parse().expect("a Region")
}

/// A world of these Regions, a minute after its administrator was made, and the administrator.
pub(super) fn world(regions: Vec<Region>) -> (World, Caller) {
    let mut world = World::empty(1, Moment::from_millis(1_767_592_800_000), regions);
    iam::create_administrator(&mut world, &account());
    world.advance_to(world.now.plus_seconds(60));
    let administrator = iam::administrator(&world, &account()).expect("an administrator");
    (world, administrator)
}
