//! Secrets at rest: sealed with a key that whoever runs the installation gives, and that is never kept here.

use crate::EngineError;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;
use stdx::{Key, Problem};

const NONCE: usize = 12;

/// The key with which secrets are sealed (AES-256-GCM).
#[derive(Clone)]
pub struct SecretKey(Aes256Gcm);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// A key as it is written: 32 bytes in base64.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let bytes = STANDARD.decode(text.trim()).unwrap_or_default();
        Aes256Gcm::new_from_slice(&bytes).map(Self).map_err(|_| {
            Problem::new("invalid_secret_key", "This is no key for secrets")
                .detail("32 bytes in base64 are needed")
                .mend("make one with `openssl rand -base64 32`, and keep it where the data is not")
        })
    }
}

/// Something sealed: it can be opened by who has the key, in the place for which it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Sealed(String);

/// Where a secret belongs: what is moved elsewhere cannot be opened there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Belongs<'a> {
    pub tenant: &'a Key,
    pub kind: &'a str,
    pub id: &'a str,
}

impl Belongs<'_> {
    fn text(self) -> String {
        format!("{}\0{}\0{}", self.tenant, self.kind, self.id)
    }
}

impl Sealed {
    /// As it is written.
    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// As it was written.
    pub(crate) const fn from_text(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn seal(key: Option<&SecretKey>, belongs: Belongs<'_>, secret: &[u8]) -> Result<Self, EngineError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| {
            EngineError::Failed(Problem::new("no_randomness", "There are no random numbers").detail(error.to_string()))
        })?;
        let text = belongs.text();
        let payload = Payload { msg: secret, aad: text.as_bytes() };
        let sealed = needed(key)?.0.encrypt(&Nonce::from(nonce), payload).map_err(|_| wrong_key())?;
        Ok(Self(STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    pub(crate) fn open(&self, key: Option<&SecretKey>, belongs: Belongs<'_>) -> Result<Vec<u8>, EngineError> {
        let bytes = STANDARD.decode(&self.0).map_err(|_| wrong_key())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(wrong_key)?;
        let text = belongs.text();
        let payload = Payload { msg: sealed, aad: text.as_bytes() };
        needed(key)?.0.decrypt(&Nonce::from(*nonce), payload).map_err(|_| wrong_key())
    }
}

fn needed(key: Option<&SecretKey>) -> Result<&SecretKey, EngineError> {
    key.ok_or_else(|| {
        EngineError::Conflict(
            Problem::new("no_secret_key", "There is no key for secrets")
                .detail("secrets are kept sealed, and the server was started without the key for it")
                .mend(
                    "make a key with `openssl rand -base64 32`, and start the server with it in COUNTERFOIL_SECRET_KEY",
                ),
        )
    })
}

fn wrong_key() -> EngineError {
    EngineError::Failed(
        Problem::new("wrong_secret_key", "A secret cannot be opened")
            .detail("it was sealed with another key, or it was changed")
            .mend("start the server with the key with which the secret was sealed"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SecretKey {
        SecretKey::parse(&STANDARD.encode([byte; 32])).expect("a key")
    }

    #[test]
    fn a_secret_is_opened_with_its_key_in_its_place_only() {
        let (us, them) = (Key::try_from("us").expect("a key"), Key::try_from("them").expect("a key"));
        let here = Belongs { tenant: &us, kind: "webhook", id: "1" };
        let sealed = Sealed::seal(Some(&key(1)), here, b"secret").expect("sealed");
        assert_eq!(sealed.open(Some(&key(1)), here).expect("opened"), b"secret");
        assert!(!sealed.0.contains("secret"));
        assert_ne!(Sealed::seal(Some(&key(1)), here, b"secret").expect("sealed"), sealed, "each is sealed anew");
        let code = |opened: Result<Vec<u8>, EngineError>| opened.expect_err("closed").problems()[0].code.clone();
        assert_eq!(code(sealed.open(Some(&key(2)), here)), "wrong_secret_key");
        for elsewhere in
            [Belongs { tenant: &them, ..here }, Belongs { kind: "user", ..here }, Belongs { id: "2", ..here }]
        {
            assert_eq!(code(sealed.open(Some(&key(1)), elsewhere)), "wrong_secret_key");
        }
        assert_eq!(code(sealed.open(None, here)), "no_secret_key");
        for wrong in ["", "c2hvcnQ=", "not base64"] {
            assert_eq!(SecretKey::parse(wrong).expect_err(wrong).code, "invalid_secret_key");
        }
    }
}
