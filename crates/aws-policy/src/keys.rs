//! Which condition keys a request can carry, and which of them have several values.
//!
//! The global keys stand here, by who asks (IAM User Guide, "AWS global condition context keys", "Availability" of
//! each). The keys of the services stand in `keys/reference.tsv`, an extract of AWS's Service Authorization Reference
//! that `scripts/make-authorization-reference.py --keys` makes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::principal;
use super::who::Principal;

/// What kind of principal asks: some keys exist for some of them only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An AWS service as itself.
    Service,
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A session of a role.
    Role,
    /// A session of a role that is linked to a service.
    LinkedRole,
}

/// Whether a request carries a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Each of them does.
    Always,
    /// Some do.
    Sometimes,
    /// None does.
    Never,
    /// AWS does not document the key for any service that is in the table.
    Undocumented,
}

/// One key of a request, or, where the name ends in `/` or `:`, all keys that begin so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// As AWS spells it: `aws:PrincipalOrgPaths`, `aws:ResourceTag/`.
    pub name: &'static str,
    /// Whether it has several values and so takes a set operator.
    pub is_multivalued: bool,
    /// One of `Always` or `Sometimes`.
    pub presence: Presence,
}

const EVERYONE: &[PrincipalKind] = &[Service, Root, User, Role, LinkedRole];
const CALLERS: &[PrincipalKind] = &[Root, User, Role, LinkedRole];
const ENTITIES: &[PrincipalKind] = &[User, Role, LinkedRole];
const SERVICES: &[PrincipalKind] = &[Service];
const ROLES: &[PrincipalKind] = &[Role, LinkedRole];
const NOBODY: &[PrincipalKind] = &[];

use PrincipalKind::{LinkedRole, Role, Root, Service, User};

struct Global {
    name: &'static str,
    is_multivalued: bool,
    always: &'static [PrincipalKind],
    sometimes: &'static [PrincipalKind],
}

const fn one(name: &'static str, always: &'static [PrincipalKind], sometimes: &'static [PrincipalKind]) -> Global {
    Global { name, is_multivalued: false, always, sometimes }
}

const fn several(name: &'static str, always: &'static [PrincipalKind], sometimes: &'static [PrincipalKind]) -> Global {
    Global { name, is_multivalued: true, always, sometimes }
}

/// What the reference says of an action decides over tags: [`BY_ACTION`].
const GLOBAL: &[Global] = &[
    // Properties of the principal
    one("aws:PrincipalArn", CALLERS, NOBODY),
    one("aws:PrincipalAccount", CALLERS, NOBODY),
    several("aws:PrincipalOrgPaths", NOBODY, CALLERS),
    one("aws:PrincipalOrgID", NOBODY, CALLERS),
    one("aws:PrincipalTag/", NOBODY, ENTITIES),
    one("aws:PrincipalIsAWSService", EVERYONE, NOBODY),
    one("aws:PrincipalServiceName", SERVICES, NOBODY),
    several("aws:PrincipalServiceNamesList", SERVICES, NOBODY),
    one("aws:PrincipalType", CALLERS, NOBODY),
    one("aws:userid", CALLERS, NOBODY),
    one("aws:username", &[User], NOBODY),
    // Properties of a role session. Service keys that are there for each service's requests among them.
    one("aws:AssumedRoot", NOBODY, &[Root]),
    one("aws:FederatedProvider", NOBODY, &[Role]),
    one("aws:TokenIssueTime", ROLES, &[Root, User]),
    one("aws:MultiFactorAuthAge", NOBODY, CALLERS),
    one("aws:MultiFactorAuthPresent", NOBODY, CALLERS),
    one("aws:ChatbotSourceArn", NOBODY, &[Role]),
    one("aws:Ec2InstanceSourceVpc", NOBODY, &[Role]),
    one("aws:Ec2InstanceSourcePrivateIPv4", NOBODY, &[Role]),
    one("aws:SignInSessionArn", NOBODY, CALLERS),
    one("aws:SourceIdentity", NOBODY, &[Role]),
    one("codebuild:BuildArn", NOBODY, &[Role]),
    one("codebuild:ProjectArn", NOBODY, &[Role]),
    one("ec2:RoleDelivery", NOBODY, &[Role]),
    one("ec2:SourceInstanceArn", NOBODY, &[Role]),
    one("glue:CredentialIssuingService", NOBODY, &[Role]),
    one("glue:RoleAssumedBy", NOBODY, &[Role]),
    one("identitystore:UserId", NOBODY, &[Role]),
    one("lambda:SourceFunctionArn", NOBODY, &[Role]),
    one("ssm:SourceInstanceArn", NOBODY, &[Role]),
    // Properties of the network
    one("aws:SourceIp", NOBODY, EVERYONE),
    one("aws:SourceVpc", NOBODY, EVERYONE),
    one("aws:SourceVpcArn", NOBODY, EVERYONE),
    one("aws:SourceVpce", NOBODY, EVERYONE),
    one("aws:VpceAccount", NOBODY, EVERYONE),
    one("aws:VpceOrgID", NOBODY, EVERYONE),
    several("aws:VpceOrgPaths", NOBODY, EVERYONE),
    one("aws:VpcSourceIp", NOBODY, EVERYONE),
    // Properties of the resource
    one("aws:ResourceAccount", NOBODY, EVERYONE),
    one("aws:ResourceOrgID", NOBODY, EVERYONE),
    several("aws:ResourceOrgPaths", NOBODY, EVERYONE),
    one("aws:ResourceTag/", NOBODY, EVERYONE),
    // Properties of the request
    several("aws:CalledVia", NOBODY, CALLERS),
    one("aws:CalledViaFirst", NOBODY, CALLERS),
    one("aws:CalledViaLast", NOBODY, CALLERS),
    one("aws:CalledViaAWSMCP", NOBODY, CALLERS),
    one("aws:ViaAWSMCPService", NOBODY, CALLERS),
    one("aws:ViaAWSService", EVERYONE, NOBODY),
    one("aws:CurrentTime", EVERYONE, NOBODY),
    one("aws:EpochTime", EVERYONE, NOBODY),
    one("aws:referer", NOBODY, EVERYONE),
    one("aws:RequestedRegion", EVERYONE, NOBODY),
    one("aws:RequestTag/", NOBODY, EVERYONE),
    several("aws:TagKeys", NOBODY, EVERYONE),
    one("aws:SecureTransport", EVERYONE, NOBODY),
    // "only when the call to your resource is made directly by an AWS service principal"
    one("aws:SourceAccount", NOBODY, SERVICES),
    one("aws:SourceArn", NOBODY, SERVICES),
    one("aws:SourceOrgID", NOBODY, SERVICES),
    several("aws:SourceOrgPaths", NOBODY, SERVICES),
    one("aws:UserAgent", NOBODY, EVERYONE),
];

/// Global keys that only the requests of some actions have ("Availability": where the action supports authorization by
/// tags), which the reference lists.
const BY_ACTION: &[&str] = &["aws:RequestTag/", "aws:ResourceTag/", "aws:TagKeys"];

/// What the reference says, in small letters where it is looked up.
struct Reference {
    multivalued: BTreeSet<String>,
    keys: BTreeMap<String, Vec<&'static str>>,
    /// What each service's actions begin with.
    services: BTreeSet<&'static str>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| {
    let mut read = Reference { multivalued: BTreeSet::new(), keys: BTreeMap::new(), services: BTreeSet::new() };
    for (name, list) in include_str!("keys/reference.tsv").lines().filter_map(|line| line.split_once('\t')) {
        let keys = list.split(',').filter(|key| *key != "-");
        match name.split_once(':') {
            Some((service, _)) => {
                read.services.insert(service);
                read.keys.insert(name.to_ascii_lowercase(), keys.collect());
            }
            None => read.multivalued.extend(keys.map(str::to_ascii_lowercase)),
        }
    }
    let global = GLOBAL.iter().filter(|key| key.is_multivalued);
    read.multivalued.extend(global.map(|key| key.name.to_ascii_lowercase()));
    read
});

impl PrincipalKind {
    /// The kind of a principal.
    pub fn of(who: &Principal) -> Self {
        match who {
            Principal::Service(_) => Service,
            Principal::Root(_) => Root,
            Principal::User { .. } => User,
            Principal::Session { .. } if principal::is_service_linked(who) => LinkedRole,
            Principal::Session { .. } => Role,
        }
    }
}

/// Whether a key has several values, and so takes `ForAnyValue` or `ForAllValues`.
pub fn is_multivalued(key: &str) -> bool {
    REFERENCE.multivalued.contains(&key.to_ascii_lowercase())
}

/// All keys that AWS documents for a request, in no order. Of an action that is not in the reference: the global ones.
pub fn keys_of(action: &str, who: PrincipalKind) -> Vec<Key> {
    let own = REFERENCE.keys.get(&action.to_ascii_lowercase());
    let global = GLOBAL.iter().filter_map(|key| {
        let by_action = own.is_some_and(|own| BY_ACTION.contains(&key.name) && !own.contains(&key.name));
        let presence = match () {
            () if by_action => return None,
            () if key.always.contains(&who) => Presence::Always,
            () if key.sometimes.contains(&who) => Presence::Sometimes,
            () => return None,
        };
        Some(Key { name: key.name, is_multivalued: key.is_multivalued, presence })
    });
    let is_own = |name: &&&'static str| !BY_ACTION.contains(name);
    let own = own.into_iter().flatten().filter(is_own).map(|name| Key {
        name,
        is_multivalued: is_multivalued(name),
        presence: Presence::Sometimes,
    });
    global.chain(own).collect()
}

/// Whether a request carries a key.
pub fn presence(key: &str, action: &str, who: PrincipalKind) -> Presence {
    let key = key.to_ascii_lowercase();
    let is_meant = |name: &str| {
        let name = name.to_ascii_lowercase();
        if name.ends_with(['/', ':']) { key.starts_with(&name) } else { key == name }
    };
    if let Some(found) = keys_of(action, who).into_iter().find(|one| is_meant(one.name)) {
        return found.presence;
    }
    let is_global = GLOBAL.iter().any(|one| is_meant(one.name));
    let is_service = |text: &str| text.split(':').next().is_some_and(|service| REFERENCE.services.contains(service));
    let is_known = REFERENCE.keys.contains_key(&action.to_ascii_lowercase());
    // "Service-specific condition keys are defined for use with an individual AWS service": those of another one, or
    // of another action, are never there. A service that is not in the reference may have keys for all.
    match is_global || is_known && is_service(&key) {
        true => Presence::Never,
        false => Presence::Undocumented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_there_for_those_for_whom_aws_documents_it() {
        let copy_from = "backup:CopyFromBackupVault";
        let table = [
            ("aws:RequestedRegion", copy_from, Role, Presence::Always),
            ("AWS:requestedregion", copy_from, Service, Presence::Always),
            ("aws:PrincipalOrgID", copy_from, Role, Presence::Sometimes),
            ("aws:PrincipalOrgID", copy_from, Service, Presence::Never),
            ("aws:SourceOrgID", "sqs:SendMessage", Service, Presence::Sometimes),
            ("aws:SourceOrgID", "sqs:SendMessage", Role, Presence::Never),
            ("aws:username", copy_from, User, Presence::Always),
            ("aws:username", copy_from, Role, Presence::Never),
            ("aws:PrincipalTag/team", copy_from, Role, Presence::Sometimes),
            ("aws:PrincipalTag/team", copy_from, Root, Presence::Never),
            // The actions' own
            ("backup:CopyTargetOrgPaths", copy_from, Role, Presence::Sometimes),
            ("backup:CopyTargetOrgPaths", "backup:StartCopyJob", Role, Presence::Never),
            ("kms:ViaService", "kms:CreateGrant", LinkedRole, Presence::Sometimes),
            ("kms:ViaService", "rds:CopyDBSnapshot", Role, Presence::Never),
            ("kms:EncryptionContext:aws:rds:db-id", "kms:Decrypt", Role, Presence::Sometimes),
            // Tags: of those actions that have them
            ("aws:ResourceTag/use", "kms:CreateGrant", Role, Presence::Sometimes),
            ("aws:ResourceTag/use", "backup:ListCopyJobs", Role, Presence::Never),
            ("aws:RequestTag/use", "kms:CreateGrant", Role, Presence::Never),
            ("aws:TagKeys", "rds:CopyDBSnapshot", Role, Presence::Sometimes),
            // Of a service that goes along with every request
            ("lambda:SourceFunctionArn", copy_from, Role, Presence::Sometimes),
            ("lambda:SourceFunctionArn", copy_from, Service, Presence::Never),
            // What nobody has documented
            ("aws:SomethingNew", copy_from, Role, Presence::Undocumented),
            ("s3:prefix", copy_from, Role, Presence::Undocumented),
            ("kms:ViaService", "kms:SomethingNew", Role, Presence::Undocumented),
        ];
        for (key, action, who, expected) in table {
            assert_eq!(presence(key, action, who), expected, "{key} of {action} for {who:?}");
        }
    }

    /// IAM User Guide, "Single-valued vs. multivalued context keys", and the types of the Service Authorization
    /// Reference.
    #[test]
    fn the_keys_with_several_values() {
        for key in ["aws:CalledVia", "aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths"] {
            assert!(is_multivalued(key), "{key}");
        }
        for key in ["aws:tagkeys", "kms:ResourceAliases", "kms:GrantOperations", "backup:CopyTargets"] {
            assert!(is_multivalued(key), "{key}");
        }
        for key in ["aws:PrincipalOrgID", "aws:CalledViaFirst", "kms:RequestAlias", "aws:ResourceTag/x", "a:k"] {
            assert!(!is_multivalued(key), "{key}");
        }
    }
}
