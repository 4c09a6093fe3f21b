//! Decodes arbitrary bytes as an avatar: they are refused, or produce two JPEG files of the specified sizes.

#![no_main]

use domain::profiles::AvatarSize;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(avatar) = storage::process(file) else { return };
    for size in AvatarSize::ALL {
        let encoded = avatar.file(size);
        assert_eq!(image::guess_format(encoded).ok(), Some(image::ImageFormat::Jpeg));
        let picture = image::load_from_memory(encoded).expect("the encoded file is a picture");
        assert_eq!((picture.width(), picture.height()), (size.pixels(), size.pixels()));
    }
});
