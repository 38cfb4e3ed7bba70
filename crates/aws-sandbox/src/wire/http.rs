//! A request and an answer as both doors see them.

/// An HTTP request, its body read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// One of `GET`, `PUT`.
    pub method: String,
    /// The path as it was sent, percent-encoding untouched.
    pub path: String,
    /// The query string without its `?`, untouched; empty where there is none.
    pub query: String,
    /// Header names and values in the order of arrival.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// The first header of that name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What becomes of an answer on its way to the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    #[default]
    Arrives,
    /// It arrives this many seconds later.
    Late(u64),
    /// The connection breaks, and nobody gets it.
    Lost,
    /// The client's process ends, and nobody gets it.
    ClientEnds,
}

/// An HTTP answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Header names (lower case) and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether the client gets it.
    pub fate: Fate,
}

impl Response {
    /// An answer with a content type and the request's id.
    pub fn new(status: u16, content_type: &str, request_id: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![
            ("content-type".to_owned(), content_type.to_owned()),
            ("x-amzn-requestid".to_owned(), request_id.to_owned()),
        ];
        Self { status, headers, body: body.into(), fate: Fate::Arrives }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
