use std::io::Cursor;

use domain::profiles::{AvatarError, AvatarProcessor, AvatarSize, ProcessedAvatar, ProcessingError};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use storage::{ImageProcessor, process};

const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// A picture whose upper half is red and whose lower half is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |_, y| Rgb(if y < height / 2 { RED } else { BLUE }))
}

pub(crate) fn file(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn decoded(avatar: &ProcessedAvatar, size: AvatarSize) -> RgbImage {
    let file = avatar.file(size);
    assert_eq!(image::guess_format(file).unwrap(), ImageFormat::Jpeg);
    let picture = image::load_from_memory(file).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (size.pixels(), size.pixels()));
    picture
}

fn is_close(pixel: Rgb<u8>, expected: [u8; 3]) -> bool {
    pixel.0.iter().zip(expected).all(|(one, other)| one.abs_diff(other) < 40)
}

/// Adds an EXIF segment with this orientation to a JPEG file (EXIF 2.3, 4.6.4).
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, b"", &jpeg[2..]].concat()
}

#[test]
fn pictures_of_every_shape_become_squares_of_both_sizes() {
    for (width, height) in [(1, 1), (10, 300), (512, 512), (1_300, 700), (3_000, 2_900)] {
        for format in [ImageFormat::Jpeg, ImageFormat::Png] {
            let avatar = process(&file(halves(width, height), format)).unwrap();
            for size in AvatarSize::ALL {
                let picture = decoded(&avatar, size);
                let side = size.pixels();
                if height > 1 {
                    assert!(is_close(*picture.get_pixel(side / 2, side / 8), RED), "{width}x{height}");
                    assert!(is_close(*picture.get_pixel(side / 2, side * 7 / 8), BLUE), "{width}x{height}");
                }
            }
        }
    }
}

/// Pictures with data besides their pixels, each with bytes that must be removed.
fn with_metadata() -> Vec<(Vec<u8>, &'static [u8])> {
    let exif = with_orientation(&file(halves(64, 64), ImageFormat::Jpeg), 1);
    let mut polyglot = file(halves(64, 64), ImageFormat::Png);
    polyglot.extend(b"<script>alert(1)</script>PK\x03\x04");
    let mut commented = file(halves(64, 64), ImageFormat::Jpeg);
    commented.splice(2..2, *b"\xff\xfe\x00\x0ba comment");
    vec![(exif, b"Exif"), (polyglot, b"<script>"), (commented, b"a comment")]
}

/// The data of such pictures that processing retains.
fn retained(process: impl Fn(&[u8]) -> ProcessedAvatar) -> Vec<&'static [u8]> {
    let contains = |file: &[u8], data: &[u8]| file.windows(data.len()).any(|bytes| bytes == data);
    let find = |(file, data): &(Vec<u8>, &'static [u8])| {
        let avatar = process(file);
        AvatarSize::ALL.iter().any(|size| contains(avatar.file(*size), data)).then_some(*data)
    };
    with_metadata().iter().filter_map(find).collect()
}

#[test]
fn data_besides_the_pixels_is_removed() {
    assert!(retained(|file| process(file).unwrap()).is_empty());
}

#[test]
fn unprocessed_pictures_are_detected() {
    let unprocessed = |file: &[u8]| ProcessedAvatar { large: file.to_vec(), small: file.to_vec() };
    assert_eq!(retained(unprocessed).len(), with_metadata().len());
}

#[test]
fn a_jpeg_is_rotated_by_its_exif_orientation() {
    let jpeg = file(halves(600, 600), ImageFormat::Jpeg);
    for (orientation, upper, left) in
        [(1, RED, None), (3, BLUE, None), (6, RED, Some(BLUE)), (8, RED, Some(RED))]
    {
        let avatar = process(&with_orientation(&jpeg, orientation)).unwrap();
        let picture = decoded(&avatar, AvatarSize::Large);
        match left {
            None => assert!(is_close(*picture.get_pixel(256, 40), upper), "{orientation}"),
            Some(left) => assert!(is_close(*picture.get_pixel(40, 256), left), "{orientation}"),
        }
    }
}

#[test]
fn transparent_pixels_become_white() {
    let clear = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
    let picture = decoded(&process(&file(clear, ImageFormat::Png)).unwrap(), AvatarSize::Small);
    assert!(is_close(*picture.get_pixel(64, 64), [255, 255, 255]));
}

#[test]
fn unsupported_formats_are_named_and_other_files_are_invalid() {
    let unsupported = [
        (&b"GIF89a\x01\0\x01\0\0\0\0;"[..], "GIF"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WEBP"),
        (b"BM\x46\0\0\0\0\0", "BMP"),
        (b"II*\0\x08\0\0\0", "TIFF"),
    ];
    for (bytes, name) in unsupported {
        let error = process(bytes).unwrap_err().to_string();
        let expected = format!("Unsupported image format: {name}. Use one of next: ['JPG', 'JPEG', 'PNG']");
        assert_eq!(error, expected);
    }
    let whole = file(halves(64, 64), ImageFormat::Png);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    for bytes in [&b""[..], b"hello", svg, b"%PDF-1.7", &whole[..60], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(process(bytes).unwrap_err(), AvatarError::Invalid, "{:?}", &bytes[..bytes.len().min(20)]);
    }
}

#[test]
fn a_decompression_bomb_is_rejected_by_its_header() {
    let bomb = file(image::GrayImage::new(8_000, 8_000), ImageFormat::Png);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert_eq!(process(&bomb).unwrap_err(), AvatarError::TooManyPixels);
    let mut lie = file(halves(64, 64), ImageFormat::Png);
    lie[16..24].copy_from_slice(&[0xff; 8]);
    assert!(process(&lie).is_err());
}

#[test]
fn a_jpeg_whose_coefficients_would_take_too_much_memory_is_rejected() {
    let mut jpeg = file(halves(2_900, 2_900), ImageFormat::Jpeg);
    process(&jpeg).unwrap();
    let frame = jpeg.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    // Marks the JPEG as progressive.
    jpeg[frame + 1] = 0xc2;
    assert_eq!(process(&jpeg).unwrap_err(), AvatarError::TooManyPixels);
}

#[test]
fn a_truncated_picture_is_rejected_and_trailing_data_is_ignored() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let whole = file(halves(300, 300), format);
        for missing in [1, 2, 40, whole.len() / 2, whole.len() - 200] {
            let refused = process(&whole[..whole.len() - missing]).unwrap_err();
            assert_eq!(refused, AvatarError::Invalid, "{format:?} without its last {missing} bytes");
        }
        process(&[&whole[..], &[0; 10], b"maker's notes"].concat()).unwrap();
    }
}

#[test]
fn a_png_is_rotated_by_its_exif_orientation() {
    let png = file(halves(600, 600), ImageFormat::Png);
    let exif = b"eXIfMM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
    let mut crc = flate2::Crc::new();
    crc.update(exif);
    let length = u32::try_from(exif.len() - 4).unwrap().to_be_bytes();
    let rotated = [&png[..33], &length, exif, &crc.sum().to_be_bytes(), &png[33..]].concat();
    let picture = decoded(&process(&rotated).unwrap(), AvatarSize::Large);
    assert!(is_close(*picture.get_pixel(256, 40), BLUE));
}

#[tokio::test]
async fn pictures_above_the_queue_limit_are_refused_as_overloaded() {
    let processor = std::sync::Arc::new(ImageProcessor::start().unwrap());
    let jpeg = file(halves(60, 60), ImageFormat::Jpeg);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (processor, jpeg) = (processor.clone(), jpeg.clone());
        all.spawn(async move { processor.process(jpeg).await });
    }
    let outcomes = all.join_all().await;
    let refused =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(ProcessingError::Overloaded { .. })));
    // As many fewer as were processed before the last one was queued.
    assert!((1..=36).contains(&refused.count()));
}

#[tokio::test]
async fn twenty_concurrent_pictures_are_all_processed() {
    let processor = std::sync::Arc::new(ImageProcessor::start().unwrap());
    let jpeg = file(halves(1_500, 1_500), ImageFormat::Jpeg);
    let mut all = tokio::task::JoinSet::new();
    for number in 0..20 {
        let (processor, jpeg) = (processor.clone(), if number == 7 { b"no".to_vec() } else { jpeg.clone() });
        all.spawn(async move { processor.process(jpeg).await });
    }
    let outcomes = all.join_all().await;
    let wrong = outcomes.iter().filter(|outcome| matches!(outcome, Err(ProcessingError::Avatar(_)))).count();
    assert_eq!((outcomes.len(), wrong), (20, 1));
}

proptest::proptest! {
    // Few cases, because processing is slow in a build without optimisation.
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn processing_any_file_does_not_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), cut in 0_usize..2_000) {
        let _ = process(&bytes);
        let mut broken = file(halves(40, 40), ImageFormat::Jpeg);
        let place = cut % broken.len();
        for (offset, byte) in bytes.iter().take(8).enumerate() {
            if let Some(old) = broken.get_mut(place + offset) {
                *old = *byte;
            }
        }
        let _ = process(&broken);
    }
}
