//! What an organization is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::world::{Moment, Place, World};
use aws_policy::evaluate::Named;
use aws_policy::names::AccountId;

/// Kinds of organization policies that count in authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PolicyType {
    /// SCP: what principals of an account may do at most.
    ServiceControlPolicy,
    /// RCP: what may be done with resources of an account at most.
    ResourceControlPolicy,
}

impl PolicyType {
    /// Both.
    pub const ALL: &'static [PolicyType] = &[PolicyType::ServiceControlPolicy, PolicyType::ResourceControlPolicy];

    /// The policy that AWS attaches everywhere when the type is enabled.
    pub fn default_policy(self) -> &'static str {
        match self {
            PolicyType::ServiceControlPolicy => "p-FullAWSAccess",
            PolicyType::ResourceControlPolicy => "p-RCPFullAWSAccess",
        }
    }

    /// `service_control_policy`, as it stands in ARNs.
    pub fn in_arn(self) -> &'static str {
        match self {
            PolicyType::ServiceControlPolicy => "service_control_policy",
            PolicyType::ResourceControlPolicy => "resource_control_policy",
        }
    }
}

/// One policy of an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policy {
    /// In the form `p-…`.
    pub id: String,
    pub name: String,
    /// What it is for.
    pub description: String,
    pub kind: PolicyType,
    pub content: String,
    /// Made by AWS and not to be changed.
    pub aws_managed: bool,
}

/// An organizational unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Unit {
    /// In the form `ou-…`.
    pub id: String,
    pub name: String,
    /// The root's or another unit's id.
    pub parent: String,
}

/// An account of the organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member {
    pub name: String,
    /// The root user's address.
    pub email: String,
    /// The root's or a unit's id.
    pub parent: String,
    pub joined: Moment,
}

/// One organization, with all features.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Organization {
    /// In the form `o-…`.
    pub id: String,
    pub management: AccountId,
    /// In the form `r-…`.
    pub root: String,
    /// Its accounts, the management account included.
    pub members: BTreeMap<AccountId, Member>,
    pub units: BTreeMap<String, Unit>,
    /// Services with trusted access, and since when.
    pub service_access: BTreeMap<String, Moment>,
    /// Delegated administrators, and since when for which services.
    #[serde(default)]
    pub delegated: BTreeMap<AccountId, BTreeMap<String, Moment>>,
    /// Policy types enabled at the root.
    pub policy_types: Vec<PolicyType>,
    /// Its policies by id.
    pub policies: BTreeMap<String, Policy>,
    /// Policy ids by target: the root, a unit or an account.
    pub attachments: BTreeMap<String, Vec<String>>,
}

/// All organizations.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(super) organizations: Vec<Organization>,
}

impl Organization {
    /// The ids from the root down to an account, the account itself last.
    pub fn levels(&self, account: &AccountId) -> Vec<String> {
        let mut levels = vec![account.to_string()];
        let mut above = self.members.get(account).map(|member| member.parent.clone());
        while let Some(id) = above {
            above = self.units.get(&id).map(|unit| unit.parent.clone());
            levels.push(id);
        }
        levels.reverse();
        levels
    }

    /// `o-xxx/r-xxxx/ou-…/`, as `aws:PrincipalOrgPaths` carries it (IAM User Guide,
    /// "AWS global condition context keys").
    pub fn path(&self, account: &AccountId) -> String {
        let mut levels = self.levels(account);
        levels.pop();
        levels.iter().fold(format!("{}/", self.id), |path, level| format!("{path}{level}/"))
    }

    /// Whether the service has trusted access.
    pub fn trusts(&self, service: &str) -> bool {
        self.service_access.contains_key(service)
    }

    /// Turns a policy type on and attaches AWS's own policy everywhere, as AWS does.
    pub(super) fn enable(&mut self, kind: PolicyType) {
        if self.policy_types.contains(&kind) {
            return;
        }
        self.policy_types.push(kind);
        let id = kind.default_policy();
        let (name, description, content) = match kind {
            PolicyType::ServiceControlPolicy => (
                "FullAWSAccess",
                "Allows access to every operation",
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
            ),
            PolicyType::ResourceControlPolicy => (
                "RCPFullAWSAccess",
                "Allows access to every resource",
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
            ),
        };
        let policy = Policy {
            id: id.into(),
            name: name.into(),
            description: description.into(),
            kind,
            content: content.into(),
            aws_managed: true,
        };
        self.policies.insert(id.into(), policy);
        for target in self.targets() {
            self.attachments.entry(target).or_default().push(id.into());
        }
    }

    /// Everything that a policy can be attached to.
    pub(super) fn targets(&self) -> Vec<String> {
        let accounts = self.members.keys().map(AccountId::to_string);
        std::iter::once(self.root.clone()).chain(self.units.keys().cloned()).chain(accounts).collect()
    }

    /// Gives a new unit or account the default policies of the enabled types.
    pub(super) fn attach_defaults(&mut self, target: &str) {
        let defaults = self.policy_types.iter().map(|kind| kind.default_policy().to_owned()).collect();
        self.attachments.insert(target.to_owned(), defaults);
    }

    fn policies_by_level(&self, account: &AccountId, kind: PolicyType) -> Vec<Vec<Named>> {
        // Neither kind restricts the management account
        // (Organizations User Guide, "Service control policies", "Resource control policies").
        if *account == self.management || !self.policy_types.contains(&kind) {
            return Vec::new();
        }
        let at = |level: String| {
            let ids = self.attachments.get(&level).into_iter().flatten();
            let policies = ids.filter_map(|id| self.policies.get(id)).filter(|policy| policy.kind == kind);
            let name = |policy: &Policy| {
                format!("{} {} ({}) at {level}", kind.in_arn().replace('_', " "), policy.name, policy.id)
            };
            policies.map(|policy| Named { name: name(policy), text: policy.content.clone() }).collect()
        };
        self.levels(account).into_iter().map(at).collect()
    }
}

/// Makes an organization with all features; `id` is `o-` and ten characters or more.
pub fn create(world: &mut World, id: &str, management: &AccountId, members: &[AccountId]) {
    let home = crate::services::iam::home(world, management);
    let root = format!("r-{}", short_id(world, &home, "root", 4));
    let joined = world.now;
    let mut organization = Organization {
        id: id.to_owned(),
        management: management.clone(),
        root: root.clone(),
        members: BTreeMap::new(),
        units: BTreeMap::new(),
        service_access: BTreeMap::new(),
        delegated: BTreeMap::new(),
        policy_types: Vec::new(),
        policies: BTreeMap::new(),
        attachments: BTreeMap::new(),
    };
    for account in std::iter::once(management).chain(members) {
        let member = Member {
            name: format!("account-{account}"),
            email: format!("aws+{account}@example.com"),
            parent: root.clone(),
            joined,
        };
        organization.members.insert(account.clone(), member);
    }
    world.services.organizations.organizations.push(organization);
}

/// Lower-case letters and digits.
pub(super) fn short_id(world: &mut World, place: &Place, kind: &str, length: usize) -> String {
    world.ids.letters(place, kind, length).to_ascii_lowercase()
}

/// The organization of an account.
pub fn of<'a>(world: &'a World, account: &AccountId) -> Option<&'a Organization> {
    world.services.organizations.organizations.iter().find(|organization| organization.members.contains_key(account))
}

pub(super) fn of_mut<'a>(world: &'a mut World, account: &AccountId) -> Option<&'a mut Organization> {
    let mut organizations = world.services.organizations.organizations.iter_mut();
    organizations.find(|organization| organization.members.contains_key(account))
}

/// The path of an account in its organization: `o-xxx/r-xxxx/ou-…/`.
pub fn organization_path(world: &World, account: &AccountId) -> Option<String> {
    of(world, account).map(|organization| organization.path(account))
}

/// Puts an account into a unit of that name below the root, making the unit where it is not there.
pub fn place_in_unit(world: &mut World, account: &AccountId, unit_name: &str) {
    let Some(organization) = of(world, account) else {
        return;
    };
    let home = crate::services::iam::home(world, &organization.management.clone());
    let root = organization.root.clone();
    let known = organization
        .units
        .values()
        .find(|unit| unit.name == unit_name && unit.parent == root)
        .map(|unit| unit.id.clone());
    let id = known.unwrap_or_else(|| new_unit_id(world, &home, &root));
    let Some(organization) = of_mut(world, account) else {
        return;
    };
    if !organization.units.contains_key(&id) {
        organization.units.insert(id.clone(), Unit { id: id.clone(), name: unit_name.to_owned(), parent: root });
        organization.attach_defaults(&id);
    }
    if let Some(member) = organization.members.get_mut(account) {
        member.parent = id;
    }
}

/// `ou-` + the root's own letters + eight more.
pub(super) fn new_unit_id(world: &mut World, home: &Place, root: &str) -> String {
    let root = root.trim_start_matches("r-").to_owned();
    format!("ou-{root}-{}", short_id(world, home, "unit", 8))
}

/// The service control policies over an account, level by level from the root down. Empty for the
/// management account, outside an organization, and where the type is not enabled.
pub fn service_control(world: &World, account: &AccountId) -> Vec<Vec<Named>> {
    of(world, account)
        .map(|organization| organization.policies_by_level(account, PolicyType::ServiceControlPolicy))
        .unwrap_or_default()
}

/// The resource control policies over an account's resources, in the same way.
pub fn resource_control(world: &World, account: &AccountId) -> Vec<Vec<Named>> {
    of(world, account)
        .map(|organization| organization.policies_by_level(account, PolicyType::ResourceControlPolicy))
        .unwrap_or_default()
}
