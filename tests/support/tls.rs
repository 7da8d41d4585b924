//! Encryption in front of a server on this machine, with an authority of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::run;

/// Passes on what comes in, until it is dropped.
pub(crate) struct Tls {
    /// Keeps it going.
    _runtime: Runtime,
    address: SocketAddr,
    /// The authority's certificate, in PEM.
    pub(crate) authority: PathBuf,
}

impl Tls {
    /// Stands before the server at `port`, as `localhost`.
    pub(crate) fn before(folder: &Path, port: u16) -> Self {
        Self::for_days(folder, port, "2")
    }

    /// The same with a certificate that has expired.
    pub(crate) fn expired(folder: &Path, port: u16) -> Self {
        let tls = Self::for_days(folder, port, "0");
        // It was good for the second in which it was made.
        std::thread::sleep(Duration::from_millis(1_500));
        tls
    }

    fn for_days(folder: &Path, port: u16, days: &str) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let at = |name: &str| folder.join(name).display().to_string();
        let openssl = |words: &[&str]| {
            let made = run(Command::new("openssl").args(words));
            assert_eq!(made.code, 0, "{}", made.stderr);
        };
        let (authority, ca_key, key, request, cert) =
            (at("ca.pem"), at("ca.key"), at("key.pem"), at("request.pem"), at("cert.pem"));
        let ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let mut words = vec![
            "req",
            "-x509",
            "-days",
            "2",
            "-subj",
            "/CN=Test CA",
            "-keyout",
            &ca_key,
            "-out",
            &authority,
        ];
        words.extend(["-addext", "basicConstraints=critical,CA:TRUE"]);
        openssl(&[words.as_slice(), &ec].concat());
        let words = ["req", "-subj", "/CN=localhost", "-keyout", &key, "-out", &request];
        openssl(&[words.as_slice(), &ec].concat());
        let names = at("names");
        std::fs::write(&names, "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
            .expect("written");
        openssl(&[
            "x509",
            "-req",
            "-days",
            days,
            "-in",
            &request,
            "-CA",
            &authority,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-extfile",
            &names,
            "-out",
            &cert,
        ]);
        let chain = vec![CertificateDer::from_pem_file(&cert).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(&key).expect("a key");
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a usable certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = Runtime::new().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("the port");
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut outside = acceptor.accept(stream).await.ok()?;
                    let mut inside = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
                    tokio::io::copy_bidirectional(&mut outside, &mut inside).await.ok()
                });
            }
        });
        Self { _runtime: runtime, address, authority: authority.into() }
    }

    /// The URL of a repository.
    pub(crate) fn url(&self, repository: &str) -> String {
        format!("https://localhost:{}/{repository}", self.address.port())
    }
}
