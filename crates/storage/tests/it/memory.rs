//! Memory use of picture processing, measured in a new process of this test executable.

use std::{
    env, fs,
    io::Write,
    process::Command,
    sync::{Arc, Barrier},
    thread,
};

use domain::profiles::AvatarProcessor;
use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{ImageFormat, Rgb, RgbImage};
use storage::ImageProcessor;

use crate::pictures::file;

/// The number of concurrent pictures.
const PICTURES: usize = 20;
/// The limit for all of them together, in bytes.
const ALLOWED: u64 = 64 * 1024 * 1024;
/// The environment variable that marks the measured process.
const MEASURED: &str = "MEMORY_TEST_IS_MEASURED";

/// The peak resident memory of this process, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// The memory that processing this picture takes, in bytes. Starts the named test in a new process, which does the work,
/// prints the result and returns `None`.
fn measure(
    test: &str,
    picture: impl FnOnce() -> Vec<u8>,
    process_all: impl FnOnce(&Arc<Vec<u8>>),
) -> Option<u64> {
    if env::var_os(MEASURED).is_none() {
        let mut process = Command::new(env::current_exe().unwrap());
        let output = process.args([test, "--exact", "--nocapture"]).env(MEASURED, "yes").output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        let taken = printed.lines().find_map(|line| line.split("taken=").nth(1));
        let taken = taken
            .unwrap_or_else(|| panic!("{printed}{}", String::from_utf8_lossy(&output.stderr)))
            .trim()
            .parse();
        return Some(taken.unwrap());
    }
    let picture = Arc::new(picture());
    // Memory freed after creating the picture can be reused, which would hide what processing takes: reset the peak.
    let before = fs::write("/proc/self/clear_refs", "5").map(|()| peak()).unwrap();
    process_all(&picture);
    println!("taken={}", peak() - before);
    None
}

/// A JPEG file of 3,000 × 3,000 pixels.
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

/// Processes the picture twenty times concurrently.
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
fn twenty_concurrent_pictures_of_the_largest_size_take_at_most_64_mebibytes() {
    let name = "memory::twenty_concurrent_pictures_of_the_largest_size_take_at_most_64_mebibytes";
    let taken = measure(name, largest, process_twenty);
    assert!(taken.is_none_or(|taken| taken <= ALLOWED), "{taken:?} bytes");
}

#[test]
fn compressed_metadata_is_never_inflated() {
    let name = "memory::compressed_metadata_is_never_inflated";
    let taken = measure(name, with_bomb, process_twenty);
    assert!(taken.is_none_or(|taken| taken <= ALLOWED / 4), "{taken:?} bytes");
}

#[test]
fn unbounded_concurrent_decoding_is_detected() {
    let name = "memory::unbounded_concurrent_decoding_is_detected";
    let taken = measure(name, largest, |jpeg| {
        let all_started = Barrier::new(PICTURES);
        thread::scope(|scope| {
            for _ in 0..PICTURES {
                scope.spawn(|| {
                    all_started.wait();
                    storage::process(jpeg).unwrap()
                });
            }
        });
    });
    assert!(taken.is_none_or(|taken| taken > ALLOWED), "{taken:?} bytes");
}
