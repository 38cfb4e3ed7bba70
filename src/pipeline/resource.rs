//! How an operator names a database: by its ARN, as `db:orders`, or as `orders`.

use std::str::FromStr;

use super::arn::Arn;
use super::settings::Pipeline;
use super::suggest;

/// What was written after `--resource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceName {
    /// An ARN.
    Arn(String),
    /// A database of the source environment, by its identifier.
    Database(String),
}

/// The text names no database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoResourceName {
    /// It is neither an identifier nor an ARN.
    #[error("`{0}` names no database: write orders, db:orders or an ARN")]
    NoName(String),
    /// It is the ARN of something else.
    #[error(
        "`{0}` is not the ARN of a DB instance, and AWS Backup's copies here are of nothing else: write orders, db:orders \
         or arn:aws:rds:REGION:ACCOUNT:db:orders; a recovery point is named by `copy --recovery-point`"
    )]
    OfSomethingElse(String),
}

impl FromStr for ResourceName {
    type Err = NoResourceName;

    /// A DB instance's identifier has 1 to 63 letters, digits and hyphens, begins with a letter and is kept in lower
    /// case (Amazon RDS API Reference, CreateDBInstance).
    fn from_str(text: &str) -> Result<Self, NoResourceName> {
        let wrong = || NoResourceName::NoName(text.to_owned());
        let is_identifier = |name: &str| {
            (1..=63).contains(&name.len())
                && name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if text.starts_with("arn:") {
            let arn: Arn = text.parse().map_err(|_| wrong())?;
            return match arn.resource.strip_prefix("db:").filter(|_| arn.service == "rds") {
                Some(name) if is_identifier(name) => Ok(Self::Arn(text.to_owned())),
                Some(_) => Err(wrong()),
                None => Err(NoResourceName::OfSomethingElse(text.to_owned())),
            };
        }
        let name = text.strip_prefix("db:").unwrap_or(text);
        if is_identifier(name) { Ok(Self::Database(name.to_ascii_lowercase())) } else { Err(wrong()) }
    }
}

impl ResourceName {
    /// The ARN that is meant in a pipeline.
    pub fn arn(&self, pipeline: &Pipeline) -> String {
        match self {
            Self::Arn(arn) => arn.clone(),
            Self::Database(name) => {
                let (source, resource) = (&pipeline.source, format!("db:{name}"));
                let account = source.account.as_str();
                Arn::new(pipeline.partition(), "rds", source.region.as_str(), account, resource).to_string()
            }
        }
    }
}

/// The short name of the known database that was probably meant.
pub fn nearest<'a>(arn: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = |arn: &'a str| arn.rsplit(':').next().unwrap_or(arn);
    let known: Vec<&str> = known.filter(|known| *known != arn && !known.contains('*')).map(name).collect();
    let wanted = arn.rsplit(':').next().unwrap_or(arn);
    // The right name in another Region or account is the nearest of all.
    let near = known.iter().copied().find(|known| *known == wanted);
    near.or_else(|| suggest::nearest(wanted, known.iter().copied())).map(|near| format!("db:{near}"))
}

/// What to do about a name that nobody knows.
pub const HINT: &str = "correct the name; `backupctl verify` lists the databases that are selected";

/// Why what was asked for cannot be worked on: it is neither selected nor among what the vaults hold.
pub fn unknown<'a>(
    pipeline: &'a Pipeline,
    arns: &[String],
    held: impl Iterator<Item = &'a str> + Clone,
) -> Option<String> {
    let selection = &pipeline.selection;
    let is_known = |arn: &String| {
        let mut selected = selection.resources.iter();
        selected.any(|pattern| crate::policy::wildcard::Pattern::new(pattern).matches(arn))
            || held.clone().any(|held| held == arn)
    };
    let arn = arns.iter().find(|arn| !is_known(arn))?;
    let known = selection.resources.iter().map(String::as_str).chain(held.clone());
    let near = nearest(arn, known).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
    Some(format!("{arn} is neither named in the selection nor in a vault{near}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::settings::tests::example;

    const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

    #[test]
    fn three_ways_to_name_one_database() {
        for text in ["orders", "db:orders", "ORDERS", ORDERS] {
            let name: ResourceName = text.parse().expect(text);
            assert_eq!(name.arn(&example()), ORDERS, "{text}");
        }
    }

    #[test]
    fn what_can_name_nothing_is_refused() {
        for text in ["", "db:", "1orders", "or ders", "db:or:ders", "arn:aws:rds", "arn:aws:rds:us-east-1:1:db:", "*"] {
            assert!(text.parse::<ResourceName>().is_err(), "{text}");
        }
    }

    // AWS Backup Developer Guide, "Backup of RDS": an instance's ARN is `…:db:NAME`; no other kind is selected here.
    #[test]
    fn the_arn_of_anything_but_a_database_is_refused() {
        for arn in [
            "arn:aws:rds:us-east-1:111111111111:cluster:orders",
            "arn:aws:rds:us-east-1:111111111111:snapshot:x",
            "arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1",
            "arn:aws:rds:us-east-1:111111111111:og:orders",
            "arn:aws:dynamodb:us-east-1:111111111111:table/orders",
            "arn:aws:ec2:us-east-1:111111111111:instance/i-1",
            "arn:aws:ec2:us-east-1:111111111111:db:orders",
            "arn:aws:backup:us-east-1:111111111111:recovery-point:1",
        ] {
            let refused = arn.parse::<ResourceName>();
            assert_eq!(refused, Err(NoResourceName::OfSomethingElse(arn.to_owned())));
        }
        for arn in ["arn:aws:rds:us-east-1:111111111111:db:or*", "arn:aws:rds:us-east-1:111111111111:db:a:b"] {
            assert!(matches!(arn.parse::<ResourceName>(), Err(NoResourceName::NoName(_))), "{arn}");
        }
    }

    #[test]
    fn the_nearest_known_name_is_named() {
        let known = [ORDERS, "arn:aws:rds:us-east-1:111111111111:db:billing"];
        let near = |arn: &str| nearest(arn, known.into_iter());
        assert_eq!(near("arn:aws:rds:us-east-1:111111111111:db:order").as_deref(), Some("db:orders"));
        assert_eq!(near("arn:aws:rds:eu-west-1:111111111111:db:orders").as_deref(), Some("db:orders"));
        assert_eq!(near("arn:aws:rds:us-east-1:111111111111:db:zzz"), None);
        let mut pipeline = example();
        pipeline.selection.resources = vec![ORDERS.to_owned()];
        assert_eq!(unknown(&pipeline, &[ORDERS.to_owned()], std::iter::empty()), None);
        let held = "arn:aws:rds:us-east-1:111111111111:db:sold";
        assert_eq!(unknown(&pipeline, &[held.to_owned()], [held].into_iter()), None);
        let wrong = unknown(&pipeline, &["arn:aws:rds:us-east-1:111111111111:db:ordes".to_owned()], [held].into_iter());
        assert!(wrong.expect("unknown").ends_with("did you mean db:orders?"));
    }
}
