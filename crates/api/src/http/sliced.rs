//! Sends large bodies in slices that share the bytes, with a deadline for the whole response.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};

/// Minimum size in bytes of a large body. A smaller one fits into the socket's buffers, so its connection is free at once.
const MIN_BYTES: u64 = 64 * 1_024;
/// Size of a slice in bytes. The server copies one slice at a time into its write buffer.
const SLICE: usize = 16 * 1_024;

/// A body that fails if bytes are left after the deadline.
struct Sliced {
    rest: Bytes,
    deadline: Instant,
    request_id: String,
}

impl MessageBody for Sliced {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if Instant::now() >= self.deadline {
            let (request_id, unsent_bytes) = (&self.request_id, self.rest.len());
            tracing::info!(request_id, unsent_bytes, "response deadline exceeded");
            return Poll::Ready(Some(Err("the client did not read the response in time".into())));
        }
        let length = self.rest.len().min(SLICE);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }

    // No `try_into_bytes`: the box around this body would take the bytes out and send them at once.
}

/// Slices a large body; a smaller one is returned unchanged. After `limit`, the connection of a client that has not read all
/// of it is closed.
pub(super) fn sliced(body: BoxBody, limit: Duration, request_id: &str) -> BoxBody {
    match body.size() {
        BodySize::Sized(size) if size >= MIN_BYTES => match body.try_into_bytes() {
            Ok(rest) => {
                let deadline = Instant::now() + limit;
                BoxBody::new(Sliced { rest, deadline, request_id: request_id.to_owned() })
            }
            Err(body) => body,
        },
        _ => body,
    }
}
