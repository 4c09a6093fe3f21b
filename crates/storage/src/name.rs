use domain::objects::ObjectError;

/// Rejects a name that leads out of the folder. The service creates all names, so an invalid one is a bug.
pub(crate) fn checked(name: &str) -> Result<&str, ObjectError> {
    let part_is_good = |part: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        !part.is_empty() && part.bytes().all(allowed) && !part.starts_with('.')
    };
    if name.len() <= 255 && name.split('/').all(part_is_good) {
        Ok(name)
    } else {
        Err(ObjectError::Unavailable("the name of the object is invalid".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        assert!(checked("avatars/0a/512.jpg").is_ok());
        for name in
            ["", "/", "/etc/passwd", "a//b", "../a", "a/../b", "a/.", "a\\b", "a b", "a\0", ".hidden", "é"]
        {
            assert!(checked(name).is_err(), "{name:?}");
        }
    }
}
