//! Entry points of the fuzz targets, compiled only for fuzzing.

use actix_web::{
    FromRequest, ResponseError as _, dev::Payload, error::PayloadError, http::header, test::TestRequest,
    web::Bytes,
};
use futures::{StreamExt, stream};

use crate::http::multipart::{File, Parts};

/// Reads a form whose body arrives in these pieces. Returns the size of its file in bytes, 0 if the file is absent or larger
/// than `max_file`.
///
/// # Errors
///
/// The status code of the response that refuses the form.
pub async fn read_form<'a>(
    boundary: &str,
    pieces: impl Iterator<Item = &'a [u8]>,
    max_file: usize,
) -> Result<usize, u16> {
    let pieces: Vec<_> = pieces.map(|piece| Ok::<_, PayloadError>(Bytes::copy_from_slice(piece))).collect();
    let kind = (header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
    let request = TestRequest::post().insert_header(kind).to_http_request();
    let mut payload = Payload::Stream { payload: stream::iter(pieces).boxed_local() };
    let reading = async {
        let parts = Parts::from_request(&request, &mut payload).await?;
        parts.read(&["first_name", "info"], "avatar", max_file).await
    };
    let read = reading.await.map_err(|problem| problem.status_code().as_u16())?;
    Ok(match read.file {
        Some(File::Bytes(bytes)) => bytes.len(),
        Some(File::TooLarge) | None => 0,
    })
}
