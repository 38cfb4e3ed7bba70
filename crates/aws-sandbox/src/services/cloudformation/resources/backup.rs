//! `AWS::Backup::BackupVault`, `BackupPlan` and `BackupSelection`.

use serde_json::{Map, Value, json};

use super::schema::{Kind, Property};
use super::{Hand, Made, Outcome, ResourceType, document, get, tag_changes, tag_map, tags_of, text};
use crate::services::Service;

const LIFECYCLE: Kind = Kind::Object(&[
    Property::new("DeleteAfterDays", Kind::Integer),
    Property::new("MoveToColdStorageAfterDays", Kind::Integer),
    Property::new("OptInToArchiveForSupportedResources", Kind::Boolean),
]);

const RULE: Kind = Kind::Object(&[
    Property::new("CompletionWindowMinutes", Kind::Integer),
    Property::new(
        "CopyActions",
        Kind::List(&Kind::Object(&[
            Property::required("DestinationBackupVaultArn", Kind::Text),
            Property::new("Lifecycle", LIFECYCLE),
        ])),
    ),
    Property::new("EnableContinuousBackup", Kind::Boolean),
    Property::new("Lifecycle", LIFECYCLE),
    Property::new("RecoveryPointTags", Kind::TextMap),
    Property::required("RuleName", Kind::Text),
    Property::new("ScheduleExpression", Kind::Text),
    Property::new("ScheduleExpressionTimezone", Kind::Text),
    Property::new("StartWindowMinutes", Kind::Integer),
    Property::required("TargetBackupVault", Kind::Text),
]);

const CONDITIONS: Kind = Kind::List(&Kind::Object(&[
    Property::new("ConditionKey", Kind::Text),
    Property::new("ConditionValue", Kind::Text),
]));

pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "AWS::Backup::BackupVault",
        properties: &[
            Property::new("AccessPolicy", Kind::Policy),
            Property::required("BackupVaultName", Kind::Text).replaces(),
            Property::new("BackupVaultTags", Kind::TextMap),
            Property::new("EncryptionKeyArn", Kind::Text).replaces(),
            Property::new(
                "LockConfiguration",
                Kind::Object(&[
                    Property::new("ChangeableForDays", Kind::Integer),
                    Property::new("MaxRetentionDays", Kind::Integer),
                    Property::required("MinRetentionDays", Kind::Integer),
                ]),
            ),
        ],
        seconds: (3, 4),
        tags: Some("BackupVaultTags"),
        custom_name: Some("BackupVaultName"),
        identifier: Some("BackupVaultName"),
        create: create_vault,
        update: update_vault,
        delete: delete_vault,
        read: Some(read_vault),
    },
    ResourceType {
        name: "AWS::Backup::BackupPlan",
        properties: &[
            Property::required(
                "BackupPlan",
                Kind::Object(&[
                    Property::new("AdvancedBackupSettings", Kind::Json),
                    Property::required("BackupPlanName", Kind::Text),
                    Property::required("BackupPlanRule", Kind::List(&RULE)),
                ]),
            ),
            Property::new("BackupPlanTags", Kind::TextMap),
        ],
        seconds: (3, 4),
        tags: Some("BackupPlanTags"),
        custom_name: None,
        identifier: Some("BackupPlanId"),
        create: create_plan,
        update: update_plan,
        delete: delete_plan,
        read: None,
    },
    ResourceType {
        name: "AWS::Backup::BackupSelection",
        properties: &[
            Property::required("BackupPlanId", Kind::Text).replaces(),
            Property::required(
                "BackupSelection",
                Kind::Object(&[
                    Property::new(
                        "Conditions",
                        Kind::Object(&[
                            Property::new("StringEquals", CONDITIONS),
                            Property::new("StringLike", CONDITIONS),
                            Property::new("StringNotEquals", CONDITIONS),
                            Property::new("StringNotLike", CONDITIONS),
                        ]),
                    ),
                    Property::required("IamRoleArn", Kind::Text),
                    Property::new(
                        "ListOfTags",
                        Kind::List(&Kind::Object(&[
                            Property::required("ConditionKey", Kind::Text),
                            Property::required("ConditionType", Kind::Text),
                            Property::required("ConditionValue", Kind::Text),
                        ])),
                    ),
                    Property::new("NotResources", Kind::List(&Kind::Text)),
                    Property::new("Resources", Kind::List(&Kind::Text)),
                    Property::required("SelectionName", Kind::Text),
                ]),
            )
            .replaces(),
        ],
        seconds: (3, 4),
        tags: None,
        custom_name: None,
        identifier: Some("Id"),
        create: create_selection,
        update: |_, id, _, _| Ok(selection(id)),
        delete: delete_selection,
        read: None,
    },
];

fn vault(answer: &Value) -> Made {
    let name = text(answer, "BackupVaultName").unwrap_or_default();
    Made::new(name.clone(), json!({ "BackupVaultArn": answer["BackupVaultArn"], "BackupVaultName": name }))
}

fn create_vault(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let name = get(properties, "BackupVaultName");
    let input = json!({
        "BackupVaultName": name,
        "EncryptionKeyArn": get(properties, "EncryptionKeyArn"),
        "BackupVaultTags": tag_map(&tags_of(properties, "BackupVaultTags")),
    });
    let answer = hand.call(Service::Backup, "CreateBackupVault", input)?;
    let applied = set_policy(hand, &name, properties).and_then(|()| match properties.get("LockConfiguration") {
        Some(_) => set_lock(hand, &name, properties),
        None => Ok(()),
    });
    if let Err(failure) = applied {
        // The handler takes its half-made vault back, or the next attempt would find it in the way.
        hand.call_unless_gone(Service::Backup, "DeleteBackupVault", json!({ "BackupVaultName": name }))?;
        return Err(failure);
    }
    Ok(vault(&answer))
}

fn set_policy(hand: &mut Hand<'_>, name: &Value, properties: &Value) -> Outcome<()> {
    let Some(policy) = document(properties, "AccessPolicy") else { return Ok(()) };
    let input = json!({ "BackupVaultName": name, "Policy": policy });
    hand.call(Service::Backup, "PutBackupVaultAccessPolicy", input).map(|_| ())
}

fn set_lock(hand: &mut Hand<'_>, name: &Value, properties: &Value) -> Outcome<()> {
    let mut input = match properties.get("LockConfiguration") {
        Some(Value::Object(lock)) => lock.clone(),
        _ => {
            let input = json!({ "BackupVaultName": name });
            return hand.call(Service::Backup, "DeleteBackupVaultLockConfiguration", input).map(|_| ());
        }
    };
    input.insert("BackupVaultName".to_owned(), name.clone());
    hand.call(Service::Backup, "PutBackupVaultLockConfiguration", Value::Object(input)).map(|_| ())
}

fn update_vault(hand: &mut Hand<'_>, name: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let named = Value::from(name);
    let arn = hand.arn("backup", &format!("backup-vault:{name}"));
    if old.get("AccessPolicy") != new.get("AccessPolicy") {
        match new.get("AccessPolicy") {
            Some(_) => set_policy(hand, &named, new)?,
            None => {
                let input = json!({ "BackupVaultName": name });
                hand.call_unless_gone(Service::Backup, "DeleteBackupVaultAccessPolicy", input)?;
            }
        }
    }
    if old.get("LockConfiguration") != new.get("LockConfiguration") {
        set_lock(hand, &named, new)?;
    }
    retag(hand, &arn, old, new, "BackupVaultTags")?;
    Ok(Made::new(name, json!({ "BackupVaultArn": arn, "BackupVaultName": name })))
}

fn retag(hand: &mut Hand<'_>, arn: &str, old: &Value, new: &Value, property: &str) -> Outcome<()> {
    let (set, gone) = tag_changes(old, new, property);
    if !set.is_empty() {
        let input = json!({ "ResourceArn": arn, "Tags": tag_map(&set) });
        hand.call(Service::Backup, "TagResource", input)?;
    }
    if !gone.is_empty() {
        let input = json!({ "ResourceArn": arn, "TagKeyList": gone });
        hand.call(Service::Backup, "UntagResource", input)?;
    }
    Ok(())
}

fn delete_vault(hand: &mut Hand<'_>, name: &str, _properties: &Value) -> Outcome<()> {
    hand.call_unless_gone(Service::Backup, "DeleteBackupVault", json!({ "BackupVaultName": name }))
}

fn read_vault(hand: &mut Hand<'_>, name: &str) -> Outcome<(Made, Value)> {
    let answer = hand.call(Service::Backup, "DescribeBackupVault", json!({ "BackupVaultName": name }))?;
    let policy = hand.call(Service::Backup, "GetBackupVaultAccessPolicy", json!({ "BackupVaultName": name }));
    let mut live = json!({ "BackupVaultName": name, "EncryptionKeyArn": answer["EncryptionKeyArn"] });
    match policy {
        Ok(policy) => {
            live["AccessPolicy"] =
                serde_json::from_str(policy["Policy"].as_str().unwrap_or_default()).unwrap_or_default()
        }
        Err(failure) if failure.is_absent() => live["AccessPolicy"] = Value::Null,
        Err(failure) => return Err(failure),
    }
    Ok((vault(&answer), live))
}

/// The template's plan as the API takes it: `BackupPlanRule` is `Rules` there, and
/// `TargetBackupVault` is `TargetBackupVaultName`.
fn plan_document(properties: &Value) -> Value {
    let mut plan = match properties.get("BackupPlan") {
        Some(Value::Object(plan)) => plan.clone(),
        _ => Map::new(),
    };
    let rules = match plan.remove("BackupPlanRule") {
        Some(Value::Array(rules)) => rules,
        _ => Vec::new(),
    };
    let renamed = rules.into_iter().map(|rule| match rule {
        Value::Object(mut rule) => {
            if let Some(vault) = rule.remove("TargetBackupVault") {
                rule.insert("TargetBackupVaultName".to_owned(), vault);
            }
            Value::Object(rule)
        }
        other => other,
    });
    plan.insert("Rules".to_owned(), renamed.collect());
    Value::Object(plan)
}

fn plan(answer: &Value) -> Made {
    let id = text(answer, "BackupPlanId").unwrap_or_default();
    let attributes = json!({
        "BackupPlanArn": answer["BackupPlanArn"],
        "BackupPlanId": id,
        "VersionId": answer["VersionId"],
    });
    Made::new(id, attributes)
}

fn create_plan(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let input = json!({
        "BackupPlan": plan_document(properties),
        "BackupPlanTags": tag_map(&tags_of(properties, "BackupPlanTags")),
    });
    hand.call(Service::Backup, "CreateBackupPlan", input).map(|answer| plan(&answer))
}

fn update_plan(hand: &mut Hand<'_>, id: &str, old: &Value, new: &Value) -> Outcome<Made> {
    let input = json!({ "BackupPlanId": id, "BackupPlan": plan_document(new) });
    let answer = hand.call(Service::Backup, "UpdateBackupPlan", input)?;
    let arn = hand.arn("backup", &format!("backup-plan:{id}"));
    retag(hand, &arn, old, new, "BackupPlanTags")?;
    Ok(plan(&answer))
}

fn delete_plan(hand: &mut Hand<'_>, id: &str, _properties: &Value) -> Outcome<()> {
    hand.call_unless_gone(Service::Backup, "DeleteBackupPlan", json!({ "BackupPlanId": id }))
}

/// A selection's physical id is `<selection id>_<plan id>` (Template Reference, "Return values").
fn selection(id: &str) -> Made {
    let (selection, plan) = id.split_once('_').unwrap_or((id, ""));
    Made::new(id, json!({ "BackupPlanId": plan, "SelectionId": selection, "Id": id }))
}

fn create_selection(hand: &mut Hand<'_>, properties: &Value) -> Outcome<Made> {
    let input = json!({
        "BackupPlanId": get(properties, "BackupPlanId"),
        "BackupSelection": get(properties, "BackupSelection"),
    });
    let answer = hand.call(Service::Backup, "CreateBackupSelection", input)?;
    let part = |name: &str| text(&answer, name).unwrap_or_default();
    Ok(selection(&format!("{}_{}", part("SelectionId"), part("BackupPlanId"))))
}

fn delete_selection(hand: &mut Hand<'_>, id: &str, _properties: &Value) -> Outcome<()> {
    let (selection, plan) = id.split_once('_').unwrap_or((id, ""));
    let input = json!({ "BackupPlanId": plan, "SelectionId": selection });
    hand.call_unless_gone(Service::Backup, "DeleteBackupSelection", input)
}
