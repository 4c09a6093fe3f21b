//! Forms with files (RFC 7578).

use std::{collections::BTreeMap, time::Duration};

use actix_multipart::{Field, Multipart};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header::HeaderMap},
    rt::time::timeout,
};
use futures::{StreamExt, TryStreamExt, future::LocalBoxFuture};

use super::{
    body::{content_length, expect_media_type},
    invalid::{Invalid, Issue},
    problem::Problem,
};

/// The largest form with a file, in bytes: room for the largest picture, and for one that is too large to be told so.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The largest part that is text, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;
/// The most parts.
const MAX_PARTS: usize = 12;
/// How long a form with a file may take to arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// A form with a file that has not been read yet: first it is decided who may send one.
pub(crate) struct Parts {
    headers: HeaderMap,
    payload: Payload,
}

/// What was read of a form.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// The texts by their names; an empty one counts as absent.
    pub(crate) texts: BTreeMap<String, String>,
    /// The file; an empty one counts as absent.
    pub(crate) file: Option<File>,
    /// What is wrong so far.
    pub(crate) invalid: Invalid,
}

/// A file of a form.
#[derive(Debug)]
pub(crate) enum File {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It has more than it may.
    TooLarge,
}

impl FromRequest for Parts {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = expect_media_type(request, "multipart/form-data");
        let (headers, payload) = (request.headers().clone(), payload.take());
        Box::pin(async move { expected.map(|()| Self { headers, payload }) })
    }
}

impl Parts {
    /// Reads texts of these names, and one file of this name up to a size in bytes. Nothing of the file is kept
    /// beyond that.
    pub(crate) async fn read(self, texts: &[&str], file: &str, max_file: usize) -> Result<Read, Problem> {
        let late = |_| {
            let detail = "The body took too long to arrive.";
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail)
        };
        timeout(READ_TIMEOUT, self.read_all(texts, file, max_file)).await.map_err(late)?
    }

    async fn read_all(self, texts: &[&str], file: &str, max_file: usize) -> Result<Read, Problem> {
        let mut read = Read::default();
        // A form without any part may be sent as no body at all.
        if content_length(&self.headers) == Some(0) {
            return Ok(read);
        }
        let mut parts = Multipart::new(&self.headers, self.payload);
        let mut left = MAX_BYTES;
        let mut count = 0;
        while let Some(part) = parts.next().await {
            let part = part.map_err(|_| broken())?;
            count += 1;
            if count > MAX_PARTS {
                return Err(too_large());
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

impl Read {
    pub(crate) fn refuse(&mut self, name: &str, issue: Issue) {
        self.invalid.join(Invalid::at(format!("/{name}"), issue));
    }
}

/// The bytes of a part, or `None` if they are more than these. The whole form has a number of bytes left.
async fn bytes_of(mut part: Field, max: usize, left: &mut usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut bytes = Vec::new();
    let mut fits = true;
    while let Some(chunk) = part.try_next().await.map_err(|_| broken())? {
        *left = left.checked_sub(chunk.len()).ok_or_else(too_large)?;
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

fn broken() -> Problem {
    Problem::bad_request("broken_body", "The body could not be read.")
}

fn too_large() -> Problem {
    Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE)
}
