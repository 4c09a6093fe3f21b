//! Objects of the embedded store, under names that belong to one content for ever.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};

use crate::{
    http::{HandlerResult, problems::UnknownPath},
    services::Services,
};

/// A picture.
#[get("/media/{name:.*}")]
pub(crate) async fn object(services: Data<Services>, name: Path<String>) -> HandlerResult {
    let found = match &services.media {
        // An invalid name gets the same response as an unknown one.
        Some(objects) => objects.get(&name).await.ok().flatten(),
        None => None,
    };
    let bytes = found.ok_or(UnknownPath)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .content_type("image/jpeg")
        .body(bytes))
}
