//! How much memory pictures take, measured in a process of its own: this test executable, started anew.

use std::{env, fs, process::Command, sync::Arc, thread};

use domain::ports::AvatarProcessor;
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

/// What twenty of the largest pictures take when they are processed in this way, in bytes. The test of this name is started
/// anew for it, in a process of its own, where it does the work and comes to `None`.
fn taken(test: &str, process_all: impl FnOnce(&Arc<Vec<u8>>)) -> Option<u64> {
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
    let picture = RgbImage::from_fn(3_000, 3_000, |x, y| {
        let shade = u8::try_from((x / 40 + y / 40) % 256).unwrap();
        Rgb([shade, 90, 255 - shade])
    });
    let jpeg = Arc::new(file(picture, ImageFormat::Jpeg));
    // What it took to make the picture is there to be used again, and must not hide what it takes to process it.
    let before = fs::write("/proc/self/clear_refs", "5").map(|()| peak()).unwrap();
    process_all(&jpeg);
    println!("taken={}", peak() - before);
    None
}

#[test]
fn twenty_of_the_largest_pictures_at_once_take_64_mebibytes_at_most() {
    let name = "memory::twenty_of_the_largest_pictures_at_once_take_64_mebibytes_at_most";
    let taken = taken(name, |jpeg| {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let processor = Arc::new(ImageProcessor::start().unwrap());
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..PICTURES {
                let (processor, jpeg) = (processor.clone(), jpeg.clone());
                all.spawn(async move { processor.process(jpeg.to_vec()).await.unwrap() });
            }
            all.join_all().await;
        });
    });
    assert!(taken.is_none_or(|taken| taken <= ALLOWED), "{taken:?} bytes");
}

#[test]
fn pictures_that_are_decoded_all_at_once_are_noticed() {
    let taken = taken("memory::pictures_that_are_decoded_all_at_once_are_noticed", |jpeg| {
        thread::scope(|scope| {
            for _ in 0..PICTURES {
                scope.spawn(|| storage::process(jpeg).unwrap());
            }
        });
    });
    assert!(taken.is_none_or(|taken| taken > ALLOWED), "{taken:?} bytes");
}
