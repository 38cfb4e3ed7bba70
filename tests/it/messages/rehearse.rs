//! `rehearse`: the main job as it is read, and what stops it.

use crate::support::gallery::Gallery;

/// A pipeline of other accounts than the built-in one.
const PIPELINE: &str = "[source]\naccount = \"333333333333\"\n[destination]\naccount = \"444444444444\"\n";
const SHOP: &str = "[selection]\nresources = [\"arn:aws:rds:us-east-1:333333333333:db:shop\"]\n";

#[test]
fn a_rehearsal_is_read_from_its_first_step_to_the_keys_of_three_vaults() {
    let mut gallery = Gallery::new();
    gallery.file("backupctl.toml", &format!("{PIPELINE}{SHOP}"));
    let ran = gallery.show("One database", None, "rehearse --keep kept", 0);
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    assert!(gallery.directory().join("kept/world.json").exists());
    gallery.show("Its world, kept", None, "sandbox advance 1s --sandbox=kept", 0);
    gallery.show("Another one there", None, "rehearse --keep kept", 5);
    std::fs::create_dir(gallery.directory().join("thesis")).expect("a directory");
    gallery.file("thesis/chapter-1.txt", "precious");
    gallery.show("Somebody's directory", None, "rehearse --keep thesis", 1);
    let text = gallery.into_text();
    let (rehearsal, others) = text.split_once("\n\n## ").expect("several scenes");
    insta::assert_snapshot!(format!("{}\n## {others}", own_lines(rehearsal)));
}

/// Without what the commands say in between, which their own tests show: the rehearsal's lines begin with the date.
fn own_lines(text: &str) -> String {
    let is_own = |line: &&str| line.strip_prefix("2>").is_none_or(|told| told.starts_with(" 2026-"));
    text.lines().filter(is_own).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_configuration_of_which_no_world_can_be_made_is_told() {
    let mut gallery = Gallery::new();
    let mut refused = |about: &str, added: &str| {
        gallery.file("backupctl.toml", &format!("{PIPELINE}{added}"));
        gallery.show(about, None, "rehearse --quiet --keep kept", 2);
        assert!(!gallery.directory().join("kept").exists(), "{about}");
    };
    let key = "key_arn = \"arn:aws:kms:us-west-2:444444444444:key/0a1b2c3d-0000-4000-8000-000000000001\"\n";
    refused("A key of a given ARN", &format!("{key}{SHOP}"));
    let cluster = "[selection]\nresources = [\"arn:aws:rds:us-east-1:333333333333:cluster:shop\"]\n";
    refused("A cluster", cluster);
    let admins = "key_admin = [\"role/day/ops\", \"role/night/ops\"]\n";
    refused("Two roles of one name, which IAM does not take", &format!("{admins}{SHOP}"));
    let other = "[plan]\nschedule = \"cron(0 5 1 1 ? 2020)\"\n";
    refused("A schedule that never fires again", &format!("{SHOP}{other}"));
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_rehearsal_that_does_not_end_well_says_at_which_step() {
    let mut gallery = Gallery::new();
    let mut stopped = |about: &str, added: &str, command: &str, code: i32| {
        gallery.file("backupctl.toml", &format!("{PIPELINE}{added}"));
        gallery.show(about, None, command, code);
    };
    let strict = format!("{SHOP}[verify]\nmax_age = \"5m\"\n");
    stopped("What arrives is too old by the configuration", &strict, "rehearse --quiet --keep kept", 3);
    stopped("The same as a document", &strict, "rehearse --quiet -o json", 3);
    let none = format!("{SHOP}exclude = [\"arn:aws:rds:us-east-1:333333333333:db:*\"]\n");
    stopped("Every database is left out", &none, "rehearse --quiet", 1);
    insta::assert_snapshot!(gallery.into_text());
}
