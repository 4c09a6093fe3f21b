//! The documentation: Swagger UI and the OpenAPI document. Every file is prepared once for all threads and shared, so
//! neither the number of readers nor the spelling of a path costs memory.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::EntityTag,
    web::{Bytes, Data, Path},
};
use flate2::read::GzDecoder;
use utoipa_swagger_ui::Config;

use crate::http::{
    HandlerResult,
    caching::revalidated,
    compression::{Coding, gzip, gzip_tag, is_text},
    conditional::etag,
    problems::UnknownPath,
};

/// The path of the OpenAPI document.
const DOCUMENT: &str = "/openapi.json";
/// The files of Swagger UI that its page loads. The distribution has other builds of the same scripts, which are not served.
const FILES: [&str; 10] = [
    "favicon-16x16.png",
    "favicon-32x32.png",
    "index.css",
    "index.html",
    "oauth2-redirect.html",
    "oauth2-redirect.js",
    "swagger-initializer.js",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-ui.css",
];

/// The files of the documentation, by name.
pub(crate) struct Documentation {
    document: PreparedFile,
    files: BTreeMap<&'static str, PreparedFile>,
}

/// A file in both forms.
struct PreparedFile {
    content_type: String,
    plain: Bytes,
    etag: EntityTag,
    /// Bytes and validator, compressed for the first caller who wants them; `None` where that makes nothing smaller.
    gzipped: OnceLock<Option<(Bytes, EntityTag)>>,
}

impl Documentation {
    /// Swagger UI over this OpenAPI document.
    ///
    /// # Errors
    ///
    /// A file that the library does not have.
    pub(crate) fn new(document: Bytes) -> io::Result<Self> {
        let config = Config::new([DOCUMENT])
            .try_it_out_enabled(true)
            .persist_authorization(true)
            .display_request_duration(true)
            .doc_expansion("list");
        let config = Arc::new(config);
        let file = |name: &'static str| {
            let file = utoipa_swagger_ui::serve(name, config.clone())
                .map_err(|error| io::Error::other(error.to_string()))?;
            let file = file.ok_or_else(|| io::Error::other(format!("Swagger UI has no {name}")))?;
            // Most files are compressed in the executable.
            let mut bytes = Vec::new();
            if file.gzpipped {
                GzDecoder::new(&*file.bytes).read_to_end(&mut bytes)?;
            } else {
                bytes.extend_from_slice(&file.bytes);
            }
            Ok((name, PreparedFile::new(file.content_type, bytes.into())))
        };
        let files = FILES.into_iter().map(file).collect::<io::Result<_>>()?;
        Ok(Self { document: PreparedFile::new("application/json".to_owned(), document), files })
    }
}

impl PreparedFile {
    fn new(content_type: String, plain: Bytes) -> Self {
        let etag = etag(&plain);
        Self { content_type, plain, etag, gzipped: OnceLock::new() }
    }

    fn reply_to(&self, request: &HttpRequest) -> HttpResponse {
        let gzipped = match Coding::wanted(request) {
            Coding::Gzip => self.gzipped.get_or_init(|| self.gzip()).as_ref(),
            Coding::Plain => None,
        };
        let (body, etag) = gzipped.map_or((&self.plain, &self.etag), |(body, etag)| (body, etag));
        revalidated(request, &self.content_type, etag, body.clone(), gzipped.is_some())
    }

    fn gzip(&self) -> Option<(Bytes, EntityTag)> {
        if !is_text(&self.content_type) {
            return None;
        }
        Some((gzip(&self.plain)?, gzip_tag(&self.etag)))
    }
}

#[get("/openapi.json")]
pub(crate) async fn show_document(request: HttpRequest, documentation: Data<Documentation>) -> HttpResponse {
    documentation.document.reply_to(&request)
}

#[get("/docs/{name:.*}")]
pub(crate) async fn show_file(
    request: HttpRequest,
    name: Path<String>,
    documentation: Data<Documentation>,
) -> HandlerResult {
    let name = if name.is_empty() { "index.html" } else { name.as_str() };
    let file = documentation.files.get(name).ok_or(UnknownPath)?;
    Ok(file.reply_to(&request))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_the_page_and_its_scripts_load_is_served() {
        let documentation = Documentation::new(Bytes::from_static(b"{}")).unwrap();
        let page = String::from_utf8(documentation.files["index.html"].plain.to_vec()).unwrap();
        let links = page.split(['"', '\'']).filter_map(|text| text.strip_prefix("./"));
        let links: Vec<_> = links.filter(|link| !link.is_empty()).collect();
        assert!(links.len() >= 5, "{page}");
        for link in links {
            assert!(documentation.files.contains_key(link), "{link}");
        }
        let script = String::from_utf8(documentation.files["swagger-initializer.js"].plain.to_vec()).unwrap();
        assert!(script.contains(DOCUMENT), "{script}");
    }
}
