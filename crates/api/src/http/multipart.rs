//! Multipart forms with files (RFC 7578).

use std::{collections::BTreeMap, time::Duration};

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderMap, rt::time::timeout};
use futures::{StreamExt, TryStreamExt, future::LocalBoxFuture};

use super::{
    body::{content_length, expect_media_type},
    invalid::{Invalid, Issue},
    problem::Problem,
    problems::{BodyTooLarge, BodyTooSlow, BrokenBody, NotMultipart},
};

/// Maximum size of a form in bytes. Above the limit of a picture, so that a slightly larger picture gets its own error.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Maximum size of a text part in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Maximum number of parts.
const MAX_PARTS: usize = 12;
/// Timeout for the arrival of a form.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A form that has not been read yet, so that permissions are checked first.
pub(crate) struct Parts {
    headers: HeaderMap,
    payload: Payload,
}

/// The content of a form.
#[derive(Debug, Default)]
pub(crate) struct FormContent {
    /// Text fields by name; an empty one counts as absent.
    pub(crate) texts: BTreeMap<String, String>,
    /// The file; an empty one counts as absent.
    pub(crate) file: Option<File>,
    /// Errors of the form.
    pub(crate) invalid: Invalid,
}

/// A file of a form.
#[derive(Debug)]
pub(crate) enum File {
    /// Content of the file.
    Bytes(Vec<u8>),
    /// The file exceeds the limit.
    TooLarge,
}

impl FromRequest for Parts {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = expect_media_type(request, "multipart/form-data", NotMultipart);
        let (headers, payload) = (request.headers().clone(), payload.take());
        Box::pin(async move { expected.map(|()| Self { headers, payload }) })
    }
}

impl Parts {
    /// Reads text fields with these names, and one file with this name of at most `max_file` bytes. A larger file is not
    /// stored.
    pub(crate) async fn read(
        self,
        texts: &[&str],
        file: &str,
        max_file: usize,
    ) -> Result<FormContent, Problem> {
        timeout(READ_TIMEOUT, self.read_all(texts, file, max_file)).await.map_err(|_| BodyTooSlow)?
    }

    async fn read_all(self, texts: &[&str], file: &str, max_file: usize) -> Result<FormContent, Problem> {
        let mut read = FormContent::default();
        // A form without parts may be sent as an empty body.
        if content_length(&self.headers) == Some(0) {
            return Ok(read);
        }
        let mut parts = Multipart::new(&self.headers, self.payload);
        let mut left = MAX_BYTES;
        let mut count = 0;
        while let Some(part) = parts.next().await {
            let part = part.map_err(|_| BrokenBody)?;
            count += 1;
            if count > MAX_PARTS {
                return Err(BodyTooLarge.into());
            }
            let name = part.name().unwrap_or_default().to_owned();
            if name == file {
                let bytes = bytes_of(part, max_file, &mut left).await?;
                let is_absent = bytes.as_ref().is_some_and(Vec::is_empty);
                if read.file.is_some() {
                    read.refuse(&name, repeated());
                } else if !is_absent {
                    read.file = Some(bytes.map_or(File::TooLarge, File::Bytes));
                }
            } else if texts.contains(&name.as_str()) {
                match bytes_of(part, MAX_TEXT_BYTES, &mut left).await?.map(String::from_utf8) {
                    None => read.refuse(&name, Issue::new("too_long", "Must be at most 64 KiB long.")),
                    Some(Err(_)) => read.refuse(&name, Issue::new("not_text", "Must be text in UTF-8.")),
                    Some(Ok(text)) if text.is_empty() => {}
                    Some(Ok(text)) => {
                        if read.texts.insert(name.clone(), text).is_some() {
                            read.refuse(&name, repeated());
                        }
                    }
                }
            } else {
                bytes_of(part, 0, &mut left).await?;
                read.invalid.join(Invalid::unknown_fields([&name]));
            }
        }
        Ok(read)
    }
}

impl FormContent {
    pub(crate) fn refuse(&mut self, name: &str, issue: Issue) {
        self.invalid.join(Invalid::at(format!("/{name}"), issue));
    }
}

/// Returns the bytes of a part, or `None` if they exceed `max`. `left` is the number of bytes that the whole form may still
/// have.
async fn bytes_of(mut part: Field, max: usize, left: &mut usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut bytes = Vec::new();
    let mut fits = true;
    while let Some(chunk) = part.try_next().await.map_err(|_| BrokenBody)? {
        *left = left.checked_sub(chunk.len()).ok_or(BodyTooLarge)?;
        fits = fits && bytes.len() + chunk.len() <= max;
        if fits {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    Ok(fits.then_some(bytes))
}

fn repeated() -> Issue {
    Issue::new("repeated", "This field may be sent once.")
}
