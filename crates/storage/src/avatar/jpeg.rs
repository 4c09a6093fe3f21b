//! The segments of a JPEG file (ITU-T T.81, annex B), read without a decoder.

/// End of image.
const EOI: u8 = 0xd9;
/// Start of scan.
const SOS: u8 = 0xda;
/// The edge of a block of coefficients, in pixels.
const BLOCK: u64 = 8;
/// Size of a stored coefficient, in bytes.
const COEFFICIENT_BYTES: u64 = 2;

/// Properties of a picture from the segments before its first scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Memory for decoding, in bytes. A picture in several scans needs its coefficients as well as its pixels.
    pub(super) decoder_bytes: u64,
}

impl Header {
    /// `None` if there is no frame and scan to decode.
    pub(super) fn read(file: &[u8]) -> Option<Self> {
        let mut segments = Segments(file);
        let (kind, frame) = segments.find(|(marker, _)| is_frame(*marker))?;
        let (_, scan) = segments.find(|(marker, _)| *marker == SOS)?;
        let &[_precision, h1, h2, w1, w2, _count, ref components @ ..] = frame else { return None };
        let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
        let (components, _) = components.as_chunks::<3>();
        let in_one_scan = matches!(kind, 0xc0 | 0xc1)
            && scan.first().map(|count| usize::from(*count)) == Some(components.len());
        let (width, height) = (u32::from(width), u32::from(height));
        // Grey pictures have one channel, all others are decoded to three.
        let channels = if components.len() == 1 { 1 } else { 3 };
        let pixels = u64::from(width) * u64::from(height) * channels;
        let coefficients = if in_one_scan { 0 } else { coefficients(width, height, components)? };
        Some(Self { width, height, decoder_bytes: pixels + coefficients * COEFFICIENT_BYTES })
    }
}

/// Whether the file contains the end of its picture; bytes after it are ignored.
pub(super) fn is_complete(file: &[u8]) -> bool {
    Segments(file).any(|(marker, _)| marker == EOI)
}

/// Start of frame, in any of its kinds (T.81, table B.1).
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// The number of coefficients of all components, each padded to whole units (T.81, A.2.4).
fn coefficients(width: u32, height: u32, components: &[[u8; 3]]) -> Option<u64> {
    let factors =
        || components.iter().map(|[_, factors, _]| (u64::from(factors >> 4), u64::from(factors & 15)));
    let (across, down) = (factors().map(|(h, _)| h).max()?.max(1), factors().map(|(_, v)| v).max()?.max(1));
    let units = u64::from(width).div_ceil(BLOCK * across) * u64::from(height).div_ceil(BLOCK * down);
    Some(factors().map(|(h, v)| units * h * v * BLOCK * BLOCK).sum())
}

/// Yields each marker with its parameters, up to the end of the picture or of the file. The entropy-coded data of a
/// scan is skipped: each 0xFF in it is followed by 0 or a restart marker (T.81, B.1.1.5).
struct Segments<'a>(&'a [u8]);

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let prefix = self.0.iter().position(|byte| *byte == 0xff)?;
            self.0 = &self.0[prefix + 1..];
            let (&marker, after) = self.0.split_first()?;
            match marker {
                // A fill byte: the marker comes after it.
                0xff => {}
                // No segment: stuffing, and markers without parameters.
                0x00 | 0x01 | 0xd0..=0xd8 => self.0 = after,
                EOI => {
                    self.0 = &[];
                    return Some((EOI, &[]));
                }
                _ => {
                    let length = usize::from(u16::from_be_bytes(*after.first_chunk()?));
                    let parameters = after.get(2..length)?;
                    self.0 = &after[length..];
                    return Some((marker, parameters));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of this kind with these sampling factors, and a scan of this number of components.
    fn file(kind: u8, (width, height): (u16, u16), sampling: &[u8], in_scan: u8) -> Vec<u8> {
        let mut frame = vec![8];
        frame.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
        frame.push(u8::try_from(sampling.len()).unwrap());
        frame.extend(sampling.iter().flat_map(|factors| [1, *factors, 0]));
        let length = u16::try_from(frame.len() + 2).unwrap().to_be_bytes();
        let comment = [0xff, 0xfe, 0, 4, 0xff, EOI];
        let scan = [0xff, SOS, 0, 3, in_scan, 7, 0xff, 0, 0xff, 0xd0, 9, 0xff, 0xff, EOI, 1, 2];
        [&[0xff, 0xd8], &comment[..], &[0xff, kind], &length, &frame, &scan].concat()
    }

    #[test]
    fn coefficients_count_where_a_decoder_stores_them() {
        let bytes = |kind, sampling: &[u8], in_scan| {
            Header::read(&file(kind, (160, 80), sampling, in_scan)).unwrap().decoder_bytes
        };
        let pixels = 160 * 80;
        assert_eq!(bytes(0xc0, &[0x11, 0x11, 0x11], 3), 3 * pixels);
        assert_eq!(bytes(0xc0, &[0x11, 0x11, 0x11], 1), 9 * pixels);
        assert_eq!(bytes(0xc2, &[0x11, 0x11, 0x11], 3), 9 * pixels);
        assert_eq!(bytes(0xc2, &[0x22, 0x11, 0x11], 3), 6 * pixels);
        assert_eq!(bytes(0xc2, &[0x11], 1), 3 * pixels);
        let header = Header::read(&file(0xc2, (1, 9), &[0x11], 1)).unwrap();
        assert_eq!(header, Header { width: 1, height: 9, decoder_bytes: 9 + 8 * 16 * 2 });
    }

    #[test]
    fn a_file_is_complete_from_the_end_of_its_picture_on() {
        let whole = file(0xc0, (160, 80), &[0x11], 1);
        for end in 0..=whole.len() {
            assert_eq!(is_complete(&whole[..end]), end >= whole.len() - 2, "{end}");
        }
    }
}
