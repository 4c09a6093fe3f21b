//! How much memory pictures take, measured in a process of its own: this test executable, started anew.

use std::{env, fs, io::Write, process::Command, sync::Arc, thread};

use domain::ports::AvatarProcessor;
use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{ImageFormat, Rgb, RgbImage};
use storage::ImageProcessor;

use crate::pictures::file;

/// How many pictures come at once.
const PICTURES: usize = 20;
/// What they may take together, in bytes.
const ALLOWED: u64 = 64 * 1024 * 1024;
/// Tells a process that it is the one that is measured.
const MEASURED: &str = "MEMORY_TEST_IS_MEASURED";

/// The most memory that this process has had so far, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// What this picture takes when it is processed in this way, in bytes. The test of this name is started anew for it, in a
/// process of its own, where it does the work and comes to `None`.
fn taken(
    test: &str,
    picture: impl FnOnce() -> Vec<u8>,
    process_all: impl FnOnce(&Arc<Vec<u8>>),
) -> Option<u64> {
    if env::var_os(MEASURED).is_none() {
        let mut process = Command::new(env::current_exe().unwrap());
        let output = process.args([test, "--exact", "--nocapture"]).env(MEASURED, "yes").output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        let taken = told.lines().find_map(|line| line.split("taken=").nth(1));
        let taken = taken
            .unwrap_or_else(|| panic!("{told}{}", String::from_utf8_lossy(&output.stderr)))
            .trim()
            .parse();
        return Some(taken.unwrap());
    }
    let picture = Arc::new(picture());
    // What it took to make the picture is there to be used again, and must not hide what it takes to process it.
    let before = fs::write("/proc/self/clear_refs", "5").map(|()| peak()).unwrap();
    process_all(&picture);
    println!("taken={}", peak() - before);
    None
}

/// One of the largest pictures.
fn largest() -> Vec<u8> {
    let picture = RgbImage::from_fn(3_000, 3_000, |x, y| {
        let shade = u8::try_from((x / 40 + y / 40) % 256).unwrap();
        Rgb([shade, 90, 255 - shade])
    });
    file(picture, ImageFormat::Jpeg)
}

/// A picture of 10 × 10 pixels with a colour profile that inflates to 256 MiB.
fn with_bomb() -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..256 {
        zlib.write_all(&vec![0; 1024 * 1024]).unwrap();
    }
    let chunk = [b"iCCPname\0\0", &zlib.finish().unwrap()[..]].concat();
    let mut crc = Crc::new();
    crc.update(&chunk);
    let length = u32::try_from(chunk.len() - 4).unwrap();
    let png = file(RgbImage::new(10, 10), ImageFormat::Png);
    // The header takes 33 bytes: the signature and the chunk IHDR.
    [&png[..33], &length.to_be_bytes(), &chunk, &crc.sum().to_be_bytes(), &png[33..]].concat()
}

/// Sends the picture twenty times at once.
fn process_twenty(picture: &Arc<Vec<u8>>) {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let processor = Arc::new(ImageProcessor::start().unwrap());
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..PICTURES {
            let (processor, picture) = (processor.clone(), picture.clone());
            all.spawn(async move { processor.process(picture.to_vec()).await.unwrap() });
        }
        all.join_all().await;
    });
}

#[test]
fn twenty_of_the_largest_pictures_at_once_take_64_mebibytes_at_most() {
    let name = "memory::twenty_of_the_largest_pictures_at_once_take_64_mebibytes_at_most";
    let taken = taken(name, largest, process_twenty);
    assert!(taken.is_none_or(|taken| taken <= ALLOWED), "{taken:?} bytes");
}

#[test]
fn compressed_chunks_beside_the_pixels_are_never_inflated() {
    let name = "memory::compressed_chunks_beside_the_pixels_are_never_inflated";
    let taken = taken(name, with_bomb, process_twenty);
    assert!(taken.is_none_or(|taken| taken <= ALLOWED / 4), "{taken:?} bytes");
}

#[test]
fn pictures_that_are_decoded_all_at_once_are_noticed() {
    let name = "memory::pictures_that_are_decoded_all_at_once_are_noticed";
    let taken = taken(name, largest, |jpeg| {
        thread::scope(|scope| {
            for _ in 0..PICTURES {
                scope.spawn(|| storage::process(jpeg).unwrap());
            }
        });
    });
    assert!(taken.is_none_or(|taken| taken > ALLOWED), "{taken:?} bytes");
}
