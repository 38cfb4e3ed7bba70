//! Three-valued logic: true, false, or open because of keys whose values the asker does not know.

use std::collections::BTreeSet;

/// Whether something holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// It depends on these keys, spelled as the policy spells them.
    Open(BTreeSet<String>),
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Truth::True } else { Truth::False }
    }
}

impl Truth {
    pub(super) fn open(key: &str) -> Self {
        Truth::Open(BTreeSet::from([key.to_owned()]))
    }

    pub(super) fn not(self) -> Self {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            open => open,
        }
    }

    /// All of them: false as soon as one is false, whatever is open besides.
    pub(super) fn all(each: impl IntoIterator<Item = Truth>) -> Self {
        let mut keys = BTreeSet::new();
        for one in each {
            match one {
                Truth::True => {}
                Truth::False => return Truth::False,
                Truth::Open(more) => keys.extend(more),
            }
        }
        if keys.is_empty() { Truth::True } else { Truth::Open(keys) }
    }

    /// One of them at least: true as soon as one is true, whatever is open besides.
    pub(super) fn any(each: impl IntoIterator<Item = Truth>) -> Self {
        Truth::all(each.into_iter().map(Truth::not)).not()
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True};

    fn open() -> Truth {
        Truth::open("k")
    }

    /// Kleene's strong three-valued logic, written out.
    #[test]
    fn the_tables_of_and_or_not() {
        let table = [
            (True, True, True, True),
            (True, False, False, True),
            (True, open(), open(), True),
            (False, False, False, False),
            (False, open(), False, open()),
            (open(), open(), open(), open()),
        ];
        for (one, other, both, either) in table {
            for pair in [[one.clone(), other.clone()], [other.clone(), one.clone()]] {
                assert_eq!(Truth::all(pair.clone()), both, "all of {pair:?}");
                assert_eq!(Truth::any(pair.clone()), either, "any of {pair:?}");
            }
        }
        assert_eq!([True.not(), False.not(), open().not()], [False, True, open()]);
        assert_eq!((Truth::all([]), Truth::any([])), (True, False));
    }
}
