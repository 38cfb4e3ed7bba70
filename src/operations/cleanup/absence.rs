//! What a list of vaults does not show. It is believed only where the vault, asked for by its name, is not there
//! either: lists of AWS Backup may lag, and a vault that is taken for gone costs its key.

use crate::aws::backup::{self, Vault};
use crate::aws::cloudformation::{Stack, StackResource, StackStatus};
use crate::aws::{AwsError, Session};
use crate::pipeline::arn::VaultArn;

/// The type of a backup vault, as CloudFormation names it.
const VAULT: &str = "AWS::Backup::BackupVault";

/// How the vault of the configured name was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// The list of vaults and the vault itself agree.
    Yes,
    /// Only by its name: the list lacks it.
    OnlyByName,
}

/// The vault of that name, in the list or by its name.
pub(super) async fn vault(
    session: &Session,
    vaults: &[Vault],
    name: &str,
) -> Result<(Option<Vault>, Listed), AwsError> {
    if let Some(listed) = vaults.iter().find(|vault| vault.name == name) {
        return Ok((Some(listed.clone()), Listed::Yes));
    }
    let found = backup::describe_vault(session, name).await?;
    let listed = if found.is_some() { Listed::OnlyByName } else { Listed::Yes };
    Ok((found, listed))
}

/// A vault that the stack has under another name than the configured one.
pub(super) async fn other_vault(
    session: &Session,
    resources: &[StackResource],
    configured: &str,
) -> Result<Option<String>, AwsError> {
    for resource in resources.iter().filter(|one| one.resource_type == VAULT && one.physical_id != configured) {
        if backup::describe_vault(session, &resource.physical_id).await?.is_some() {
            return Ok(Some(resource.physical_id.clone()));
        }
    }
    Ok(None)
}

/// Whether a stack that stands lists nothing of what it is made of: what is not seen is not paused, and a vault of another
/// name would be overlooked.
pub(super) fn hides_its_resources(stack: &Stack, resources: &[StackResource]) -> bool {
    resources.is_empty() && matches!(stack.status, StackStatus::Updatable(_))
}

/// Whether a resource of a stack exists: one whose creation failed has no physical id (CloudFormation API Reference,
/// StackResourceSummary), and one that was deleted keeps its own.
pub(super) fn exists(resource: &StackResource) -> bool {
    !resource.physical_id.is_empty() && resource.status != "DELETE_COMPLETE"
}

/// Whether neither the list of vaults nor AWS Backup, asked by the vault's name, knows it.
pub(super) async fn is_gone(session: &Session, vault: &VaultArn) -> Result<bool, AwsError> {
    let listed = backup::list_vaults(session).await?.iter().any(|found| &found.arn == vault);
    Ok(!listed && backup::describe_vault(session, vault.name()).await?.is_none())
}
