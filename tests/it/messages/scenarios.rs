//! `sandbox init` and `reset`: every mistake that a scenario file can hold, and what a directory may be.

use std::fs;

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::store::Owner;

use crate::support::gallery::Gallery;

/// A world of one account and one Region; what a row adds begins at line 3.
const WORLD: &str = "regions = [\"us-east-1\"]\naccounts = [\"111111111111\"]\n";

/// What a scenario is about, and its text after [`WORLD`].
const ROWS: &[(&str, &str)] = &[
    // Organizations.
    (
        "An organization's id that is too short",
        "[[organizations]]\nid = \"o-1\"\nmanagement = \"222222222222\"\nmembers = []",
    ),
    (
        "Two organizations of one id, and an account in both",
        "[[organizations]]\nid = \"o-sandboxorg1\"\nmanagement = \"222222222222\"\nmembers = []\n\
         [[organizations]]\nid = \"o-sandboxorg1\"\nmanagement = \"333333333333\"\nmembers = [\"222222222222\"]",
    ),
    (
        "A service control policy that is none, for an account elsewhere",
        "[[organizations]]\nid = \"o-sandboxorg1\"\nmanagement = \"222222222222\"\nmembers = []\n\
         [[organizations.service_control_policies]]\nname = \"guard\"\ndocument = \"deny it\"\ntargets = [\"111111111111\"]",
    ),
    (
        "Units without a parent, under a name that is taken, with an account of none",
        "[[organizations]]\nid = \"o-sandboxorg1\"\nmanagement = \"222222222222\"\nmembers = []\n\
         [[organizations.units]]\nname = \"databases\"\nparent = \"production\"\naccounts = [\"222222222222\"]\n\
         [[organizations.units]]\nname = \"root\"",
    ),
    // Keys.
    (
        "A key in an account and a Region that are not there, under an alias of AWS",
        "[[keys]]\naccount = \"222222222222\"\nregion = \"us-west-2\"\nalias = \"aws/rds\"",
    ),
    // Databases.
    (
        "A database in an account and a Region that are not there, under no name",
        "[[databases]]\naccount = \"222222222222\"\nregion = \"us-west-2\"\nname = \"Orders\"\nengine = \"postgres\"\n\
         engine_version = \"\"\nallocated_gib = 1\nencryption = \"none\"",
    ),
    (
        "Two databases of one name",
        "[[databases]]\naccount = \"111111111111\"\nregion = \"us-east-1\"\nname = \"orders\"\nengine = \"postgres\"\n\
         engine_version = \"16.4\"\nallocated_gib = 20\nencryption = \"none\"\n\
         [[databases]]\naccount = \"111111111111\"\nregion = \"us-east-1\"\nname = \"orders\"\nengine = \"mysql\"\n\
         engine_version = \"8.0.39\"\nallocated_gib = 20\nencryption = \"aws-managed\"",
    ),
    // Roles and policies.
    (
        "A role in another account, on no path, for nobody",
        "[[roles]]\naccount = \"222222222222\"\npath = \"ops\"\nname = \"deploy\"\ntrusts = \"me\"\nmanaged_policies = []",
    ),
    (
        "A policy in another account, on no path, that is none",
        "[[policies]]\naccount = \"222222222222\"\npath = \"ops\"\nname = \"limit\"\ndocument = \"{}\"",
    ),
    // Settings.
    (
        "Settings out of their bounds",
        "[settings]\ncall_latency_ms = -1\ncount_lag_seconds = 9999\nevents_lost_percent = 60\nevents_twice_percent = 60",
    ),
    (
        "More events than any number holds",
        "[settings]\nevents_lost_percent = 9223372036854775807\nevents_twice_percent = 1",
    ),
    // What no scenario says.
    ("A key that is nearly one", "[settings]\niam_lag_second = 3"),
    ("A key that is none", "colour = \"red\""),
    ("A word where a number stands", "seed = \"one\""),
    ("A number where a list stands", "databases = 3"),
    ("A number where a table stands", "settings = 3"),
    ("A negative seed", "seed = -1"),
    ("An encryption that none is", "[[databases]]\nencryption = \"customer\""),
    ("A database without a name", "[[databases]]\naccount = \"111111111111\""),
    ("No TOML", "[settings"),
    // What only the services can tell.
    (
        "A managed policy that AWS has not",
        "[[roles]]\naccount = \"111111111111\"\npath = \"/\"\nname = \"deploy\"\ntrusts = \"backup.amazonaws.com\"\n\
         managed_policies = [\"arn:aws:iam::aws:policy/Nothing\"]",
    ),
    (
        "Two roles of one name",
        "[[roles]]\naccount = \"111111111111\"\npath = \"/\"\nname = \"deploy\"\ntrusts = \"backup.amazonaws.com\"\nmanaged_policies = []\n\
         [[roles]]\naccount = \"111111111111\"\npath = \"/\"\nname = \"deploy\"\ntrusts = \"backup.amazonaws.com\"\nmanaged_policies = []",
    ),
];

#[test]
fn each_mistake_in_a_scenario_is_told_and_nothing_is_made() {
    let mut gallery = Gallery::new();
    let mut refused = |about: &str, text: &str| {
        gallery.file("bad.toml", text);
        gallery.show(about, None, "sandbox init --sandbox=world --scenario bad.toml", 2);
        assert!(!gallery.directory().join("world/world.json").exists(), "{about}");
    };
    refused("An empty file", "");
    refused("A Region that is nearly one", "regions = [\"us-east1\"]\naccounts = [\"111111111111\"]\n");
    for (about, text) in ROWS {
        refused(about, &format!("{WORLD}{text}\n"));
    }
    gallery.show("No such file", None, "sandbox init --sandbox=world --scenario built-out", 2);
    insta::assert_snapshot!(gallery.into_text());
}

/// The world of [`WORLD`] in the directory `world`.
fn small() -> Gallery {
    let mut gallery = Gallery::new();
    gallery.file("small.toml", WORLD);
    gallery.show("A world from a file", None, "sandbox init --sandbox=world --scenario small.toml", 0);
    gallery
}

#[test]
fn a_world_is_made_moved_on_kept_and_thrown_away() {
    let mut gallery = small();
    gallery.show("Another one in its place", None, "sandbox init --sandbox=world", 5);
    gallery.show("An hour", None, "sandbox advance 1h --sandbox=world", 0);
    let world = gallery.directory().join("world/world.json");
    let before = fs::read(&world).expect("a world");
    gallery.file("bad.toml", "regions = [");
    gallery.show(
        "Nothing is thrown away for a scenario with a mistake",
        None,
        "sandbox reset --sandbox=world --scenario bad.toml",
        2,
    );
    assert_eq!(fs::read(&world).expect("a world"), before);
    gallery.show("Thrown away", None, "sandbox reset --sandbox=world --scenario small.toml", 0);
    gallery.show("The first use of a directory", None, "sandbox advance 1m --sandbox=other", 0);
    gallery.show("No directory named", None, "sandbox init --scenario bare", 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_directory_that_cannot_be_used_is_left_alone_and_told_what_it_is() {
    let mut gallery = small();
    let world = gallery.directory().join("world");
    let (snapshot, log) = (world.join("world.json"), world.join("log"));
    let sound = [&snapshot, &log].map(|file| fs::read_to_string(file).expect("a file"));
    let mut damaged = |about: &str, file: &std::path::Path, text: &str, code: i32| {
        fs::write(&snapshot, &sound[0]).expect("written");
        fs::write(&log, &sound[1]).expect("written");
        fs::write(file, text).expect("written");
        gallery.show(about, None, "sandbox advance 1s --sandbox=world", code);
        assert!(code == 0 || fs::read_to_string(file).expect("a file") == text, "{about}");
    };
    let header = sound[1].trim_end();
    damaged("A change that was not written to its end", &log, &format!("{header}\n{{\"advance\":17"), 0);
    damaged("A change that none is", &log, &format!("{header}\n{{\"retreat\":17}}\n"), 1);
    damaged("A log without a header", &log, "{}\n", 1);
    damaged("A log of another format", &log, "{\"backupctl-sandbox\":2,\"generation\":1}\n", 1);
    damaged("A log of a later snapshot", &log, "{\"backupctl-sandbox\":1,\"generation\":9}\n", 1);
    damaged("A snapshot of another format", &snapshot, "{\"backupctl-sandbox\":2,\"worlds\":[]}", 1);
    damaged("A snapshot that ends early", &snapshot, "{\"backupctl-sandbox\":1,\"generation\":1,\"world\":{", 1);
    let misplaced = sound[0].replace("111111111111/us-east-1", "111111111111");
    assert_ne!(misplaced, sound[0]);
    damaged("A place that none is", &snapshot, &misplaced, 1);
    gallery.show("A damaged world, thrown away", None, "sandbox reset --sandbox=world --scenario small.toml", 0);
    fs::create_dir(gallery.directory().join("thesis")).expect("a directory");
    gallery.file("thesis/chapter-1.txt", "precious");
    gallery.show("Somebody's directory", None, "sandbox reset --sandbox=thesis", 1);
    gallery.show("A file", None, "sandbox show --sandbox=small.toml", 1);
    let endpoint = Some("http://127.0.0.1:4566".to_owned());
    let owner = Owner { pid: 4711, command: "backupctl sandbox serve".to_owned(), endpoint };
    let _served = Sandbox::open(&world, &owner).expect("a sandbox");
    gallery.show("A world that is being served", None, "sandbox show --sandbox=world", 1);
    insta::assert_snapshot!(gallery.into_text());
}
