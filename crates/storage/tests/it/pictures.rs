use std::io::Cursor;

use domain::{
    ports::{AvatarProcessor, ProcessingError},
    profiles::{AvatarError, AvatarSize, ProcessedAvatar},
};
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

fn looks(pixel: Rgb<u8>, like: [u8; 3]) -> bool {
    pixel.0.iter().zip(like).all(|(one, other)| one.abs_diff(other) < 40)
}

/// A JPEG file with an EXIF part that says how it is to be turned (EXIF 2.3, 4.6.4).
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
                    assert!(looks(*picture.get_pixel(side / 2, side / 8), RED), "{width}x{height}");
                    assert!(looks(*picture.get_pixel(side / 2, side * 7 / 8), BLUE), "{width}x{height}");
                }
            }
        }
    }
}

/// Pictures that carry something besides their pixels, and what must not be kept of it.
fn laden() -> Vec<(Vec<u8>, &'static [u8])> {
    let exif = with_orientation(&file(halves(64, 64), ImageFormat::Jpeg), 1);
    let mut polyglot = file(halves(64, 64), ImageFormat::Png);
    polyglot.extend(b"<script>alert(1)</script>PK\x03\x04");
    let mut commented = file(halves(64, 64), ImageFormat::Jpeg);
    commented.splice(2..2, *b"\xff\xfe\x00\x0ba comment");
    vec![(exif, b"Exif"), (polyglot, b"<script>"), (commented, b"a comment")]
}

/// What is kept of such pictures besides their pixels.
fn kept(process: impl Fn(&[u8]) -> ProcessedAvatar) -> Vec<&'static [u8]> {
    let holds = |file: &[u8], what: &[u8]| file.windows(what.len()).any(|bytes| bytes == what);
    let is_kept = |(file, what): &(Vec<u8>, &'static [u8])| {
        let avatar = process(file);
        AvatarSize::ALL.iter().any(|size| holds(avatar.file(*size), what)).then_some(*what)
    };
    laden().iter().filter_map(is_kept).collect()
}

#[test]
fn nothing_that_hangs_on_to_a_picture_is_kept() {
    assert!(kept(|file| process(file).unwrap()).is_empty());
}

#[test]
fn pictures_that_are_kept_as_they_were_sent_are_noticed() {
    let as_sent = |file: &[u8]| ProcessedAvatar { large: file.to_vec(), small: file.to_vec() };
    assert_eq!(kept(as_sent).len(), laden().len());
}

#[test]
fn a_picture_is_turned_as_its_exif_part_says() {
    let jpeg = file(halves(600, 600), ImageFormat::Jpeg);
    for (orientation, upper, left) in
        [(1, RED, None), (3, BLUE, None), (6, RED, Some(BLUE)), (8, RED, Some(RED))]
    {
        let avatar = process(&with_orientation(&jpeg, orientation)).unwrap();
        let picture = decoded(&avatar, AvatarSize::Large);
        match left {
            None => assert!(looks(*picture.get_pixel(256, 40), upper), "{orientation}"),
            Some(left) => assert!(looks(*picture.get_pixel(40, 256), left), "{orientation}"),
        }
    }
}

#[test]
fn what_can_be_seen_through_shows_white() {
    let clear = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
    let picture = decoded(&process(&file(clear, ImageFormat::Png)).unwrap(), AvatarSize::Small);
    assert!(looks(*picture.get_pixel(64, 64), [255, 255, 255]));
}

#[test]
fn other_kinds_are_named_and_what_is_no_picture_is_told() {
    let unsupported = [
        (&b"GIF89a\x01\0\x01\0\0\0\0;"[..], "GIF"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WEBP"),
        (b"BM\x46\0\0\0\0\0", "BMP"),
        (b"II*\0\x08\0\0\0", "TIFF"),
    ];
    for (bytes, name) in unsupported {
        let told = process(bytes).unwrap_err().to_string();
        let expected = format!("Unsupported image format: {name}. Use one of next: ['JPG', 'JPEG', 'PNG']");
        assert_eq!(told, expected);
    }
    let whole = file(halves(64, 64), ImageFormat::Png);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    for bytes in [&b""[..], b"hello", svg, b"%PDF-1.7", &whole[..60], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(process(bytes).unwrap_err(), AvatarError::Invalid, "{:?}", &bytes[..bytes.len().min(20)]);
    }
}

#[test]
fn a_small_file_that_unfolds_to_a_huge_picture_is_refused_by_its_header() {
    let bomb = file(image::GrayImage::new(8_000, 8_000), ImageFormat::Png);
    assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
    assert_eq!(process(&bomb).unwrap_err(), AvatarError::TooManyPixels);
    let mut lie = file(halves(64, 64), ImageFormat::Png);
    lie[16..24].copy_from_slice(&[0xff; 8]);
    assert!(process(&lie).is_err());
}

#[test]
fn a_picture_whose_coefficients_would_take_too_much_memory_is_refused() {
    let mut jpeg = file(halves(2_900, 2_900), ImageFormat::Jpeg);
    process(&jpeg).unwrap();
    let frame = jpeg.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    // Progressive from now on.
    jpeg[frame + 1] = 0xc2;
    assert_eq!(process(&jpeg).unwrap_err(), AvatarError::TooManyPixels);
}

#[test]
fn a_truncated_picture_is_refused_and_what_follows_a_whole_one_does_not_matter() {
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
fn a_png_is_turned_as_its_exif_part_says() {
    let png = file(halves(600, 600), ImageFormat::Png);
    let exif = b"eXIfMM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
    let mut crc = flate2::Crc::new();
    crc.update(exif);
    let length = u32::try_from(exif.len() - 4).unwrap().to_be_bytes();
    let turned = [&png[..33], &length, exif, &crc.sum().to_be_bytes(), &png[33..]].concat();
    let picture = decoded(&process(&turned).unwrap(), AvatarSize::Large);
    assert!(looks(*picture.get_pixel(256, 40), BLUE));
}

#[tokio::test]
async fn more_than_can_wait_are_told_to_come_back() {
    let processor = std::sync::Arc::new(ImageProcessor::start().unwrap());
    let jpeg = file(halves(600, 600), ImageFormat::Jpeg);
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (processor, jpeg) = (processor.clone(), jpeg.clone());
        all.spawn(async move { processor.process(jpeg).await });
    }
    let outcomes = all.join_all().await;
    let refused =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(ProcessingError::Overloaded { .. })));
    assert!((20..=36).contains(&refused.count()));
}

#[tokio::test]
async fn many_at_once_are_all_processed() {
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
    // In a build without optimisation each picture takes its time.
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn no_file_makes_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), cut in 0_usize..2_000) {
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
