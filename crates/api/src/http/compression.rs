//! Compression of responses, and the validators of compressed ones.

use std::io::Write;

use actix_web::{
    HttpMessage,
    http::header::{AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header as _},
    web::Bytes,
};
use flate2::{Compression, write::GzEncoder};

/// Minimum size in bytes of a body that is compressed.
const MIN_BYTES: usize = 1_024;
/// Suffix of the validator of a compressed response, which differs from the plain one byte by byte.
const SUFFIX: &str = "-gzip";

/// Content coding of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Coding {
    /// Not compressed.
    Plain,
    /// Compressed with gzip (RFC 1952).
    Gzip,
}

impl Coding {
    /// Returns the coding that the client prefers (RFC 9110, 12.5.3), or `Plain` without `Accept-Encoding`.
    pub(crate) fn wanted(request: &impl HttpMessage) -> Self {
        let supported = [Encoding::gzip(), Encoding::identity()];
        let accepted = AcceptEncoding::parse(request).ok();
        match accepted.and_then(|accepted| accepted.negotiate(supported.iter())) {
            Some(Encoding::Known(ContentEncoding::Gzip)) => Self::Gzip,
            _ => Self::Plain,
        }
    }
}

/// Returns the validator of the plain form, without quotes, for that of either form.
pub(crate) fn plain_tag(etag: &EntityTag) -> &str {
    etag.tag().strip_suffix(SUFFIX).unwrap_or(etag.tag())
}

/// Returns the validator of the compressed form for that of the plain form.
pub(crate) fn gzip_tag(plain: &EntityTag) -> EntityTag {
    EntityTag::new_strong(format!("{}{SUFFIX}", plain.tag()))
}

/// Whether a body of this content type is text, which compresses well.
pub(crate) fn is_text(content_type: &str) -> bool {
    ["text/", "application/json", "application/javascript", "image/svg"]
        .iter()
        .any(|start| content_type.starts_with(start))
}

/// Compresses fast rather than small, because it blocks a thread that serves other requests. `None` for a body shorter than
/// [`MIN_BYTES`].
pub(crate) fn gzip(body: &[u8]) -> Option<Bytes> {
    if body.len() < MIN_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 3), Compression::new(2));
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header, test::TestRequest};

    use super::*;

    #[test]
    fn the_form_of_a_response_follows_accept_encoding() {
        let wanted = |accepted: &str| {
            Coding::wanted(
                &TestRequest::default().insert_header((header::ACCEPT_ENCODING, accepted)).to_request(),
            )
        };
        for accepted in ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8"] {
            assert_eq!(wanted(accepted), Coding::Gzip, "{accepted}");
        }
        for accepted in ["", "identity", "br", "gzip;q=0", "gzip;q=0.1, identity;q=0.9", "nonsense;;", "*"] {
            assert_eq!(wanted(accepted), Coding::Plain, "{accepted}");
        }
        assert_eq!(Coding::wanted(&TestRequest::default().to_request()), Coding::Plain);
    }
}
