//! Telling other processes that something changed: LISTEN and NOTIFY, on a connection of its own.

use super::{server::Server, session::Session};
use crate::StoreError;
use std::time::Duration;

/// The longest text that a notice may have is 8000 bytes.
const LONGEST: usize = 7_000;

/// A connection that hears and tells.
pub(crate) struct Listener {
    session: Session,
}

impl Listener {
    pub(crate) fn open(server: &Server) -> Result<Self, StoreError> {
        let mut session = server.session_of_its_own()?;
        // a database may hold several schemas, each an installation
        let schema = session.last_text("SELECT current_schema()")?;
        session.batch(&format!("LISTEN \"counterfoil:{}\"", schema.replace('"', "\"\"")))?;
        Ok(Self { session })
    }

    /// What others told, as soon as one of them does; nothing when none does for a while. What it told itself is left out.
    pub(crate) fn heard(&mut self, patience: Duration) -> Result<Vec<String>, StoreError> {
        self.session.notices(patience)
    }

    /// Tells all others, in as few messages as it takes. The lines need no quoting: they hold keys and words of this program.
    pub(crate) fn tell(&mut self, lines: &[String]) -> Result<(), StoreError> {
        let mut text = String::new();
        for line in lines {
            if text.len() + line.len() >= LONGEST {
                self.send(&std::mem::take(&mut text))?;
            }
            text.push_str(line);
            text.push('\n');
        }
        if text.is_empty() { Ok(()) } else { self.send(&text) }
    }

    fn send(&mut self, text: &str) -> Result<(), StoreError> {
        self.session.batch(&format!("SELECT pg_notify('counterfoil:' || current_schema(), '{text}')"))
    }
}
