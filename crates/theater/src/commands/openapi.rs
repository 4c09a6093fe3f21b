/// Returns the OpenAPI document as it is committed.
pub fn openapi_json() -> anyhow::Result<String> {
    let mut json = serde_json::to_string_pretty(&api::openapi())?;
    json.push('\n');
    Ok(json)
}
