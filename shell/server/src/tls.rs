//! The certificate with which the server proves who it is, and its key.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;
use stdx::{Problem, ToProblem};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// What is spoken, as a client and the server agree on it.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// A certificate with its key, both in files of the form PEM. What is read anew counts for connections that come then.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<ServerConfig>>,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificate, or what is in it.
    #[error("the certificate {} cannot be read: {why}", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file of the key, or what is in it.
    #[error("the key {} cannot be read: {why}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The key is one of another certificate.
    #[error("the key {} is not that of the certificate {}", key.display(), certificate.display())]
    Mismatch {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

impl ToProblem for TlsError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Certificate { .. } => (
                "tls_certificate_unusable",
                "The certificate cannot be used",
                "give --tls-cert a PEM file: the server's certificate first, then those that vouch for it",
            ),
            Self::Key { .. } => (
                "tls_key_unusable",
                "The key of the certificate cannot be used",
                "give --tls-key a PEM file with a private key that has no password, which this user may read",
            ),
            Self::Mismatch { .. } => (
                "tls_key_mismatch",
                "The key does not fit the certificate",
                "give the two files that were made together; the first certificate of the file is the server's own",
            ),
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}

impl Tls {
    /// Reads both files. A certificate that has expired, or is not valid yet, is used all the same, and the log warns of it.
    ///
    /// # Errors
    /// [`TlsError`] when a file cannot be read, or when the two do not belong together.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = RwLock::new(read(certificate, key)?);
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), current })
    }

    /// Reads the files anew. Where that fails, what was read before stays.
    pub(crate) fn reload(&self) -> Result<(), TlsError> {
        let new = read(&self.certificate, &self.key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// What shakes hands with the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone().into()
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let unreadable = |why: String| TlsError::Certificate { file: certificate.to_owned(), why };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unreadable(told(&error)))?;
    let Some(first) = chain.first() else { return Err(unreadable("there is no certificate in it".into())) };
    let first = Certificate::from_der(first).map_err(|error| unreadable(error.to_string()))?;
    if let Some(warning) = untimely(&first, SystemTime::now()) {
        tracing::warn!(certificate = %certificate.display(), "{warning}: clients will refuse it");
    }
    let unusable = |why: String| TlsError::Key { file: key.to_owned(), why };
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(told(&error)))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|error| unusable(error.to_string()))?;
    let config = builder.with_no_client_auth().with_single_cert(chain, secret);
    let mut config = config.map_err(|error| {
        if let rustls::Error::InconsistentKeys(_) = error {
            return TlsError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() };
        }
        if let rustls::Error::InvalidCertificate(why) = error {
            return unreadable(format!("{why:?}"));
        }
        unusable(error.to_string())
    })?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

fn told(error: &pem::Error) -> String {
    if let pem::Error::NoItemsFound = error {
        return "there is nothing of that kind in it".into();
    }
    error.to_string()
}

/// Why a certificate is not valid at a time.
fn untimely(certificate: &Certificate, now: SystemTime) -> Option<String> {
    let validity = &certificate.tbs_certificate.validity;
    if validity.not_after.to_system_time() < now {
        return Some(format!("the certificate has expired on {}", validity.not_after));
    }
    (validity.not_before.to_system_time() > now)
        .then(|| format!("the certificate is not valid before {}", validity.not_before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::time::Duration;

    #[test]
    fn a_certificate_out_of_its_time_is_told() {
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 4, 1);
        let made = params.self_signed(&KeyPair::generate().expect("a key")).expect("signed");
        let certificate = Certificate::from_der(made.der()).expect("read");
        let told = |seconds| untimely(&certificate, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(told(1_770_000_000), None);
        assert!(told(1_800_000_000).is_some_and(|warning| warning.contains("has expired on 2026-04-01")));
        assert!(told(1_700_000_000).is_some_and(|warning| warning.contains("not valid before 2026-01-01")));
    }
}
