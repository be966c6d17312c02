//! Requests over HTTP and mail over SMTP, performed as they are described.
//!
//! ```
//! use transport::{Http, Reach};
//!
//! // nothing is sent to this machine or its neighbours: an endpoint is named by a tenant, and the server stands inside
//! let refused = Http::new(Reach::Public).post("http://127.0.0.1:9/hook", &[], b"{}");
//! assert!(refused.unwrap_err().contains("private"));
//! ```

mod mail;
mod measures;
mod traces;

pub use mail::{Smtp, SmtpError};
pub use measures::Measures;
pub use traces::{Traces, TracesError};

use engine::{Answered, Courier, Mail, Web, WebAnswer, WebRequest};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long a request may take, from the look-up of the name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// So much of an answer is kept.
const KEPT: u64 = 4096;

/// An answer that is needed whole has so many bytes at most.
const WHOLE: u64 = 1 << 20;

/// Which addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those of the internet.
    Public,
    /// Also those of this machine and its networks.
    Private,
}

/// Performs requests over HTTP and TLS.
#[derive(Debug)]
pub struct Http {
    agent: ureq::Agent,
}

impl Http {
    /// A client that reaches these addresses.
    pub fn new(reach: Reach) -> Self {
        Self::with_patience(reach, PATIENCE)
    }

    fn with_patience(reach: Reach, patience: Duration) -> Self {
        let config = Config::builder()
            .timeout_global(Some(patience))
            // where a redirection leads was not agreed with anybody
            .max_redirects(0)
            .http_status_as_error(false)
            // a proxy would look up names by itself
            .proxy(None)
            .user_agent(concat!("Counterfoil/", env!("CARGO_PKG_VERSION")))
            .build();
        let resolver = Guarded { reach, names: DefaultResolver::default() };
        Self { agent: ureq::Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }
}

/// The world outside: HTTP, and mail where there is a server for it.
#[derive(Debug)]
pub struct Outside {
    /// Performs requests.
    pub http: Http,
    /// Sends mail.
    pub smtp: Option<Smtp>,
}

impl Web for Http {
    fn fetch(&self, request: &WebRequest) -> Result<WebAnswer, String> {
        let headers = &request.headers;
        let answered = if let Some(body) = &request.post {
            let asked = self.agent.post(&request.url);
            headers.iter().fold(asked, |asked, (name, value)| asked.header(name, value)).send(&body[..])
        } else {
            let asked = self.agent.get(&request.url);
            headers.iter().fold(asked, |asked, (name, value)| asked.header(name, value)).call()
        };
        let mut response = answered.map_err(|error| error.to_string())?;
        let media = response.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(WHOLE).read_to_vec().map_err(|error| error.to_string())?;
        Ok(WebAnswer { status, media, body })
    }
}

impl Courier for Outside {
    fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        let span = tracing::info_span!("webhook", "otel.kind" = "client", url);
        let headers = traces::carried(&span, headers);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answered = span.in_scope(|| self.http.post(url, &headers, body));
        if let Ok(Answered { status, .. }) = &answered {
            span.set_attribute("http.response.status_code", i64::from(*status));
        }
        answered
    }

    fn mail(&self, mail: &Mail) -> Result<Answered, String> {
        match &self.smtp {
            Some(smtp) => smtp.send(mail),
            None => Err("this server was started without a mail server (--smtp)".into()),
        }
    }
}

impl Http {
    /// Posts a body; what was answered, or why nothing was.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        let mut request = self.agent.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.send(body).map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        // whoever answers with an endless body has answered
        let mut text = Vec::new();
        let mut kept = std::io::Read::take(response.body_mut().as_reader(), KEPT);
        let _ = std::io::Read::read_to_end(&mut kept, &mut text);
        Ok(Answered { status, body: String::from_utf8_lossy(&text).into_owned() })
    }
}

/// Looks names up, and keeps the addresses that may be reached. What is connected to is what was looked at.
#[derive(Debug)]
struct Guarded {
    reach: Reach,
    names: DefaultResolver,
}

impl Resolver for Guarded {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if self.reach == Reach::Private {
            return Ok(found);
        }
        let mut allowed = self.empty();
        found.iter().filter(|address| is_public(address)).for_each(|address| allowed.push(*address));
        if allowed.is_empty() {
            return Err(ureq::Error::Other(format!("{uri} is at a private address, which is not allowed").into()));
        }
        Ok(allowed)
    }
}

fn is_public(address: &SocketAddr) -> bool {
    match address.ip() {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public_v4(ip),
            None => is_public_v6(ip),
        },
    }
}

/// Not of the special-purpose registry of IANA (RFC 6890).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_unspecified()
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    // global unicast is 2000::/3; of it 2001:db8::/32 is for documents, 2001::/23 for protocols, 2002::/16 and 64:ff9b::/96 carry IPv4
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8)) && first != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers one request with these bytes.
    fn answering(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let mut request = vec![0; 65_536];
            let mut length = 0;
            while !request[..length].ends_with(b"{}") {
                let read = stream.read(&mut request[length..]).expect("a request");
                assert!(read > 0, "the request ended early");
                length += read;
            }
            stream.write_all(answer.as_bytes()).expect("answered");
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (url, served)
    }

    #[test]
    fn private_addresses_are_refused_however_they_are_written() {
        let http = Http::new(Reach::Public);
        for host in [
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "10.1.2.3",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "2130706433",
        ] {
            let refused = http.post(&format!("http://{host}:9/hook"), &[], b"{}").expect_err(host);
            assert!(refused.contains("private") || refused.contains("host not found"), "{host}: {refused}");
        }
        let public = |text: &str| is_public(&format!("{text}:80").parse().expect("an address"));
        for text in ["8.8.8.8", "[2606:4700::1111]", "198.20.0.1"] {
            assert!(public(text), "{text}");
        }
        for text in [
            "172.31.0.1",
            "192.168.1.1",
            "198.19.0.1",
            "255.255.255.255",
            "[fe80::1]",
            "[fd00::1]",
            "[2001:db8::1]",
            "[2002:a00:1::]",
            "[64:ff9b::a00:1]",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn an_answer_is_taken_as_it_is() {
        let http = Http::new(Reach::Private);
        let (url, served) = answering(
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone",
        );
        let answered = http.post(&url, &[("webhook-id", "msg_1")], b"{}").expect("an answer");
        assert_eq!((answered.status, answered.body.as_str()), (302, "gone"));
        let request = served.join().expect("served");
        assert!(request.to_lowercase().contains("webhook-id: msg_1"), "{request}");
    }

    #[test]
    fn what_is_fetched_is_whole_or_not_taken() {
        let (url, served) = answering(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]",
        );
        let asked =
            WebRequest { post: Some(b"{}".to_vec()), url, headers: vec![("accept".into(), "application/json".into())] };
        let answer = Http::new(Reach::Private).fetch(&asked).expect("an answer");
        assert_eq!(
            (answer.status, answer.media.as_deref(), &answer.body[..]),
            (200, Some("application/json"), &b"[]"[..])
        );
        assert!(served.join().expect("served").to_lowercase().contains("accept: application/json"));
        let (url, served) = answering("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\nConnection: close\r\n\r\n[");
        let asked = WebRequest { url, ..asked };
        assert!(Http::new(Reach::Private).fetch(&asked).is_err(), "half of it");
        served.join().expect("served");
        let private = Http::new(Reach::Public).fetch(&WebRequest {
            post: None,
            url: "http://127.0.0.1:9/keys".into(),
            headers: Vec::new(),
        });
        assert!(private.expect_err("refused").contains("private"));
    }

    #[test]
    fn who_does_not_answer_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let http = Http::with_patience(Reach::Private, Duration::from_millis(50));
        assert!(http.post(&url, &[], b"{}").expect_err("silence").contains("timeout"));
    }
}
