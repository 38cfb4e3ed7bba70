//! Which database a recovery point is of: a database is its `DbiResourceId`, and a name may have had several.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::environment::EnvironmentName;
use super::origin::Origin;
use super::plural::{count, list};
use super::recovery_point::RecoveryPoint;

/// `DbiResourceId`: unique in an account's Region, never changed and never given again (RDS API Reference,
/// DBInstance). A name is neither: an instance can be renamed, and another made or renamed to the name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct DatabaseId(String);

impl DatabaseId {
    /// The id as RDS spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DatabaseId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for DatabaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A database that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Its ARN, which holds its name of today.
    pub arn: String,
    pub id: Option<DatabaseId>,
    /// In the form `InstanceCreateTime`.
    pub created_at: Option<DateTime<Utc>>,
}

/// The database that a recovery point is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// This one.
    Known(DatabaseId),
    /// Made before the database that has the name today was: another one, and nothing says which.
    Earlier,
    /// Nothing says which.
    Unknown,
}

/// The ids that the snapshots behind a vault's recovery points carry, by the recovery point's ARN.
pub type SnapshotIds = BTreeMap<String, DatabaseId>;

/// The database of each backup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identities {
    by_origin: BTreeMap<Origin, Identity>,
    existing: Vec<Existing>,
    /// The vaults whose snapshots say other databases than the source vault's.
    pub disbelieved: Vec<EnvironmentName>,
}

/// Whose a backup is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'a> {
    /// The database with this ARN: the one that exists under it, or, where none does, the one that had it.
    Of(&'a str),
    /// Another one than the database that has the name today; it is gone.
    Another,
    /// Nothing says whether it is that of the database which has the name today.
    Unsure,
}

impl Identities {
    /// Ties every backup to its database: by the id in its own snapshot, else by the id in the snapshot of another
    /// recovery point of its origin. Dates prove only that it is another database than the one of that name today.
    ///
    /// AWS does not document that the copy of a snapshot keeps the id. Where the snapshot in the source vault, which
    /// was taken of the database itself, says another id than a copy's, the copies in that vault are not believed.
    pub fn read(points: [&[RecoveryPoint]; 3], ids: [&SnapshotIds; 3], existing: &[Existing]) -> Self {
        let mut known: BTreeMap<&Origin, &DatabaseId> = BTreeMap::new();
        let mut disbelieved = Vec::new();
        for (name, (points, ids)) in EnvironmentName::ALL.into_iter().zip(points.into_iter().zip(ids)) {
            let said: Vec<_> =
                points.iter().filter_map(|point| Some((&point.origin, ids.get(point.arn.as_str())?))).collect();
            if said.iter().any(|(origin, id)| known.get(origin).is_some_and(|other| other != id)) {
                disbelieved.push(name);
                continue;
            }
            for (origin, id) in said {
                known.entry(origin).or_insert(id);
            }
        }
        let origins: BTreeSet<&Origin> = points.into_iter().flatten().map(|point| &point.origin).collect();
        let identity = |origin: &Origin| match known.get(origin) {
            Some(id) => Identity::Known((*id).clone()),
            None if is_earlier(existing, origin) => Identity::Earlier,
            None => Identity::Unknown,
        };
        let by_origin = origins.into_iter().map(|origin| (origin.clone(), identity(origin))).collect();
        Self { by_origin, existing: existing.to_vec(), disbelieved }
    }

    /// The database of a backup.
    pub fn of(&self, origin: &Origin) -> &Identity {
        self.by_origin.get(origin).unwrap_or(&Identity::Unknown)
    }

    /// The id of a backup's database, where it is known.
    pub fn id_of(&self, origin: &Origin) -> Option<&DatabaseId> {
        match self.of(origin) {
            Identity::Known(id) => Some(id),
            Identity::Earlier | Identity::Unknown => None,
        }
    }

    /// Whether a backup is known to be of this database.
    pub fn is_of(&self, origin: &Origin, database: &Existing) -> bool {
        database.id.is_some() && self.id_of(origin) == database.id.as_ref()
    }

    /// Whose a backup is today.
    pub fn owner<'a>(&'a self, origin: &'a Origin) -> Owner<'a> {
        let holder = || holder(&self.existing, &origin.resource_arn);
        let of_id = |id| self.existing.iter().find(|database| database.id.as_ref() == Some(id));
        match self.of(origin) {
            Identity::Known(id) => match of_id(id) {
                Some(database) => Owner::Of(&database.arn),
                None if holder().is_some() => Owner::Another,
                None => Owner::Of(&origin.resource_arn),
            },
            Identity::Earlier => Owner::Another,
            // One that is in no vault any more has only its date.
            Identity::Unknown if is_earlier(&self.existing, origin) => Owner::Another,
            Identity::Unknown if holder().is_some() => Owner::Unsure,
            Identity::Unknown => Owner::Of(&origin.resource_arn),
        }
    }

    /// Whether two backups are of one database, as far as that is known.
    pub fn are_of_one(&self, one: &Origin, other: &Origin) -> bool {
        match (self.id_of(one), self.id_of(other)) {
            (Some(one), Some(other)) => one == other,
            _ => matches!((self.owner(one), self.owner(other)), (Owner::Of(one), Owner::Of(other)) if one == other),
        }
    }

    /// The recovery points of a vault whose own snapshots must be asked, because what was read so far does not show the
    /// newest of each database: at most `most` for each name, the newest first. `ids` is what was read of that vault.
    pub fn undecided<'a>(
        &self,
        environment: EnvironmentName,
        points: &'a [RecoveryPoint],
        ids: &SnapshotIds,
        existing: &[Existing],
        most: usize,
    ) -> Vec<&'a RecoveryPoint> {
        let mut by_name: BTreeMap<&str, Vec<&RecoveryPoint>> = BTreeMap::new();
        for point in points.iter().filter(|point| point.status.is_usable()) {
            by_name.entry(&point.origin.resource_arn).or_default().push(point);
        }
        let mut wanted = Vec::new();
        for (arn, mut points) in by_name {
            points.sort_by_key(|point| std::cmp::Reverse(point.origin.created_at));
            let holder = holder(existing, arn);
            let newer = points.into_iter().take_while(|point| holder.is_none_or(|it| !self.is_of(&point.origin, it)));
            let open = newer.filter(|point| match self.of(&point.origin) {
                Identity::Unknown => true,
                Identity::Earlier => false,
                // A copy's word that it is another database's is held against the backup's own.
                Identity::Known(_) => {
                    environment == EnvironmentName::Source && holder.is_some() && !ids.contains_key(point.arn.as_str())
                }
            });
            wanted.extend(open.take(most));
        }
        wanted
    }

    /// Of recovery points, how many were made under a name and are not known to be of the database that has it today.
    pub fn foreign<'a>(&self, points: impl IntoIterator<Item = &'a RecoveryPoint>, arn: &str) -> Foreign {
        let mut foreign = Foreign::default();
        for point in points.into_iter().filter(|point| point.origin.resource_arn == arn) {
            match self.owner(&point.origin) {
                Owner::Of(owner) if owner == arn => {}
                Owner::Unsure => foreign.unknown += 1,
                Owner::Of(_) | Owner::Another => {
                    foreign.earlier += 1;
                    foreign.ids.extend(self.id_of(&point.origin).cloned());
                }
            }
        }
        foreign
    }
}

/// The database that has a name today.
fn holder<'a>(existing: &'a [Existing], arn: &str) -> Option<&'a Existing> {
    existing.iter().find(|database| database.arn == arn)
}

/// Whether a backup was made before the database was that has its name today.
fn is_earlier(existing: &[Existing], origin: &Origin) -> bool {
    let made = holder(existing, &origin.resource_arn).and_then(|database| database.created_at);
    made.is_some_and(|made| origin.created_at < made)
}

/// Recovery points under a database's name that are not known to be its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Those of another database, which had the name before.
    pub earlier: usize,
    /// The ids of those databases, as far as they are known.
    pub ids: BTreeSet<DatabaseId>,
    /// Those of which nothing says whose they are.
    pub unknown: usize,
}

impl Foreign {
    /// Says so, as the end of a sentence about the database; empty where there are none.
    pub fn in_words(&self, environment: EnvironmentName) -> String {
        let noun = |number: usize| match environment {
            EnvironmentName::Source => count(number as u64, "backup", "backups"),
            _ => count(number as u64, "copy", "copies"),
        };
        let mut words = String::new();
        if self.earlier > 0 {
            let verb = if self.earlier == 1 { "belongs" } else { "belong" };
            let ids: Vec<String> = self.ids.iter().map(ToString::to_string).collect();
            let ids = if ids.is_empty() { String::new() } else { format!(" ({})", list(&ids)) };
            words += &format!("; {} {verb} to an earlier database of this name{ids}", noun(self.earlier));
        }
        if self.unknown > 0 {
            words += &format!("; nothing says which database {} of this name is of", noun(self.unknown));
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use EnvironmentName::{Destination, Intermediate, Source};

    use super::*;
    use crate::pipeline::lineage::tests::point;

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    /// A recovery point of `orders` of a day of January 2026.
    fn of_day(environment: EnvironmentName, day: u32) -> RecoveryPoint {
        let mut found = point(environment, &format!("{environment}-{day}"));
        found.origin = Origin::new(ORDERS, date(day, 5));
        found
    }

    fn date(day: u32, hour: u32) -> DateTime<Utc> {
        format!("2026-01-{day:02}T{hour:02}:00:00Z").parse().expect("a date")
    }

    fn ids(said: &[(&RecoveryPoint, &str)]) -> SnapshotIds {
        said.iter().map(|(point, id)| (point.arn.to_string(), DatabaseId::from(*id))).collect()
    }

    fn orders(id: &str, day: u32) -> Existing {
        Existing { arn: ORDERS.to_owned(), id: Some(id.into()), created_at: Some(date(day, 12)) }
    }

    fn known(id: &str) -> Identity {
        Identity::Known(id.into())
    }

    #[test]
    fn the_snapshots_own_id_comes_first_then_that_of_a_recovery_point_of_the_origin() {
        let (source, near, far) =
            (of_day(Source, 1), of_day(Intermediate, 2), [1, 2, 3].map(|day| of_day(Destination, day)));
        let (in_source, in_near, in_far) =
            (ids(&[(&source, "db-A")]), ids(&[(&near, "db-B")]), ids(&[(&far[2], "db-C")]));
        let read = Identities::read([&[source], &[near], &far], [&in_source, &in_near, &in_far], &[]);
        let found: Vec<_> = far.iter().map(|point| read.of(&point.origin).clone()).collect();
        assert_eq!(found, [known("db-A"), known("db-B"), known("db-C")]);
    }

    #[test]
    fn a_date_proves_only_that_it_is_another_database() {
        let far = [1, 2, 3].map(|day| of_day(Destination, day));
        let none = SnapshotIds::new();
        // Made on the second, at noon: the backups of that morning and the one before are another's.
        let read = Identities::read([&[], &[], &far], [&none, &none, &none], &[orders("db-B", 2)]);
        let found: Vec<_> = far.iter().map(|point| read.of(&point.origin).clone()).collect();
        assert_eq!(found, [Identity::Earlier, Identity::Earlier, Identity::Unknown]);
        // Where no database has the name, a date proves nothing.
        let read = Identities::read([&[], &[], &far], [&none, &none, &none], &[]);
        assert!(far.iter().all(|point| *read.of(&point.origin) == Identity::Unknown));
    }

    // AWS does not document that the copy of a snapshot keeps the id of the database.
    #[test]
    fn where_copies_do_not_keep_the_id_their_word_counts_for_nothing() {
        let source = [of_day(Source, 2)];
        let near = [1, 2].map(|day| of_day(Intermediate, day));
        let far = [1, 2].map(|day| of_day(Destination, day));
        let (in_source, in_near) = (ids(&[(&source[0], "db-A")]), ids(&[(&near[0], "db-Y"), (&near[1], "db-Y")]));
        let in_far = ids(&[(&far[0], "db-A"), (&far[1], "db-A")]);
        let read = Identities::read([&source, &near, &far], [&in_source, &in_near, &SnapshotIds::new()], &[]);
        assert_eq!(read.of(&far[1].origin), &known("db-A"));
        assert_eq!(read.of(&far[0].origin), &Identity::Unknown);
        // The other vault's copies may keep it all the same.
        let read = Identities::read([&source, &near, &far], [&in_source, &in_near, &in_far], &[]);
        assert_eq!(read.of(&far[0].origin), &known("db-A"));
    }

    #[test]
    fn only_what_may_be_the_newest_of_a_database_is_asked_for() {
        let none = SnapshotIds::new();
        let near = [of_day(Intermediate, 3)];
        let far = [1, 2, 3, 4].map(|day| of_day(Destination, day));
        let in_near = ids(&[(&near[0], "db-B")]);
        let asked = |existing: &[Existing], most: usize| {
            let read = Identities::read([&[], &near, &far], [&none, &in_near, &none], existing);
            let asked = read.undecided(Destination, &far, &none, existing, most);
            asked.into_iter().map(|point| point.origin.created_at).collect::<Vec<_>>()
        };
        // The copy of the third is known to be its own: only the newer one is open.
        assert_eq!(asked(&[orders("db-B", 1)], 9), [date(4, 5)]);
        // None is known to be its own; what was made before it is another's.
        assert_eq!(asked(&[orders("db-C", 1)], 9), [date(4, 5), date(2, 5)]);
        // No database has the name: each could be one that was renamed since.
        assert_eq!(asked(&[], 9), [date(4, 5), date(2, 5), date(1, 5)]);
        assert_eq!(asked(&[], 1), [date(4, 5)]);
    }

    #[test]
    fn in_the_source_vault_a_copys_word_against_the_database_is_held_against_the_backups_own() {
        let source = [of_day(Source, 2)];
        let near = [of_day(Intermediate, 2)];
        let (none, in_near) = (SnapshotIds::new(), ids(&[(&near[0], "db-Y")]));
        let existing = [orders("db-A", 1)];
        let read = Identities::read([&source, &near, &[]], [&none, &in_near, &none], &existing);
        assert_eq!(read.undecided(Source, &source, &none, &existing, 9), [&source[0]]);
        let said = ids(&[(&source[0], "db-Y")]);
        let read = Identities::read([&source, &near, &[]], [&said, &in_near, &none], &existing);
        assert!(read.undecided(Source, &source, &said, &existing, 9).is_empty());
    }

    #[test]
    fn a_backup_is_of_the_database_that_it_was_made_of_whatever_that_is_called_today() {
        let far = [1, 2, 3, 4].map(|day| of_day(Destination, day));
        let in_far = ids(&[(&far[1], "db-A"), (&far[2], "db-B"), (&far[3], "db-C")]);
        let renamed = Existing { arn: format!("{ORDERS}-old"), ..orders("db-A", 1) };
        let none = SnapshotIds::new();
        let read = |existing: &[Existing]| Identities::read([&[], &[], &far], [&none, &none, &in_far], existing);
        let owners = |read: &Identities| far.each_ref().map(|point| format!("{:?}", read.owner(&point.origin)));
        let of = |arn: &str| format!("{:?}", Owner::Of(arn));
        let [unsure, another] = [Owner::Unsure, Owner::Another].map(|owner| format!("{owner:?}"));
        assert_eq!(
            owners(&read(&[orders("db-B", 1), renamed.clone()])),
            [another.clone(), of(&renamed.arn), of(ORDERS), another.clone()],
            "the first is from before the database was made"
        );
        let mut unsure_first = orders("db-B", 1);
        unsure_first.created_at = None;
        assert_eq!(owners(&read(&[unsure_first]))[0], unsure);
        // Nobody has the name: it is that of the one that had it.
        assert_eq!(owners(&read(&[]))[..], [of(ORDERS), of(ORDERS), of(ORDERS), of(ORDERS)]);
    }

    #[test]
    fn what_has_the_name_and_is_not_the_databases_is_said_in_words() {
        let far = [1, 2, 3, 4].map(|day| of_day(Destination, day));
        let in_far = ids(&[(&far[1], "db-A"), (&far[2], "db-B")]);
        let (none, database) = (SnapshotIds::new(), orders("db-B", 1));
        let read = Identities::read([&[], &[], &far], [&none, &none, &in_far], std::slice::from_ref(&database));
        let foreign = read.foreign(&far, ORDERS);
        assert_eq!((foreign.earlier, foreign.unknown), (2, 1));
        assert_eq!(
            foreign.in_words(Destination),
            "; 2 copies belong to an earlier database of this name (db-A); nothing says which database 1 copy of this \
             name is of"
        );
        assert_eq!(read.foreign(&far[2..3], ORDERS).in_words(Source), "");
        assert!(read.is_of(&far[2].origin, &database) && !read.are_of_one(&far[1].origin, &far[2].origin));
        assert!(!read.are_of_one(&far[3].origin, &far[2].origin), "nothing says whose the last one is");
    }
}
