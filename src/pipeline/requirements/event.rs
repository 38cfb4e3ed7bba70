//! The event that AWS Backup sends when the first hop is completed.

use serde_json::{Value, json};

use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::settings::Pipeline;

/// A completed first hop, in the shape that AWS Backup gives it (AWS Backup Developer Guide, eventbridge, "Copy Job
/// State Change"). The ids are made up: no pattern of the pipeline may depend on them.
pub fn copy_completed(pipeline: &Pipeline, database: &str) -> Value {
    let (source, intermediate) = (&pipeline.source, &pipeline.intermediate);
    let snapshot = |region: &str, name: &str| {
        format!("arn:{}:rds:{region}:{}:snapshot:awsbackup:{name}", pipeline.partition(), source.account)
    };
    json!({
        "version": "0",
        "id": "47deb974-6473-aef1-56c2-52c3eaedfceb",
        "detail-type": "Copy Job State Change",
        "source": "aws.backup",
        "account": source.account,
        "time": "2026-01-15T22:08:04Z",
        "region": source.region,
        "resources": [snapshot(source.region.as_str(), "job-be59cf2a-2343-4402-bd8b-226993d23453")],
        "detail": {
            "copyJobId": "0175DE71-5784-589F-D8AC-541ACCB4CAC8",
            "backupSizeInBytes": 3_221_225_472_u64,
            "creationDate": "2026-01-15T22:06:27.234Z",
            "iamRoleArn": pipeline.backup_role_arn(),
            "resourceArn": database,
            "resourceType": "RDS",
            "sourceBackupVaultArn": pipeline.vault_arn(EnvironmentName::Source),
            "state": "COMPLETED",
            "completionDate": "2026-01-15T22:07:58.111Z",
            "destinationBackupVaultArn": pipeline.vault_arn(EnvironmentName::Intermediate),
            "destinationRecoveryPointArn":
                snapshot(intermediate.region.as_str(), "copyjob-0175de71-5784-589f-d8ac-541accb4cac8"),
            "createdBy": {
                "backupPlanId": "b58e3621-1c53-4997-ad8a-afc3347a850e",
                "backupPlanArn": format!(
                    "arn:{}:backup:{}:{}:backup-plan:b58e3621-1c53-4997-ad8a-afc3347a850e",
                    pipeline.partition(), source.region, source.account
                ),
                "backupPlanVersion": "Mjc4ZTRhMzUtMGE5Ni00NmQ5LWE1YmMtOWMwY2IwMTY4NWQ4",
                "backupPlanRuleId": "78e356d3-1a11-4f61-8585-af5d6b69bb18"
            }
        }
    })
}
