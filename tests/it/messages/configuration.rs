//! A configuration that is wrong stops a command before anything is called.

use crate::support::gallery::Gallery;
use crate::support::worlds;

#[test]
fn a_wrong_configuration_is_told_with_its_place_and_nothing_is_called() {
    let (sandbox, mut gallery) = (worlds::built_in(), Gallery::new());
    gallery.file("backupctl.toml", "[source]\naccount = \"11111111111\"\n\n[destination]\nacount = \"222222222222\"\n");
    for command in ["bootstrap --yes", "doctor", "cleanup --yes --confirm 111111111111 --confirm 222222222222"] {
        gallery.refuse(command, &sandbox, &format!("{command} --config backupctl.toml"), 2);
    }
    gallery.refuse("A file that is not there", &sandbox, "verify --config elsewhere.toml", 2);
    assert_eq!(sandbox.calls(), 0);
    insta::assert_snapshot!(gallery.into_text());
}
