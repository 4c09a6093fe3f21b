//! The chunks of a PNG file (PNG, third edition, section 5), read without a decoder.

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// The chunks that determine the pixels and the orientation of a picture. All others (colour profiles, texts,
/// animations) are dropped: some of them are compressed, and a decoder inflates them.
const ESSENTIAL: [&[u8; 4]; 6] = [b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND"];
/// Size of the length and the kind before the data of a chunk, in bytes. A checksum of four bytes follows the data.
const BEFORE_DATA: usize = 8;

/// Width and height, `None` if the file does not begin with them.
pub(super) fn dimensions(file: &[u8]) -> Option<(u32, u32)> {
    let header = Chunks::of(file)?.next().filter(|chunk| chunk.kind == b"IHDR")?;
    let (width, rest) = header.bytes[BEFORE_DATA..].split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*rest.first_chunk()?)))
}

/// The file without the chunks that its pixels do not need, `None` if it is truncated.
pub(super) fn essential(file: &[u8]) -> Option<Vec<u8>> {
    let mut output = SIGNATURE.to_vec();
    for chunk in Chunks::of(file)? {
        if ESSENTIAL.iter().any(|kind| chunk.kind == *kind) {
            output.extend(chunk.bytes);
        }
        if chunk.kind == b"IEND" {
            return Some(output);
        }
    }
    None
}

struct Chunk<'a> {
    kind: &'a [u8],
    /// The whole chunk: length, kind, data and checksum.
    bytes: &'a [u8],
}

/// Yields complete chunks.
struct Chunks<'a>(&'a [u8]);

impl<'a> Chunks<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        file.strip_prefix(SIGNATURE).map(Self)
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let length = usize::try_from(u32::from_be_bytes(*self.0.first_chunk()?)).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length.checked_add(BEFORE_DATA + 4)?)?;
        self.0 = rest;
        Some(Chunk { kind: &bytes[4..BEFORE_DATA], bytes })
    }
}
