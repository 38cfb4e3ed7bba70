//! The known word that a misspelt one was probably meant to be.

/// The nearest of `known`, if it is near enough to be worth naming.
///
/// Near enough is a Damerau-Levenshtein distance of at most a third of the longer word, or one
/// word beginning with the other.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            let longest = word.chars().count().max(candidate.chars().count());
            distance * 3 <= longest.max(3) || (word.len() > 3 && candidate.starts_with(word))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(nearest("vualt", ["account", "region", "vault"]), Some("vault"));
        assert_eq!(nearest("us-west2", ["us-west-1", "us-west-2", "us-east-2"]), Some("us-west-2"));
        assert_eq!(nearest("key_admins", ["key_admin", "key_arn"]), Some("key_admin"));
    }

    #[test]
    fn a_word_from_elsewhere_is_not() {
        assert_eq!(nearest("colour", ["account", "region", "vault"]), None);
    }
}
