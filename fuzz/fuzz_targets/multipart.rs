//! Reads arbitrary bytes as a multipart form with a file: they are read within the size limit, or refused with a 4xx status.

#![no_main]

use actix_web::rt::Runtime;
use libfuzzer_sys::fuzz_target;

/// Size limit of a file in this target, in bytes.
const MAX_FILE: usize = 1_000;

thread_local! {
    static RUNTIME: Runtime = Runtime::new().expect("a runtime starts");
}

fuzz_target!(|input: &[u8]| {
    // The first byte sets the size of the chunks in which the body arrives.
    let Some((piece, body)) = input.split_first() else { return };
    let pieces = body.chunks(usize::from(*piece).max(1));
    match RUNTIME.with(|runtime| runtime.block_on(api::fuzzing::read_form("x", pieces, MAX_FILE))) {
        Ok(file_size) => assert!(file_size <= MAX_FILE),
        Err(status) => assert!((400..500).contains(&status), "{status}"),
    }
});
