//! Any file that claims to be a picture: it is refused, or it becomes two clean JPEG files of the promised sizes.

#![no_main]

use domain::profiles::AvatarSize;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(avatar) = storage::process(file) else { return };
    for size in AvatarSize::ALL {
        let kept = avatar.file(size);
        assert_eq!(image::guess_format(kept).ok(), Some(image::ImageFormat::Jpeg));
        let picture = image::load_from_memory(kept).expect("what is kept is a picture");
        assert_eq!((picture.width(), picture.height()), (size.pixels(), size.pixels()));
    }
});
