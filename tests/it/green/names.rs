//! `--resource` takes a short name or an ARN; a name that nobody knows is never green.

use super::{DESTINATION_VAULT, ORDERS, delete_points, of_check, pass, resource, stop_second_hops};
use crate::support::command::{Ran, backupctl};
use crate::support::worlds;

#[test]
fn the_three_ways_to_name_a_database_are_one() {
    let sandbox = worlds::after_a_night();
    let seen = |name: &str| {
        let ran = backupctl(&sandbox, &format!("verify --resource {name} -o json")).expect(0);
        let points = ran.json()["recovery_points"].clone();
        assert_eq!(points.as_array().map(Vec::len), Some(1), "{name}");
        assert_eq!(resource(&ran, "orders")["state"], "protected");
        points
    };
    let by_arn = seen(ORDERS);
    assert_eq!(seen("orders"), by_arn);
    assert_eq!(seen("db:orders"), by_arn);
    stop_second_hops(&sandbox);
    delete_points(&sandbox, DESTINATION_VAULT, "orders");
    pass(&sandbox, 30);
    for name in ["orders", "db:orders", ORDERS] {
        backupctl(&sandbox, &format!("verify --resource {name} --only recovery-points --quiet")).expect(3);
    }
}

#[test]
fn a_name_that_nobody_knows_is_an_error_that_names_the_nearest() {
    let sandbox = worlds::after_a_night();
    for name in ["order", "db:ordes", "arn:aws:rds:us-east-1:111111111111:db:order"] {
        let ran = backupctl(&sandbox, &format!("verify --resource {name} -o json")).expect(3);
        let unknown = of_check(&ran, "resource-unknown");
        assert!(
            unknown[0]["message"].as_str().is_some_and(|text| text.ends_with("did you mean db:orders?")),
            "{unknown:#?}"
        );
        for command in ["copy --dry-run", "cleanup --dry-run"] {
            let ran = backupctl(&sandbox, &format!("{command} --resource {name} -o json")).expect(1);
            let said = ran.json()["error"]["message"].as_str().expect("a message").to_owned();
            assert!(said.ends_with("did you mean db:orders?"), "{command}: {said}");
        }
    }
    let far = backupctl(&sandbox, "verify --resource zzz --only recovery-points -o json");
    assert_eq!(far.code, 3, "no area hides it: {}", far.stdout);
}

#[test]
fn what_can_name_nothing_is_exit_2_before_any_call() {
    let sandbox = worlds::after_a_night();
    let before = sandbox.calls();
    for name in ["1", "db:", "or_ders", "arn:aws:rds", "arn:aws:rds:us-east-1:111111111111:db:"] {
        for command in ["verify", "copy --dry-run", "cleanup --dry-run"] {
            let Ran { code, stderr, .. } = backupctl(&sandbox, &format!("{command} --resource {name}"));
            assert_eq!(code, 2, "{command} {name}: {stderr}");
            assert!(stderr.contains("names no database"), "{stderr}");
        }
    }
    for arn in [
        "arn:aws:rds:us-east-1:111111111111:cluster:orders",
        "arn:aws:rds:us-east-1:111111111111:snapshot:x",
        "arn:aws:dynamodb:us-east-1:111111111111:table/orders",
        "arn:aws:ec2:us-east-1:111111111111:instance/i-1",
    ] {
        for command in ["verify", "verify --allow-skipped", "copy --dry-run", "copy", "cleanup --dry-run"] {
            let Ran { code, stderr, .. } = backupctl(&sandbox, &format!("{command} --resource {arn}"));
            assert_eq!(code, 2, "{command} {arn}: {stderr}");
            assert!(stderr.contains("is not the ARN of a DB instance"), "{stderr}");
        }
    }
    assert_eq!(sandbox.calls(), before);
}
