//! Patterns with `*` and `?`, and the policy variables inside them.

use super::context::{Context, Lookup};
use super::elements::Version;

/// One element of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Literal(char),
    One,
    Many,
    /// As `One` and `Many`, but no colon.
    OneWithin,
    ManyWithin,
}

/// A pattern whose variables have been filled in. What a variable stood for is literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Token>);

/// What becomes of a text with policy variables.
pub(super) enum Expanded {
    Pattern(Pattern),
    /// A variable has no single value and no default: the text matches nothing.
    NoValue,
    /// A variable's key is not known to the asker.
    Unknown(String),
}

impl Pattern {
    /// A pattern with `*` for any run of characters and `?` for one; no variables.
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(token).collect())
    }

    /// The pattern that a text of a document stands for: before 2012-10-17 there are no variables.
    pub(super) fn of(text: &str, context: &Context, version: Version) -> Expanded {
        match version {
            Version::V2012 => Self::expand(text, context),
            Version::V2008 => Expanded::Pattern(Self::new(text)),
        }
    }

    /// A pattern with policy variables (`${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`,
    /// `${?}`, `${$}`), filled in from `context` (IAM User Guide, "IAM policy elements: Variables and tags").
    fn expand(text: &str, context: &Context) -> Expanded {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let after = &rest[start + 2..];
            let Some(end) = after.find('}') else { break };
            tokens.extend(rest[..start].chars().map(token));
            match variable(&after[..end], context) {
                Variable::Value(value) => tokens.extend(value.chars().map(Token::Literal)),
                Variable::None => return Expanded::NoValue,
                Variable::Unknown(key) => return Expanded::Unknown(key),
            }
            rest = &after[end + 1..];
        }
        tokens.extend(rest.chars().map(token));
        Expanded::Pattern(Self(tokens))
    }

    /// Whether the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        fits(&self.0, &text)
    }

    /// The pattern as text where no character of it is a wildcard's: what an exact comparison takes.
    pub fn literal(&self) -> String {
        let letter = |token: &Token| match token {
            Token::Literal(letter) => *letter,
            Token::One | Token::OneWithin => '?',
            Token::Many | Token::ManyWithin => '*',
        };
        self.0.iter().map(letter).collect()
    }

    /// Whether a `Resource` or `NotResource` means an ARN. Parts that it leaves out are `*`; a `*` that ends a part may
    /// reach beyond the colon, every other wildcard stays in its part (IAM User Guide, "IAM JSON policy elements:
    /// Resource").
    pub(super) fn matches_resource(&self, arn: &str) -> bool {
        let is_everything = self.0 == [Token::Many];
        if is_everything || arn.splitn(6, ':').count() != 6 {
            return self.matches(arn);
        }
        let colon = Token::Literal(':');
        let mut parts: Vec<Vec<Token>> = self.0.splitn(6, |token| *token == colon).map(<[Token]>::to_vec).collect();
        parts.resize(6, vec![Token::Many]);
        for part in &mut parts[..5] {
            let last = part.len().saturating_sub(1);
            for (at, token) in part.iter_mut().enumerate() {
                *token = match *token {
                    Token::One => Token::OneWithin,
                    Token::Many if at < last => Token::ManyWithin,
                    token => token,
                };
            }
        }
        reaches(&parts.join(&colon), arn)
    }

    /// Whether an ARN fits as a condition's operator compares it, part by part: no wildcard reaches across the colons
    /// between the six parts (IAM User Guide, "Amazon Resource Name (ARN) condition operators"). Parts that the pattern
    /// leaves out are `*`.
    pub fn matches_arn(&self, arn: &str) -> bool {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        if parts.len() != 6 {
            return self.matches(arn);
        }
        let colon = Token::Literal(':');
        let mut pattern: Vec<&[Token]> = self.0.splitn(6, |token| *token == colon).collect();
        pattern.resize(6, &[Token::Many]);
        pattern.iter().zip(parts).all(|(pattern, part)| fits(pattern, &part.chars().collect::<Vec<_>>()))
    }
}

fn token(letter: char) -> Token {
    match letter {
        '*' => Token::Many,
        '?' => Token::One,
        letter => Token::Literal(letter),
    }
}

/// Walks both at once and, on a mismatch, lets the last `*` take one character more.
fn fits(pattern: &[Token], text: &[char]) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while position < text.len() {
        match pattern.get(at) {
            Some(Token::Many) => {
                retry = Some((at, position));
                at += 1;
                continue;
            }
            Some(Token::One) => {
                at += 1;
                position += 1;
                continue;
            }
            Some(Token::Literal(letter)) if *letter == text[position] => {
                at += 1;
                position += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, taken)) = retry else { return false };
        retry = Some((star, taken + 1));
        at = star + 1;
        position = taken + 1;
    }
    pattern[at..].iter().all(|token| *token == Token::Many)
}

/// As [`fits`], where some stars do not take every character: follows all ways at once.
fn reaches(pattern: &[Token], text: &str) -> bool {
    let is_star = |token: &Token| matches!(token, Token::Many | Token::ManyWithin);
    // A star may take nothing: who stands before it stands behind it too.
    let past_stars = |open: &mut Vec<bool>| {
        for (at, token) in pattern.iter().enumerate() {
            open[at + 1] |= open[at] && is_star(token);
        }
    };
    let mut open = vec![false; pattern.len() + 1];
    open[0] = true;
    past_stars(&mut open);
    for letter in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, token) in pattern.iter().enumerate().filter(|(at, _)| open[*at]) {
            match token {
                Token::Many => next[at] = true,
                Token::ManyWithin => next[at] |= letter != ':',
                Token::One => next[at + 1] = true,
                Token::OneWithin => next[at + 1] |= letter != ':',
                Token::Literal(wanted) => next[at + 1] |= *wanted == letter,
            }
        }
        open = next;
        past_stars(&mut open);
    }
    open[pattern.len()]
}

enum Variable {
    Value(String),
    None,
    Unknown(String),
}

fn variable(inside: &str, context: &Context) -> Variable {
    if matches!(inside, "*" | "?" | "$") {
        return Variable::Value(inside.to_owned());
    }
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim())),
        None => (inside.trim(), None),
    };
    let default = || default?.strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
    match context.lookup(key) {
        Lookup::Values([value]) => Variable::Value(value.clone()),
        Lookup::Unknown => Variable::Unknown(key.to_owned()),
        Lookup::Values(_) | Lookup::Absent => default().map_or(Variable::None, Variable::Value),
    }
}

/// Whether an action is meant by a pattern; actions compare without regard to case
/// (IAM User Guide, "AWS JSON policy elements: Action").
pub fn action_matches(pattern: &str, action: &str) -> bool {
    Pattern::new(&pattern.to_ascii_lowercase()).matches(&action.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        assert!(Pattern::new("a*c?").matches("abbbcd"));
        assert!(Pattern::new("*").matches(""));
        assert!(!Pattern::new("a?").matches("a"));
        assert!(Pattern::new("*a*b").matches("xaxxbab"));
        assert!(!Pattern::new("*a*b").matches("xaxxba"));
    }

    #[test]
    fn a_star_that_ends_a_part_of_a_resource_runs_past_the_colon() {
        let means = |pattern: &str, arn: &str| Pattern::new(pattern).matches_resource(arn);
        let database = "arn:aws:rds:us-east-1:111111111111:db:orders";
        let vault = "arn:aws:backup:us-west-2:111111111111:backup-vault:v";
        for pattern in
            ["arn:aws:rds:*:db:orders", "arn:aws:rds:us-*:db:*", "arn:aws:rds:*", "arn:*", "*", "arn:aws:rds"]
        {
            assert!(means(pattern, database), "{pattern}");
        }
        assert!(means("arn:aws:backup:*:backup-vault:v", vault));
        // Not where the star does not end its part, nor the question mark.
        assert!(!means("arn:aws:rds:us*1:db:orders", database));
        assert!(!means("arn:aws:rds:us-east-1?111111111111:db:orders", database));
        assert!(means("arn:aws:rds:us*1:111111111111:db:orders", database));
        assert!(!means("arn:aws:rds:*:db:payments", database));
        assert!(!means("arn:aws:s3:::*", "arn:aws:s3:eu-west-1::bucket"));
        // In the resource's own part each of them takes colons, as ever.
        assert!(means("arn:aws:rds:us-east-1:111111111111:*orders", database));
        assert!(means("arn:aws:rds:us-east-1:111111111111:db?orders", database));
    }

    #[test]
    fn a_wildcard_of_an_arn_stays_in_its_part_except_in_the_resource() {
        // IAM User Guide, ARN condition operators: each of the six parts is checked separately.
        let pattern = Pattern::new("arn:aws:rds:*:111111111111:snapshot:awsbackup:*");
        assert!(pattern.matches_arn("arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1:x"));
        assert!(!Pattern::new("arn:aws:sns:*:topic").matches_arn("arn:aws:sns:us-east-1:111111111111:x"));
        assert!(!Pattern::new("arn:aws:sns:*:topic").matches_arn("arn:aws:sns:us-east-1:111111111111:topic"));
        assert!(Pattern::new("arn:aws:sqs").matches_arn("arn:aws:sqs:us-east-1:111111111111:queue"));
        assert!(!Pattern::new("arn:aws:s3:::*").matches_arn("arn:aws:s3:eu-west-1::bucket"));
    }

    #[test]
    fn a_variable_is_literal_and_may_have_a_default() {
        let context = Context::new().with("aws:username", "a*");
        let expanded = |text| match Pattern::expand(text, &context) {
            Expanded::Pattern(pattern) => Some(pattern),
            Expanded::NoValue | Expanded::Unknown(_) => None,
        };
        assert!(expanded("${aws:username}").is_some_and(|pattern| pattern.matches("a*") && !pattern.matches("ab")));
        assert!(expanded("x${aws:PrincipalTag/team, 'none'}").is_some_and(|pattern| pattern.matches("xnone")));
        assert!(expanded("${*}${?}${$}").is_some_and(|pattern| pattern.matches("*?$") && !pattern.matches("ab$")));
        assert!(matches!(Pattern::expand("${aws:absent}", &context), Expanded::NoValue));
        let unsure = Context::partial();
        let open = Pattern::expand("${aws:username, 'x'}", &unsure);
        assert!(matches!(open, Expanded::Unknown(key) if key == "aws:username"));
    }
}
