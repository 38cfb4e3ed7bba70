//! AWS managed keys: `aws/rds`, `aws/backup`.

use serde_json::json;

use super::keys;
use super::state::{Alias, Manager};
use crate::world::{Place, World};

/// The ARN of the AWS managed key of a service (`rds`, `backup`) in a place. AWS makes it when the
/// service first needs it.
pub fn aws_managed_key(world: &mut World, place: &Place, service: &str) -> String {
    let name = format!("alias/aws/{service}");
    if let Some(state) = world.services.kms.get(place)
        && let Some(key) = state.aliases.get(&name).and_then(|alias| state.keys.get(&alias.target))
    {
        return key.arn.clone();
    }
    let mut key = keys::blank(world, place, Manager::Aws, policy(place, service));
    key.description = match service {
        "rds" => "Default key that protects my RDS database volumes when no other key is defined".to_owned(),
        "backup" => "Default key that protects my Backup data when no other key is defined".to_owned(),
        other => format!("Default key that protects my {other} data when no other key is defined"),
    };
    let arn = key.arn.clone();
    let now = world.now;
    let state = world.services.kms.at(place);
    state.aliases.insert(name, Alias { target: key.id.clone(), created: now, updated: now });
    state.keys.insert(key.id.clone(), key);
    arn
}

/// The policy as GetKeyPolicy returns it for `aws/rds`, seen identically in several public
/// repositories; the other services' have the same two statements. `kms:CallerAccount` is why no other
/// account can ever use such a key.
fn policy(place: &Place, service: &str) -> String {
    let (account, region) = (&place.account, &place.region);
    let shown = service.to_uppercase();
    json!({
        "Version": "2012-10-17",
        "Id": format!("auto-{service}-2"),
        "Statement": [
            {
                "Sid": format!("Allow access through {shown} for all principals in the account that are authorized to use {shown}"),
                "Effect": "Allow",
                "Principal": { "AWS": "*" },
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:ListGrants", "kms:DescribeKey"],
                "Resource": "*",
                "Condition": { "StringEquals": {
                    "kms:ViaService": format!("{service}.{region}.amazonaws.com"),
                    "kms:CallerAccount": account.as_str(),
                } },
            },
            {
                "Sid": "Allow direct access to key metadata to the account",
                "Effect": "Allow",
                "Principal": { "AWS": format!("arn:{}:iam::{account}:root", region.partition()) },
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                "Resource": "*",
            },
        ],
    })
    .to_string()
}
