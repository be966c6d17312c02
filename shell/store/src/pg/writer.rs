//! The connection of a process that writes, on which its threads take turns.

use super::{
    address::Address,
    server::Pauses,
    session::{Begin, Session},
};
use crate::{StoreError, Tx, group::Link};
use std::mem;

/// The connection, and what is open on it.
pub(crate) struct Line {
    address: Address,
    session: Option<Session>,
    /// The number of the open transaction.
    number: String,
    /// The part of the last member is kept, and not released yet: that is said with the next message.
    unreleased: bool,
}

impl Line {
    pub(crate) fn new(address: Address) -> Self {
        Self { address, session: None, number: String::new(), unreleased: false }
    }

    /// Takes the connection out.
    pub(crate) fn take(&mut self) -> Option<Session> {
        self.session.take()
    }

    fn session(&mut self) -> Result<&mut Session, StoreError> {
        self.session.as_mut().ok_or_else(|| StoreError::Unreachable("the connection was lost".into()))
    }
}

impl Link for Line {
    fn begin(&mut self) -> Result<(), StoreError> {
        self.unreleased = false;
        let mut session = match self.session.take().filter(|session| !session.is_closed()) {
            Some(session) => session,
            None => Session::connect(&self.address)?,
        };
        match session.begin(Begin::Write) {
            Ok(number) => self.number = number.unwrap_or_default(),
            Err(error) => {
                // an aborted transaction is open, if the connection is
                self.session = session.undo().is_ok().then_some(session);
                return Err(error);
            }
        }
        self.session = Some(session);
        Ok(())
    }

    fn save(&mut self) -> Result<(), StoreError> {
        let text =
            if mem::take(&mut self.unreleased) { "RELEASE member; SAVEPOINT member" } else { "SAVEPOINT member" };
        self.session()?.batch_later(text);
        Ok(())
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        self.unreleased = true;
        Ok(())
    }

    fn drop_part(&mut self) -> Result<(), StoreError> {
        self.session()?.undo_part("ROLLBACK TO member; RELEASE member")
    }

    #[allow(clippy::expect_used, reason = "a transaction is begun before, and there is none without a connection")]
    fn tx(&mut self) -> Tx<'_> {
        Tx::postgres(self.session.as_mut().expect("a transaction is open"))
    }

    fn is_open(&self) -> bool {
        self.session.as_ref().is_some_and(|session| !session.is_closed())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let committed = self.session()?.batch("COMMIT");
        let Err(StoreError::Unreachable(why)) = committed else { return committed };
        self.session = None;
        match was_committed(&self.address, &self.number) {
            Some(true) => Ok(()),
            Some(false) => Err(StoreError::Unreachable(why)),
            None => Err(StoreError::Unknown(why)),
        }
    }

    fn undo(&mut self) {
        self.session = self.session.take().and_then(|mut session| session.undo().is_ok().then_some(session));
    }
}

/// Asks the server whether a transaction whose end was not heard of was kept; nothing when it cannot say.
pub(crate) fn was_committed(address: &Address, number: &str) -> Option<bool> {
    let mut pauses = Pauses::new();
    loop {
        let status = Session::connect(address).and_then(|mut session| {
            session.last_text(&format!("SELECT coalesce(pg_xact_status('{number}'::xid8), 'unknown')"))
        });
        match status.as_deref() {
            Ok("committed") => return Some(true),
            Ok("aborted") => return Some(false),
            // the server may not have noticed yet that the connection is gone
            Ok(_) | Err(_) => {
                if !pauses.pause() {
                    return None;
                }
            }
        }
    }
}
