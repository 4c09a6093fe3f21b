use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// Reads the file of a picture.
pub(crate) fn read(folder: &Path, key: &str) -> Result<Vec<u8>, String> {
    let path = safe_path(key).ok_or("its key points outside the folder")?;
    fs::read(folder.join(path)).map_err(|error| error.to_string())
}

/// Returns the path of a key within its folder; a key may be a URL, of which the bucket and all before it are ignored.
/// `None` if the path would leave the folder.
fn safe_path(key: &str) -> Option<PathBuf> {
    let key = match key.split_once("://") {
        Some((_, rest)) => rest.splitn(3, '/').nth(2)?.split('?').next()?,
        None => key,
    };
    let path = Path::new(key);
    path.components().all(|part| matches!(part, Component::Normal(_))).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_its_key_or_url_and_only_inside_its_folder() {
        let found = |key| safe_path(key).map(|path| path.display().to_string());
        assert_eq!(found("avatars/7_avatar.jpg").as_deref(), Some("avatars/7_avatar.jpg"));
        assert_eq!(found("http://minio:9000/theater/me.png?X-Amz=1").as_deref(), Some("me.png"));
        for key in
            ["../secret", "/etc/passwd", "avatars/../../x", "http://minio:9000/theater/../x", "http://minio"]
        {
            assert_eq!(found(key), None, "{key}");
        }
    }
}
