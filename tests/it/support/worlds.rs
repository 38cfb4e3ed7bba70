//! Prepared worlds, built once and cloned.

use std::sync::LazyLock;

use backupctl::sandbox::world::World;
use backupctl::sandbox::{Sandbox, scenario};

use super::command::backupctl;

static BOOTSTRAPPED: LazyLock<World> = LazyLock::new(|| {
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    backupctl(&sandbox, "bootstrap --yes").expect(0);
    sandbox.world()
});

static AFTER_A_NIGHT: LazyLock<World> = LazyLock::new(|| {
    let sandbox = bootstrapped();
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    sandbox.world()
});

/// The built-in world, untouched.
pub fn built_in() -> Sandbox {
    Sandbox::in_memory(scenario::built_in(1))
}

/// After `bootstrap --yes`.
pub fn bootstrapped() -> Sandbox {
    Sandbox::in_memory(BOOTSTRAPPED.clone())
}

/// After `bootstrap --yes` and 26 hours.
pub fn after_a_night() -> Sandbox {
    Sandbox::in_memory(AFTER_A_NIGHT.clone())
}
