use storage::S3Settings;

use crate::config::{
    reader::{ConfigError, Reader, web_url},
    variables as var,
};

/// Returns the object store, or `None` if none is configured or there is an error.
pub(super) fn s3(reader: &mut Reader) -> Result<Option<S3Settings>, ConfigError> {
    let text = |text: &str| Ok(text.to_owned());
    let endpoint = reader.optional(var::S3_ENDPOINT, web_url);
    let public_url = reader.optional(var::S3_PUBLIC_URL, web_url);
    let region = reader.parse(var::S3_REGION, text)?;
    let bucket = reader.parse(var::S3_BUCKET, |text| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        let good = (3..=63).contains(&text.len()) && text.bytes().all(allowed);
        if good { Ok(text.to_owned()) } else { Err("must be 3 to 63 of a-z, 0-9, - and .".to_owned()) }
    })?;
    let key = reader.optional(var::S3_ACCESS_KEY_ID, text);
    let secret = reader.optional(var::S3_SECRET_ACCESS_KEY, text);
    if reader.given(var::S3_ENDPOINT).is_none() {
        let mut others = [var::S3_ACCESS_KEY_ID, var::S3_SECRET_ACCESS_KEY, var::S3_PUBLIC_URL].into_iter();
        if let Some(other) = others.find(|other| reader.given(*other).is_some()) {
            reader.refuse(var::S3_ENDPOINT, format!("must be set if {} is set", other.name));
        }
        return Ok(None);
    }
    for (variable, value) in [(var::S3_ACCESS_KEY_ID, &key), (var::S3_SECRET_ACCESS_KEY, &secret)] {
        if value.is_none() {
            reader.refuse(variable, "must be set if S3_ENDPOINT is set");
        }
    }
    let (Some(endpoint), Some(access_key_id), Some(secret)) = (endpoint, key, secret) else {
        return Ok(None);
    };
    let secret_access_key = secret.into();
    Ok(Some(S3Settings { endpoint, region, bucket, access_key_id, secret_access_key, public_url }))
}
