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

static WITHOUT_SWEEP: LazyLock<World> = LazyLock::new(|| configured("without_sweep"));
static WITH_NOTIFICATIONS: LazyLock<World> = LazyLock::new(|| configured("with_notifications"));

/// After `bootstrap --yes` with a configuration of this folder.
fn configured(name: &str) -> World {
    let sandbox = Sandbox::in_memory(scenario::built_in(1));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support");
    backupctl(&sandbox, &format!("bootstrap --yes --config {folder}/{name}.toml")).expect(0);
    sandbox.world()
}

static AFTER_A_NIGHT: LazyLock<World> = LazyLock::new(|| {
    let sandbox = bootstrapped();
    backupctl(&sandbox, "sandbox advance 26h").expect(0);
    sandbox.world()
});

/// The built-in world, untouched.
pub fn built_in() -> Sandbox {
    Sandbox::in_memory(scenario::built_in(1))
}

/// The built-in world without roles, settings and opt-ins.
pub fn bare() -> Sandbox {
    Sandbox::in_memory(scenario::Scenario::bare().build().expect("a world"))
}

/// After `bootstrap --yes`.
pub fn bootstrapped() -> Sandbox {
    Sandbox::in_memory(BOOTSTRAPPED.clone())
}

/// After `bootstrap --yes` with an empty `sweep_schedule`: only the event path starts a second hop.
pub fn without_sweep() -> Sandbox {
    Sandbox::in_memory(WITHOUT_SWEEP.clone())
}

/// After `bootstrap --yes` with an e-mail address under `[notifications]`.
pub fn with_notifications() -> Sandbox {
    Sandbox::in_memory(WITH_NOTIFICATIONS.clone())
}

/// After `bootstrap --yes` and 26 hours.
pub fn after_a_night() -> Sandbox {
    Sandbox::in_memory(AFTER_A_NIGHT.clone())
}
