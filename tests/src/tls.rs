//! Providers over TLS, with certificates made for the test.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::upstream::{Call, Upstream, Wire};

/// A certificate authority that nobody knows yet.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Default for Authority {
    fn default() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }
}

impl Authority {
    /// Writes its certificate as PEM and returns the path.
    pub fn write(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, self.0.pem()).expect("the certificate is written");
        path
    }

    /// Returns a server's settings with a certificate for a host name or an IP address.
    pub fn server(&self, host: &str, protocols: &[&str]) -> Arc<ServerConfig> {
        let params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a server's settings");
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        Arc::new(config)
    }

    /// Starts a provider over TLS.
    pub fn upstream(&self, host: &str, script: impl Fn(Call) + Send + Sync + 'static) -> Upstream {
        let config = self.server(host, &["http/1.1"]);
        Upstream::scripted_over(move |stream| accept(&config, stream), script)
    }
}

/// Shakes hands; `None` when the other side does not want to.
pub fn accept(config: &Arc<ServerConfig>, mut stream: TcpStream) -> Option<Box<dyn Wire>> {
    let mut connection = ServerConnection::new(config.clone()).ok()?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    Some(Box::new(Secure(StreamOwned::new(connection, stream))))
}

struct Secure(StreamOwned<ServerConnection, TcpStream>);

impl Read for Secure {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Secure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Wire for Secure {
    fn tcp(&self) -> &TcpStream {
        &self.0.sock
    }
}

/// Answers every request of an HTTP/2 connection with this JSON, until it ends; returns how many there were.
pub fn serve_http2(mut wire: Box<dyn Wire>, json: &str) -> usize {
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const END_STREAM: u8 = 1;
    let mut requests = 0;
    let mut preface = [0; 24];
    let mut run = || -> io::Result<()> {
        wire.read_exact(&mut preface)?;
        wire.write_all(&frame(SETTINGS, 0, 0, &[]))?;
        loop {
            let mut head = [0; 9];
            wire.read_exact(&mut head)?;
            let size = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            let (kind, flags) = (head[3], head[4]);
            let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut payload = vec![0; size];
            wire.read_exact(&mut payload)?;
            if kind == SETTINGS && flags == 0 {
                wire.write_all(&frame(SETTINGS, 1, 0, &[]))?;
            } else if kind == PING && flags == 0 {
                wire.write_all(&frame(PING, 1, 0, &payload))?;
            } else if kind <= HEADERS && flags & END_STREAM != 0 {
                requests += 1;
                // `:status: 200` and `content-type` from HPACK's static table.
                let mut fields = vec![0x88, 0x0f, 0x10, 16];
                fields.extend_from_slice(b"application/json");
                wire.write_all(&frame(HEADERS, 4, stream, &fields))?;
                wire.write_all(&frame(0, END_STREAM, stream, json.as_bytes()))?;
            }
            wire.flush()?;
        }
    };
    let _ = run();
    requests
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(payload.len())
        .expect("a short payload")
        .to_be_bytes();
    let mut bytes = vec![size[1], size[2], size[3], kind, flags];
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}
