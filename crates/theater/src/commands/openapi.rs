/// The OpenAPI document as it is committed.
///
/// # Errors
///
/// The serializer's own: a fault of ours that a test finds.
pub fn openapi_json() -> anyhow::Result<String> {
    let mut json = serde_json::to_string_pretty(&api::openapi())?;
    json.push('\n');
    Ok(json)
}
