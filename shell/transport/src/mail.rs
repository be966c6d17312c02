//! Mail over SMTP.

use engine::{Answered, Mail};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message, SmtpTransport, Transport};
use std::time::Duration;
use stdx::{Problem, ToProblem};

/// How long a mail server may take for each step.
const PATIENCE: Duration = Duration::from_secs(15);

/// Hands mail to a mail server.
#[derive(Debug)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Why mail cannot be sent by these settings.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The address of the mail server is none.
    #[error("the address of the mail server cannot be used: {0}")]
    Server(String),
    /// The sender is none.
    #[error("`{0}` is no sender")]
    From(String),
}

impl ToProblem for SmtpError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::Server(_) => {
                "write it as smtps://user:password@mail.example.com, or smtp://… for STARTTLS at port 587"
            }
            Self::From(_) => "write it as billing@example.com, or \"Billing <billing@example.com>\"",
        };
        Problem::new("invalid_mail_settings", "Mail cannot be sent like this").detail(self.to_string()).mend(mend)
    }
}

impl Smtp {
    /// A mail server by its address, `smtps://user:password@host:465` or `smtp://user:password@host:587`, and who the sender is.
    ///
    /// A password is never sent in the clear: with one, `smtp://` asks for STARTTLS and does without the server that has none.
    pub fn new(server: &str, from: &str) -> Result<Self, SmtpError> {
        Self::with_patience(server, from, PATIENCE)
    }

    fn with_patience(server: &str, from: &str, patience: Duration) -> Result<Self, SmtpError> {
        let server = guarded(server);
        // what is wrong is told without the address: there is a password in it
        let builder = SmtpTransport::from_url(&server).map_err(|error| SmtpError::Server(error.to_string()))?;
        let from = from.parse().map_err(|_| SmtpError::From(from.to_owned()))?;
        Ok(Self { transport: builder.timeout(Some(patience)).build(), from })
    }

    /// Sends an e-mail; what the mail server answered, or why nothing was sent.
    pub fn send(&self, mail: &Mail) -> Result<Answered, String> {
        let to: Mailbox = mail.to.parse().map_err(|error| format!("`{}`: {error}", mail.to))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())
            .map_err(|error| error.to_string())?;
        match self.transport.send(&message) {
            Ok(response) => {
                let body = response.message().collect::<Vec<_>>().join(" ");
                Ok(Answered { status: response.code().into(), body })
            }
            Err(error) => match error.status() {
                Some(code) => Ok(Answered { status: code.into(), body: error.to_string() }),
                None => Err(error.to_string()),
            },
        }
    }
}

/// The address, with encryption asked for where there is a password.
fn guarded(server: &str) -> String {
    let is_bare = server.starts_with("smtp://") && server.contains('@') && !server.contains("tls=");
    let sign = if server.contains('?') { '&' } else { '?' };
    if is_bare { format!("{server}{sign}tls=required") } else { server.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread::JoinHandle;

    /// A mail server for one conversation, which answers `verdict` to the recipient; what it was told.
    fn server(verdict: &'static str) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("smtp://{}", listener.local_addr().expect("an address"));
        let served = std::thread::spawn(move || converse(listener.accept().expect("somebody comes").0, verdict));
        (address, served)
    }

    fn converse(mut stream: TcpStream, verdict: &str) -> Vec<String> {
        let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
        let mut heard = Vec::new();
        let mut in_body = false;
        write!(stream, "220 mail.test ready\r\n").expect("said");
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                _ if in_body && line == "." => {
                    in_body = false;
                    "250 2.0.0 queued as 42"
                }
                _ if in_body => "",
                "EHLO" => "250 mail.test",
                "RCPT" => verdict,
                "DATA" => {
                    in_body = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            let is_end = line == "QUIT";
            heard.push(line);
            if !answer.is_empty() && write!(stream, "{answer}\r\n").is_err() || is_end {
                break;
            }
        }
        heard
    }

    fn mail() -> Mail {
        Mail { to: "ann@example.com".into(), subject: "Über 80 %".into(), text: "Usage reached 80.\n.\nEnd\n".into() }
    }

    #[test]
    fn a_mail_is_handed_to_the_server_as_it_is() {
        let (address, served) = server("250 ok");
        let smtp = Smtp::new(&address, "Billing <billing@example.com>").expect("settings");
        let answered = smtp.send(&mail()).expect("an answer");
        assert_eq!(answered.status, 250);
        assert!(answered.body.contains("queued as 42"), "{}", answered.body);
        let heard = served.join().expect("served");
        assert!(heard.iter().any(|line| line.starts_with("MAIL FROM:<billing@example.com>")), "{heard:?}");
        assert!(heard.iter().any(|line| line.starts_with("RCPT TO:<ann@example.com>")), "{heard:?}");
        for line in ["Usage reached 80.", "..", "End"] {
            assert!(heard.iter().any(|found| found == line), "{line}: {heard:?}");
        }
        let subject = heard.iter().find(|line| line.starts_with("Subject:")).expect("a subject");
        assert!(subject.is_ascii() && subject.contains("=?utf-8?"), "{subject}");
    }

    #[test]
    fn what_the_server_answers_is_told() {
        for (verdict, status) in [("550 5.1.1 nobody here", 550), ("451 4.3.0 later", 451)] {
            let (address, served) = server(verdict);
            let answered = Smtp::new(&address, "b@example.com").expect("settings").send(&mail()).expect("an answer");
            assert_eq!(answered.status, status, "{}", answered.body);
            served.join().expect("served");
        }
    }

    #[test]
    fn a_server_that_is_silent_or_away_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("smtp://{}", listener.local_addr().expect("an address"));
        let silent = Smtp::with_patience(&address, "b@example.com", Duration::from_millis(50)).expect("settings");
        silent.send(&mail()).expect_err("silence");
        drop(listener);
        silent.send(&mail()).expect_err("nobody");
    }

    #[test]
    fn a_password_is_not_sent_in_the_clear() {
        let (address, served) = server("250 ok");
        let address = address.replace("smtp://", "smtp://user:secret@");
        let smtp = Smtp::new(&address, "b@example.com").expect("settings");
        let refused = smtp.send(&mail()).expect_err("the server has no STARTTLS");
        assert!(!refused.contains("secret"), "{refused}");
        assert!(!served.join().expect("served").iter().any(|line| line.starts_with("AUTH")));
        assert!(
            guarded("smtps://u:p@h").ends_with("@h") && guarded("smtp://u:p@h/me?x=1").ends_with("x=1&tls=required")
        );
    }

    #[test]
    fn settings_that_cannot_be_used_are_told_without_the_password() {
        for server in ["", "mail.example.com", "http://u:secret@mail.example.com", "smtp://u:secret@h?tls=maybe"] {
            let problem = Smtp::new(server, "b@example.com").expect_err(server).problem();
            assert_eq!(problem.code, "invalid_mail_settings");
            assert!(!problem.detail.contains("secret"), "{problem}");
        }
        assert!(matches!(Smtp::new("smtp://h", "nobody"), Err(SmtpError::From(_))));
    }
}
