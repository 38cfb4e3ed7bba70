//! How an answer is read: what AWS always sends must be there. A 200 without it could not be read; it is no fact.
//!
//! The SDK reads an absent member as none, an absent list as empty and an absent required text as blank, and its
//! paginators end without a word at a page token that they have seen before. So lists are paged here, and each
//! required member is asked for by its name.

use std::collections::BTreeSet;
use std::str::FromStr;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::table::{Effect, effect};
use crate::pipeline::seen::AwsError;

/// A member that AWS always sends.
pub(super) trait Required<T> {
    /// The member, by the name that AWS gives it.
    ///
    /// # Errors
    /// An answer without it.
    fn required(self, operation: &'static str, member: &str) -> Result<T, AwsError>;
}

impl<T> Required<T> for Option<T> {
    fn required(self, operation: &'static str, member: &str) -> Result<T, AwsError> {
        self.ok_or_else(|| AwsError::missing(operation, member))
    }
}

/// A text that AWS always sends and never blank: where it is absent, the SDK reads a blank one.
pub(super) fn text<'a>(text: &'a str, operation: &'static str, member: &str) -> Result<&'a str, AwsError> {
    Some(text).filter(|text| !text.is_empty()).required(operation, member)
}

/// A required member in its own form: an ARN, a number.
pub(super) fn parsed<T: FromStr>(text: Option<&str>, operation: &'static str, member: &str) -> Result<T, AwsError> {
    let text = text.required(operation, member)?;
    text.parse().map_err(|_| AwsError::unreadable(operation, member, text))
}

/// A member in its own form that AWS leaves out where it does not apply.
pub(super) fn parsed_if_any<T: FromStr>(
    text: Option<&str>,
    operation: &'static str,
    member: &str,
) -> Result<Option<T>, AwsError> {
    text.filter(|text| !text.is_empty()).map(|text| parsed(Some(text), operation, member)).transpose()
}

/// A list that AWS gives page by page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listing {
    /// In the form `backup:ListBackupVaults`.
    pub(super) operation: &'static str,
    /// The member that holds the items.
    pub(super) items: &'static str,
    /// The member that tells one item from another.
    pub(super) id: &'static str,
}

impl Listing {
    /// All items of all pages, each once.
    ///
    /// # Errors
    /// AWS's; a page without its list, an item without its id, a page token that came before.
    pub(super) async fn read<T>(
        &self,
        id: impl Fn(&T) -> Option<&str>,
        mut ask: impl AsyncFnMut(Option<String>) -> Result<(Option<Vec<T>>, Option<String>), AwsError>,
    ) -> Result<Vec<T>, AwsError> {
        let mut tokens = Tokens::of(self.operation);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let (items, next) = ask(token).await?;
            for item in items.required(self.operation, self.items)? {
                let id = id(&item).filter(|id| !id.is_empty()).required(self.operation, self.id)?;
                if seen.insert(id.to_owned()) {
                    found.push(item);
                }
            }
            token = tokens.next(next)?;
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

/// The page tokens of one list.
#[derive(Debug)]
pub(super) struct Tokens {
    operation: &'static str,
    seen: BTreeSet<String>,
}

impl Tokens {
    /// None yet.
    pub(super) fn of(operation: &'static str) -> Self {
        Self { operation, seen: BTreeSet::new() }
    }

    /// The next page's token; none where the list ends here.
    ///
    /// # Errors
    /// A token that came before: the list would never end.
    pub(super) fn next(&mut self, token: Option<String>) -> Result<Option<String>, AwsError> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(None) };
        if self.seen.insert(token.clone()) {
            return Ok(Some(token));
        }
        Err(AwsError::unread(self.operation, "the list repeats a page token, so its end cannot be read"))
    }
}

/// Reads whose answer has nothing in it where there is nothing to say (AWS Lambda API Reference).
const MAY_BE_EMPTY: [(&str, &str); 1] = [("Lambda", "GetFunctionConcurrency")];

/// Refuses an answer with nothing in it to whoever asked for something (where all that an answer has is a yes or a no,
/// the SDK reads a no) and XML that breaks off, which the SDK reads as far as it goes.
#[derive(Debug)]
pub(super) struct Whole;

/// What is wrong with an answer as a whole.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// Its end is missing.
    #[error("it breaks off")]
    BreaksOff,
}

/// Whether a document begins with an element that it does not end with.
fn breaks_off(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let root =
        text.match_indices('<').map(|(at, _)| &text[at + 1..]).find(|rest| rest.starts_with(char::is_alphabetic));
    let name = root.and_then(|rest| rest.split([' ', '>', '/', '\n', '\r', '\t']).next());
    name.is_some_and(|name| !text.ends_with(&format!("</{name}>")) && !text.ends_with("/>"))
}

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = config.load::<Metadata>() else { return Ok(()) };
        let operation = (call.service(), call.name());
        let asks = effect(operation.0, operation.1) == Effect::Read && !MAY_BE_EMPTY.contains(&operation);
        let Some(body) = context.response().body().bytes().map(<[u8]>::trim_ascii) else { return Ok(()) };
        match body {
            _ if !context.response().status().is_success() => Ok(()),
            b"" | b"{}" if asks => Err(Broken::Empty.into()),
            [b'<', ..] if breaks_off(body) => Err(Broken::BreaksOff.into()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::seen::FailedAt;

    const LISTING: Listing = Listing { operation: "backup:ListBackupVaults", items: "BackupVaultList", id: "Arn" };

    type Page = (Option<Vec<String>>, Option<String>);

    /// Reads these pages one after the other.
    fn read(pages: Vec<Page>) -> Result<Vec<String>, AwsError> {
        let mut pages = pages.into_iter();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(
            LISTING.read(
                |item: &String| Some(item.as_str()),
                async |_| Ok(pages.next().expect("nobody asks beyond the end")),
            ),
        )
    }

    fn page(items: &[&str], next: Option<&str>) -> Page {
        (Some(items.iter().map(|item| (*item).to_owned()).collect()), next.map(str::to_owned))
    }

    #[test]
    fn a_list_is_read_to_its_end_and_what_it_repeats_counts_once() {
        let found = read(vec![page(&["a", "b"], Some("1")), page(&["b", "c"], Some("")), page(&["d"], None)]);
        assert_eq!(found, Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
        assert_eq!(read(vec![page(&[], None)]), Ok(Vec::new()));
    }

    #[test]
    fn a_list_that_cannot_be_read_to_its_end_is_an_error() {
        let hollow = read(vec![page(&["a"], Some("1")), (None, None)]).expect_err("the second page has no list");
        assert_eq!(
            (hollow.failed_at, hollow.message.as_str()),
            (FailedAt::Answer, "the answer has no BackupVaultList")
        );
        let blank = read(vec![page(&["a", ""], None)]).expect_err("an item has no id");
        assert_eq!(blank.message, "the answer has no Arn");
        let turns = vec![page(&["a"], Some("1")), page(&["b"], Some("2")), page(&["c"], Some("1"))];
        let turns = read(turns).expect_err("two tokens take turns");
        assert_eq!(turns.failed_at, FailedAt::Answer);
        assert!(turns.message.contains("repeats a page token"), "{turns}");
    }

    #[test]
    fn xml_that_does_not_end_with_its_own_element_breaks_off() {
        let whole = "<?xml version=\"1.0\"?>\n<R xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><A>1</A></R>";
        assert!(!breaks_off(whole.as_bytes()));
        assert!(!breaks_off(b"<R><A/></R>") && !breaks_off(b"<R/>"));
        for end in 25..whole.len() {
            assert!(breaks_off(&whole.as_bytes()[..end]), "{}", &whole[..end]);
        }
    }

    #[test]
    fn a_member_is_named_when_it_is_not_there_or_not_what_it_must_be() {
        let operation = "sqs:GetQueueAttributes";
        assert_eq!(parsed::<u64>(Some("74"), operation, "Length"), Ok(74));
        let wrong = parsed::<u64>(Some("many"), operation, "Length").expect_err("no number");
        assert_eq!(
            (wrong.failed_at, wrong.message.as_str()),
            (FailedAt::Answer, "Length in the answer cannot be read: many")
        );
        assert_eq!(parsed::<u64>(None, operation, "Length").expect_err("none").message, "the answer has no Length");
        assert_eq!(parsed_if_any::<u64>(Some(""), operation, "Length"), Ok(None));
        assert!(text("", operation, "PolicyDocument").is_err());
    }
}
