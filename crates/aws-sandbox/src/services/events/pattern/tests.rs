//! What patterns take and refuse.

use serde_json::json;

use super::*;

fn takes(pattern: Value, event: Value) -> bool {
    Pattern::parse(&pattern.to_string()).expect("a pattern").matches(&event)
}

fn reason(pattern: Value) -> String {
    Pattern::parse(&pattern.to_string()).expect_err("a refusal")
}

/// Each row is an example of the User Guide's page on comparison operators, or its plain reverse.
#[test]
fn the_operators_of_the_user_guide() {
    let rows = [
        (json!({"source": ["aws.ec2", "aws.backup"]}), json!({"source": "aws.backup"}), true),
        (json!({"source": ["aws.ec2"]}), json!({"source": "aws.EC2"}), false),
        (json!({"source": ["aws.ec2"]}), json!({}), false),
        (json!({"time": [{"prefix": "2017-10-02"}]}), json!({"time": "2017-10-02T18:43:48Z"}), true),
        (json!({"s": [{"prefix": {"equals-ignore-case": "EventB"}}]}), json!({"s": "eventbridge"}), true),
        (json!({"f": [{"suffix": ".png"}]}), json!({"f": "a.png"}), true),
        (json!({"f": [{"suffix": {"equals-ignore-case": ".png"}}]}), json!({"f": "a.PNG"}), true),
        (json!({"t": [{"equals-ignore-case": "alarm"}]}), json!({"t": "ALARM"}), true),
        (json!({"s": [{"anything-but": "initializing"}]}), json!({"s": "running"}), true),
        (json!({"s": [{"anything-but": "initializing"}]}), json!({"s": "initializing"}), false),
        (json!({"x": [{"anything-but": [100, 200]}]}), json!({"x": 200.0}), false),
        (json!({"s": [{"anything-but": {"prefix": "init"}}]}), json!({"s": "initializing"}), false),
        (json!({"s": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]}), json!({"s": "a.png"}), true),
        (json!({"s": [{"anything-but": {"wildcard": "*/lib/*"}}]}), json!({"s": "a/lib/b"}), false),
        (json!({"s": [{"anything-but": {"equals-ignore-case": ["a", "b"]}}]}), json!({"s": "B"}), false),
        (json!({"c": [{"numeric": [">", 0, "<=", 5]}]}), json!({"c": 5}), true),
        (json!({"c": [{"numeric": [">", 0, "<=", 5]}]}), json!({"c": 5.1}), false),
        (json!({"c": [{"numeric": ["=", 301.8]}]}), json!({"c": 3.018e2}), true),
        (json!({"ip": [{"cidr": "10.0.0.0/24"}]}), json!({"ip": "10.0.0.255"}), true),
        (json!({"ip": [{"cidr": "10.0.0.0/24"}]}), json!({"ip": "10.0.1.0"}), false),
        (json!({"s": [{"wildcard": "dir/*.png"}]}), json!({"s": "dir/a/b.png"}), true),
        (json!({"s": [{"wildcard": "a\\*"}]}), json!({"s": "ab"}), false),
        (json!({"d": {"s": [{"exists": true}]}}), json!({"d": {"s": null}}), true),
        (json!({"d": {"s": [{"exists": false}]}}), json!({"e": 1}), true),
        (json!({"d": {"s": [{"exists": false}]}}), json!({"d": {"s": {"t": 1}}}), true),
        (json!({"resources": ["b"]}), json!({"resources": ["a", "b"]}), true),
        (json!({"u": [null]}), json!({"u": null}), true),
        (json!({"u": [""]}), json!({"u": null}), false),
        (json!({"d": {"$or": [{"a": [1]}, {"b": [2]}]}}), json!({"d": {"b": 2}}), true),
        (json!({"d": {"$or": [{"a": [1]}, {"b": [2]}]}}), json!({"d": {"b": 1}}), false),
        (json!({"a": {"b": [1], "c": [2]}}), json!({"a": [{"b": 1}, {"c": 2}]}), false),
        (json!({"a": {"b": [1], "c": [2]}}), json!({"a": [{"b": 1, "c": 2}]}), true),
    ];
    for (pattern, event, expected) in rows {
        assert_eq!(takes(pattern.clone(), event.clone()), expected, "{pattern} on {event}");
    }
}

#[test]
fn a_copy_started_by_hand_has_no_plan() {
    // AWS Backup Developer Guide: `createdBy` is absent from events of on-demand jobs.
    let pattern = json!({"detail": {"createdBy": {"backupPlanArn": [{"exists": false}]}}});
    assert!(takes(pattern.clone(), json!({"detail": {"state": "COMPLETED"}})));
    assert!(!takes(pattern, json!({"detail": {"createdBy": {"backupPlanArn": "arn:x"}}})));
}

/// The texts are those of the open-source rule compiler that EventBridge runs (aws/event-ruler).
#[test]
fn patterns_that_are_none() {
    assert_eq!(reason(json!({"source": "aws.ec2"})), "\"source\" must be an object or an array");
    assert_eq!(reason(json!({"source": []})), "Empty arrays are not allowed");
    assert_eq!(reason(json!({"source": [{"like": "a"}]})), "Unrecognized match type like");
    assert_eq!(reason(json!({"source": [{"prefix": "a", "suffix": "b"}]})), "Only one key allowed in match expression");
    assert_eq!(reason(json!([1])), "Filter is not an object");
    assert!(Pattern::parse("{").is_err());
}
