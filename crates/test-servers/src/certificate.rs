use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// A certificate for `localhost`, issued by a new authority. All fields are in PEM form.
#[derive(Clone, Debug)]
pub struct TestCertificate {
    /// Certificate of the authority.
    pub authority: String,
    /// Certificate for `localhost`.
    pub certificate: String,
    /// Private key of the certificate.
    pub key: String,
}

impl TestCertificate {
    /// Generates a certificate.
    pub fn new() -> Self {
        let mut authority = CertificateParams::new(Vec::new()).expect("no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().expect("a key");
        let authority_certificate = authority.self_signed(&authority_key).expect("a certificate");
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().expect("a key");
        let own = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let own = own.signed_by(&key, &issuer).expect("a certificate");
        Self { authority: authority_certificate.pem(), certificate: own.pem(), key: key.serialize_pem() }
    }

    /// Accepts TLS connections with this certificate.
    pub fn acceptor(&self) -> TlsAcceptor {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions that ring knows")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("the key of the certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Default for TestCertificate {
    fn default() -> Self {
        Self::new()
    }
}
