//! What others are asked over HTTP. Whoever performs it decides which addresses may be reached.

/// A request to somebody else's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebRequest {
    /// Whether something is sent: `POST`, else `GET`.
    pub post: Option<Vec<u8>>,
    /// Where.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
}

/// What it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAnswer {
    /// The status.
    pub status: u16,
    /// The content type, where one is told.
    pub media: Option<String>,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// Asks other servers, and waits for their answers.
pub trait Web: Send + Sync {
    /// Performs a request; why not, where nothing came back or too much. No redirection is followed.
    fn fetch(&self, request: &WebRequest) -> Result<WebAnswer, String>;
}
