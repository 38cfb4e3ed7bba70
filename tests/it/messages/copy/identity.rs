//! Whose backups are copied, where a name has had several databases.

use crate::identity::{create, delete};
use crate::support::command::deny;
use crate::support::gallery::Gallery;
use crate::support::worlds;

#[test]
fn backups_of_an_earlier_database_are_told_apart() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    delete(&sandbox, "orders");
    create(&sandbox, "orders");
    gallery.refuse("The newest", &sandbox, "copy --resource orders --latest", 5);
    gallery.show("All", Some(&sandbox), "copy --resource orders", 0);
    deny(&sandbox, "rds:DescribeDBInstances", "--environment source");
    gallery.show("Not to be told apart", Some(&sandbox), "copy --resource orders --latest", 0);
    insta::assert_snapshot!(gallery.into_text());
}
