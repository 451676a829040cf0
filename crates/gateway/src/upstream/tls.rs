//! TLS towards providers: system roots (or those of `SSL_CERT_FILE`), and a bundle from the config.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// The largest bundle that is read, in bytes.
const LARGEST: u64 = 8 * 1024 * 1024;

/// Reads a bundle's bytes.
pub(super) fn read_bundle(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let size = std::fs::metadata(path)
        .map_err(|error| format!("the CA bundle `{shown}` cannot be read: {error}"))?
        .len();
    if size > LARGEST {
        return Err(format!(
            "the CA bundle `{shown}` is larger than {LARGEST} bytes"
        ));
    }
    std::fs::read(path).map_err(|error| format!("the CA bundle `{shown}` cannot be read: {error}"))
}

/// Builds the client's TLS settings. Protocols (ALPN) are set by the connector.
pub(super) fn client_config(bundle: Option<&[u8]>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a system certificate cannot be used");
    }
    let (added, _) = roots.add_parsable_certificates(native.certs);
    if let Some(pem) = bundle {
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate =
                certificate.map_err(|error| format!("the CA bundle is no valid PEM: {error}"))?;
            roots
                .add(certificate)
                .map_err(|error| format!("the CA bundle holds a bad certificate: {error}"))?;
        }
        if roots.len() == before {
            return Err("the CA bundle holds no certificate".to_owned());
        }
    } else if added == 0 {
        tracing::warn!(
            "no system certificates were found: HTTPS providers cannot be reached; set SSL_CERT_FILE or `upstream.ca_bundle`"
        );
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
