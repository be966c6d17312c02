//! Passwords: kept as argon2id hashes, compared in the time that a comparison takes.

use crate::EngineError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;
use stdx::{NonEmpty, Problem};

/// A password has at least so many characters (NIST SP 800-63B-4, 3.1.1.2: 15 where it is the only factor).
const FEWEST: usize = 15;
/// More is a way to keep the server busy.
const MOST: usize = 1024;

/// What is compared where there is no such user, so that the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody has this password").ok());

/// The hash of a new password, with its salt and parameters (PHC text).
pub(super) fn hash(password: &str) -> Result<String, EngineError> {
    let characters = password.chars().count();
    if characters < FEWEST || password.len() > MOST {
        let problem = Problem::new("weak_password", "The password cannot be used")
            .detail(format!("a password has at least {FEWEST} characters and at most {MOST} bytes; this one has {characters} characters"))
            .at("/password")
            .mend("take several words; any characters are allowed");
        return Err(EngineError::Invalid(NonEmpty::of(problem)));
    }
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|error| {
        EngineError::Failed(Problem::new("password_hash", "A password cannot be hashed").detail(error.to_string()))
    })
}

/// Whether a password is the one of a hash. Without a hash it is not, and finding that out takes as long.
pub(super) fn is_right(password: &str, hash: Option<&str>) -> bool {
    let compared = hash.or(NOBODY.as_deref()).unwrap_or_default();
    let right = PasswordHash::new(compared)
        .is_ok_and(|known| Argon2::default().verify_password(password.as_bytes(), &known).is_ok());
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let kept = hash("correct horse battery").expect("hashed");
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert!(is_right("correct horse battery", Some(&kept)));
        assert!(!is_right("correct horse batterY", Some(&kept)));
        assert!(!is_right("nobody has this password", None));
        assert_ne!(hash("correct horse battery").expect("hashed"), kept, "each has a salt of its own");
        for weak in ["", "fourteen chars", &"x".repeat(1025)] {
            assert!(matches!(hash(weak), Err(EngineError::Invalid(_))), "{weak}");
        }
    }
}
