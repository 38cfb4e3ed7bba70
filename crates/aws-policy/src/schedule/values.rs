//! What is written in a field, as the values that it means.

use super::field::Field;
use super::mistake::Mistake;

impl Field {
    pub(super) fn wrong(self, part: &str) -> Mistake {
        Mistake::Part { field: self, part: part.to_owned() }
    }

    /// The values of a whole field that has no wildcards but `, - * /`.
    ///
    /// # Errors
    /// The part that does not fit.
    pub(super) fn values(self, written: &str) -> Result<Vec<u32>, Mistake> {
        if written == "*" {
            return Ok(self.all());
        }
        let mut values = Vec::new();
        for part in written.split(',') {
            values.extend(self.part(part)?);
        }
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    /// The values of one part of a list: a value, a range, or one of the two (or `*`) with a step. From a value a step
    /// runs to the field's end ("1/10 … every tenth minute, starting from the first minute of the hour").
    pub(super) fn part(self, part: &str) -> Result<Vec<u32>, Mistake> {
        let wrong = || self.wrong(part);
        let (least, most) = self.bounds();
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(self.step(step).ok_or_else(wrong)?)),
            None => (part, None),
        };
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (self.value(from).ok_or_else(wrong)?, self.value(to).ok_or_else(wrong)?),
            None if range == "*" && step.is_some() => (least, most),
            None => {
                let value = self.value(range).ok_or_else(wrong)?;
                (value, if step.is_some() { most } else { value })
            }
        };
        let every = usize::try_from(step.unwrap_or(1)).unwrap_or(1);
        if from <= to {
            return Ok((from..=to).step_by(every).collect());
        }
        let around: Vec<u32> = (from..=most).chain(least..=to).step_by(every).collect();
        // The guide has one such range: "0/30 20-2 ? * MON-FRI *", which also runs "from 12:00 am to 2:00 am on Monday
        // morning". It says of no other field that a range may do that.
        if self == Self::Hours { Ok(around) } else { Err(self.wraps(part, &around)) }
    }

    /// The first range of a field that AWS takes and that runs past the field's end.
    pub(super) fn wrapped(self, written: &str) -> Option<Mistake> {
        written.split(',').find_map(|part| {
            let values = self.part(part).ok()?;
            (!values.is_sorted()).then(|| self.wraps(part, &values))
        })
    }

    fn wraps(self, part: &str, values: &[u32]) -> Mistake {
        let list: Vec<String> = values.iter().map(|value| self.shown(*value)).collect();
        Mistake::Wraps { field: self, part: part.to_owned(), list: list.join(",") }
    }
}
