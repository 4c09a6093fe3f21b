//! Any body that claims to be a form with a file: it is read within its bounds, or refused as the caller's fault.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// As the largest that a form in this target may keep of its file, in bytes.
const MAX_FILE: usize = 1_000;

fuzz_target!(|input: &[u8]| {
    // The first byte decides in which pieces the body arrives.
    let Some((piece, body)) = input.split_first() else { return };
    let pieces = body.chunks(usize::from(*piece).max(1));
    match api::fuzzing::read_form("x", pieces, MAX_FILE) {
        Ok(kept) => assert!(kept <= MAX_FILE),
        Err(status) => assert!((400..500).contains(&status), "{status}"),
    }
});
