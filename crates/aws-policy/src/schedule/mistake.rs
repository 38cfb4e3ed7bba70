//! What is wrong with an expression, and what to write instead.

use super::field::Field;
use super::service::Service;

/// Why a service of AWS does not take an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// Neither of the two forms.
    #[error("it is not of the form cron(…) or rate(…)")]
    Form,
    /// A cron expression of another number of fields.
    #[error("it must have 6 fields, not {0}")]
    Fields(usize),
    /// A value, a wildcard or a step that the field does not have.
    #[error("`{part}` does not fit the field of {}", field.name())]
    Part { field: Field, part: String },
    /// A range that runs past the field's end (`FRI-MON`). AWS's pages have one, in the hours; whether AWS takes others
    /// is not confirmed.
    #[error("the range `{part}` runs past the end of the field of {}", field.name())]
    Wraps {
        field: Field,
        part: String,
        /// The values that it would have, as a list.
        list: String,
    },
    /// The day of the week has no increments among its wildcards.
    #[error("the field of day of week takes no steps (`/`): `{0}`")]
    Step(String),
    /// "If you use a '#' character, you can define only one expression in the day-of-week field."
    #[error("the field of day of week takes only one expression beside `#`: `{0}`")]
    Ordinal(String),
    /// Both days are open.
    #[error("only one of the two day fields can be `?`")]
    NoDay,
    /// Both days are set.
    #[error("one of the two day fields must be `?`")]
    TwoDays,
    /// A rate that is no whole number above zero and a unit.
    #[error("a rate is a whole number above 0 and minutes, hours or days")]
    Rate,
    /// "If the value is equal to 1, then the unit must be singular. If the value is greater than 1, the unit must be
    /// plural."
    #[error("the unit is singular after 1 and plural after more")]
    Plural {
        /// The rate with the unit that fits its value.
        fitting: String,
    },
    /// A rate for AWS Backup.
    #[error("AWS Backup takes no rate(…)")]
    NoRates,
    /// More frequent than AWS Backup takes.
    #[error("AWS Backup takes no two backups less than 60 minutes apart")]
    TooOften,
}

impl Mistake {
    /// What to write instead, for this service.
    pub fn hint(&self, service: Service) -> String {
        match self {
            Self::Form | Self::Fields(_) | Self::NoDay | Self::TwoDays | Self::NoRates => service.form().to_owned(),
            Self::Part { field, .. } => format!("the field of {} takes {}", field.name(), field.takes()),
            Self::Wraps { list, .. } => format!("write a list: {list}"),
            Self::Step(_) => "write the days as a list, such as MON,WED,FRI".to_owned(),
            Self::Ordinal(_) => {
                "write one day with `#`, such as 2#1 for the first Monday, or days without `#`".to_owned()
            }
            Self::Rate => "write a rate such as rate(1 hour) or rate(30 minutes)".to_owned(),
            Self::Plural { fitting } => format!("write {fitting}"),
            Self::TooOften => {
                "write one minute in the first field, such as cron(0 * * * ? *) for a backup every hour".to_owned()
            }
        }
    }
}
