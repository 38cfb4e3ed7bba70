//! What a wrong command line is told, what help says, and what a configuration that is not there or not right is told.

use std::fs;

use crate::support::gallery::{Gallery, Typed};
use crate::support::worlds;

const ACCOUNTS: &str = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n";

/// What a gallery shows, without this machine's time in documents.
fn timeless(gallery: Gallery) -> String {
    let lines = |text: &str| -> Vec<String> {
        let at = |line: &str| line.trim_start().starts_with("\"generated_at\"");
        text.lines().map(|line| if at(line) { "  \"generated_at\": …".to_owned() } else { line.to_owned() }).collect()
    };
    lines(&gallery.into_text()).join("\n")
}

#[test]
fn a_wrong_command_line_is_told_what_is_wrong() {
    let mut gallery = Gallery::new();
    gallery.show("Nothing", None, "", 2);
    gallery.show("Nearly a command", None, "bootstrapp", 2);
    gallery.show("A flag of no command", None, "cleanup --nonsense", 2);
    gallery.show("The same for a script", None, "cleanup --nonsense -o json", 2);
    gallery.show("A number without its unit", None, "verify --timeout 5", 2);
    gallery.show("Waiting for nothing", None, "verify --timeout 0s", 2);
    gallery.show("An area that there is not", None, "verify --only vault", 2);
    gallery.show("No template in particular", None, "template", 2);
    gallery.show("A template of another place", None, "template elsewhere", 2);
    gallery.show("A policy of another place", None, "policy --for verify --environment elsewhere", 2);
    gallery.show("A policy of no command", None, "policy --for sandbox --environment source", 2);
    gallery.show("A tag that is none", None, "init --tag daily", 2);
    gallery.show("An account that is none", None, "init --source-account 12", 2);
    gallery.show("A role that is none", None, "init --source-role-arn backup", 2);
    insta::assert_snapshot!(timeless(gallery));
}

#[test]
fn help_says_the_exit_codes() {
    let mut gallery = Gallery::new();
    gallery.show("All of it", None, "--help", 0);
    gallery.show("A command's", None, "explain --help", 0);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_configuration_that_cannot_be_read_says_what_to_do() {
    let mut gallery = Gallery::new();
    gallery.show("None anywhere", None, "verify", 2);
    gallery.show("One that is not there", None, "verify --config else.toml", 2);
    let named = Typed { environment: &[("BACKUPCTL_CONFIG", "else.toml")], ..Typed::default() };
    gallery.typed("One that the environment names", None, "verify", 2, named);
    fs::write(gallery.directory().join("latin.toml"), b"# caf\xe9\n").expect("written");
    gallery.show("Not UTF-8", None, "verify --config latin.toml", 2);
    fs::create_dir(gallery.directory().join("folder")).expect("made");
    gallery.show("A directory", None, "verify --config folder", 2);
    gallery.file("wrong.toml", "[source]\nacount = \"111111111111\"\n[plann]\n");
    gallery.show("Several mistakes", None, "verify --config wrong.toml", 2);
    gallery.show("The same for a script", None, "verify --config wrong.toml -o json", 2);
    insta::assert_snapshot!(timeless(gallery));
}

#[test]
fn a_world_that_lacks_what_the_configuration_names_is_said_to_lack_it() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    gallery.file("account.toml", &ACCOUNTS.replace("222222222222", "333333333333"));
    gallery.refuse("An account", &sandbox, "verify --config account.toml", 2);
    gallery.file("region.toml", &format!("{ACCOUNTS}[intermediate]\nregion = \"eu-central-1\"\n"));
    gallery.refuse("A Region", &sandbox, "verify --config region.toml", 2);
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn documents_are_made_or_it_is_said_why_not() {
    let mut gallery = Gallery::new();
    gallery.file("backupctl.toml", ACCOUNTS);
    gallery.file("taken", "a file, no directory");
    gallery.show("All three templates", None, "template --write templates", 0);
    gallery.show("Templates where there is a file", None, "template --write taken", 1);
    gallery.show("Manual pages where there is a file", None, "man taken", 1);
    gallery.show("A policy of what calls nothing there", None, "policy --for init --environment management", 2);
    let long = gallery.show("A long policy", None, "policy --for bootstrap --environment intermediate", 0);
    insta::assert_snapshot!("a_long_policy_has_a_note", long.stderr);
    assert!(gallery.directory().join("templates").is_dir());
    insta::assert_snapshot!(gallery.into_text());
}
