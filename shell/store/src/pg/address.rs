//! How the server is reached: its address and the encryption of the way to it.

use super::{failure::words, wire::Wire};
use crate::StoreError;
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::CertificateDer, pki_types::pem::PemObject};
use std::{sync::Arc, time::Duration};
use tokio_postgres::{
    Config, NoTls,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long to wait for a server that does not answer, where the address does not say.
const CONNECT: Duration = Duration::from_secs(5);
/// When a connection on which nothing is heard is asked whether it lives: a lost process must not keep its locks for hours.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// The address of a database and how the way to it is encrypted.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Address {
    /// Reads `postgres://user:password@host:5432/database?sslmode=…&sslrootcert=…`.
    ///
    /// `sslmode` says `disable`, `prefer` or `require`; `verify-ca` and `verify-full` mean `require`, because a certificate is
    /// always verified, against `sslrootcert` or the certificates that the system trusts. Without it the way to another
    /// machine is encrypted and the way to this one is not.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let (url, root) = without_root(url);
        let says_mode = url.contains("sslmode=");
        let url = url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
        let mut config: Config = url.parse().map_err(|error| StoreError::Address(words(&error)))?;
        let is_far = config.get_hosts().iter().any(|host| match host {
            Host::Tcp(name) => !is_near(name),
            Host::Unix(_) => false,
        });
        if !says_mode {
            config.ssl_mode(if is_far { SslMode::Require } else { SslMode::Disable });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE).keepalives_retries(2);
        let tls = if config.get_ssl_mode() == SslMode::Disable {
            None
        } else {
            Some(MakeRustlsConnect::new(trust(root.as_deref())?))
        };
        Ok(Self { config, tls })
    }

    pub(crate) fn connect(&self) -> Result<Wire, StoreError> {
        match &self.tls {
            Some(tls) => Wire::connect(&self.config, tls.clone()),
            None => Wire::connect(&self.config, NoTls),
        }
    }
}

/// Whether a host is this machine.
fn is_near(name: &str) -> bool {
    name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The address without `sslrootcert`, which the driver does not know, and its value.
fn without_root(url: &str) -> (String, Option<String>) {
    let Some((head, query)) = url.split_once('?') else { return (url.into(), None) };
    let (root, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| pair.starts_with("sslrootcert="));
    let root = root.first().and_then(|pair| pair.split_once('=')).map(|(_, file)| file.replace("%2F", "/"));
    (format!("{head}?{}", rest.join("&")), root)
}

/// Which certificates are believed.
fn trust(root: Option<&str>) -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore::empty();
    let unusable = |why: String| StoreError::Address(format!("the trusted certificates cannot be read: {why}"));
    match root {
        Some(file) => {
            let found = CertificateDer::pem_file_iter(file).map_err(|why| unusable(format!("{file}: {why}")))?;
            for certificate in found {
                let certificate = certificate.map_err(|why| unusable(format!("{file}: {why}")))?;
                roots.add(certificate).map_err(|why| unusable(format!("{file}: {why}")))?;
            }
        }
        None => {
            // one unreadable certificate of the system is no reason to trust none
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| unusable(why.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        Address::parse(url).unwrap().config.get_ssl_mode()
    }

    #[test]
    fn the_way_to_another_machine_is_encrypted_unless_the_address_says_otherwise() {
        assert_eq!(mode("postgres://us@localhost/bills"), SslMode::Disable);
        assert_eq!(mode("postgres://us@127.0.0.1/bills"), SslMode::Disable);
        assert_eq!(mode("postgres://us@db.example/bills"), SslMode::Require);
        assert_eq!(mode("postgres://us@db.example/bills?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://us@db.example/bills?sslmode=prefer"), SslMode::Prefer);
        assert_eq!(mode("postgres://us@db.example/bills?sslmode=verify-full"), SslMode::Require);
    }

    #[test]
    fn an_address_that_makes_no_sense_says_why() {
        for url in [
            "postgres://us@db/bills?sslmode=perhaps",
            "postgres://us@db/bills?colour=red",
            "postgres://us@db/bills?sslrootcert=%2Fno%2Fsuch.pem",
        ] {
            assert!(matches!(Address::parse(url), Err(StoreError::Address(_))), "{url}");
        }
    }
}
