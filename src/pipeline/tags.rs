//! The tags that the pipeline goes by.

/// The tag that says "ours"; its value is the source stack's name.
pub const TAG: &str = "backupctl:pipeline";
/// The tag of a recovery point that names the vault of its second hop.
pub const COPY_TO_VAULT: &str = "CopyToVault";
