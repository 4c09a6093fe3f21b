mod jpeg;
mod png;

use std::{
    borrow::Cow,
    io::{self, Cursor},
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use async_trait::async_trait;
use domain::profiles::{
    AvatarError, AvatarProcessor, AvatarSize, MAX_AVATAR_PIXELS, ProcessedAvatar, ProcessingError,
};
use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::jpeg::JpegEncoder,
    imageops::{self, FilterType},
    metadata::Orientation,
};
use tokio::sync::{
    mpsc::{self, Sender, error::TrySendError},
    oneshot,
};

/// JPEG quality of stored files, of 100.
const QUALITY: u8 = 85;
/// Maximum memory for the pixels of a picture, in bytes.
const MAX_PIXEL_BYTES: u64 = 36 * 1024 * 1024;
/// Maximum memory of a decoder, for pixels and coefficients together, in bytes.
const MAX_DECODER_BYTES: u64 = 56 * 1024 * 1024;
/// Maximum pictures in the queue. Each may have a megabyte.
const MAX_WAITING: usize = 64;
/// `Retry-After` when the queue is full.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Processes pictures one after the other on its own thread, so that the memory of one picture is reused for the next.
/// Each of several threads would retain memory of its own.
#[derive(Debug)]
pub struct ImageProcessor {
    queue: Sender<Job>,
}

/// A file, and the channel for its result.
type Job = (Vec<u8>, oneshot::Sender<Result<ProcessedAvatar, AvatarError>>);

impl ImageProcessor {
    /// Starts the thread, which ends when the processor is dropped.
    pub fn start() -> io::Result<Self> {
        Self::start_with(process)
    }

    /// The same with another function. A panic in it fails its picture alone.
    fn start_with(
        process: impl Fn(&[u8]) -> Result<ProcessedAvatar, AvatarError> + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, mut jobs) = mpsc::channel::<Job>(MAX_WAITING);
        std::thread::Builder::new().name("pictures".to_owned()).spawn(move || {
            while let Some((file, reply)) = jobs.blocking_recv() {
                // The caller may have stopped waiting.
                if !reply.is_closed() {
                    let processed = panic::catch_unwind(AssertUnwindSafe(|| process(&file)));
                    let _ = reply.send(processed.unwrap_or_else(|_| {
                        tracing::error!(bytes = file.len(), "the decoder of a picture panicked");
                        Err(AvatarError::Invalid)
                    }));
                }
            }
        })?;
        Ok(Self { queue })
    }
}

#[async_trait]
impl AvatarProcessor for ImageProcessor {
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError> {
        // An invalid file is refused without queueing.
        measure(&file)?;
        let (reply, processed) = oneshot::channel();
        self.queue.try_send((file, reply)).map_err(|error| match error {
            TrySendError::Full(_) => ProcessingError::Overloaded { retry_after: RETRY_AFTER },
            TrySendError::Closed(_) => ProcessingError::Failed("the thread has ended".to_owned()),
        })?;
        let processed = processed.await.map_err(|error| ProcessingError::Failed(error.to_string()))?;
        Ok(processed?)
    }
}

/// Converts a JPEG or PNG file to the stored pictures: detects the format by content, checks the size before decoding,
/// applies the EXIF orientation, crops to a square and encodes as JPEG. A truncated file is refused.
pub fn process(file: &[u8]) -> Result<ProcessedAvatar, AvatarError> {
    let format = measure(file)?;
    let file = decodable(format, file).ok_or(AvatarError::Invalid)?;
    let mut decoder = decoder(format, &file)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| AvatarError::Invalid)?;
    // Resized before it is rotated: the result is the same for a square, and the large picture is never copied.
    let mut square = DynamicImage::ImageRgb8(square(&picture));
    drop(picture);
    square.apply_orientation(orientation);
    let large = square.into_rgb8();
    let side = AvatarSize::Small.pixels();
    let small = imageops::resize(&large, side, side, FilterType::Lanczos3);
    Ok(ProcessedAvatar { large: encode(&large)?, small: encode(&small)? })
}

/// The format of a picture, if its header allows decoding it. No decoder is created: its time and memory would depend on
/// the file.
fn measure(file: &[u8]) -> Result<ImageFormat, AvatarError> {
    let format = image::guess_format(file).map_err(|_| AvatarError::Invalid)?;
    let (width, height, decoder_bytes) = match format {
        ImageFormat::Jpeg => jpeg::Header::read(file).map(|it| (it.width, it.height, it.decoder_bytes)),
        // The memory is checked in `decoder`, where the colour depth is known.
        ImageFormat::Png => png::dimensions(file).map(|(width, height)| (width, height, 0)),
        _ => return Err(AvatarError::Unsupported(name(format))),
    }
    .ok_or(AvatarError::Invalid)?;
    check_pixels(width, height)?;
    if decoder_bytes > MAX_DECODER_BYTES { Err(AvatarError::TooManyPixels) } else { Ok(format) }
}

fn check_pixels(width: u32, height: u32) -> Result<(), AvatarError> {
    match u64::from(width) * u64::from(height) {
        0 => Err(AvatarError::Invalid),
        pixels if pixels > MAX_AVATAR_PIXELS => Err(AvatarError::TooManyPixels),
        _ => Ok(()),
    }
}

/// The part of a file that a decoder may read, `None` if the file is truncated.
fn decodable(format: ImageFormat, file: &[u8]) -> Option<Cow<'_, [u8]>> {
    if format == ImageFormat::Png {
        png::essential(file).map(Cow::Owned)
    } else {
        jpeg::is_complete(file).then_some(Cow::Borrowed(file))
    }
}

fn decoder(format: ImageFormat, file: &[u8]) -> Result<impl ImageDecoder + '_, AvatarError> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|_| AvatarError::Invalid)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    if decoder.total_bytes() > MAX_PIXEL_BYTES { Err(AvatarError::TooManyPixels) } else { Ok(decoder) }
}

/// The usual name of an unsupported format.
fn name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WEBP",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Ico => "ICO",
        ImageFormat::Avif => "AVIF",
        _ => "OTHER",
    }
}

/// The centre square of a picture, scaled to the large size. Transparent pixels become white.
fn square(picture: &DynamicImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let edge = width.min(height);
    let middle = imageops::crop_imm(picture, (width - edge) / 2, (height - edge) / 2, edge, edge);
    let side = AvatarSize::Large.pixels();
    // Large pictures are scaled roughly first: the exact filter takes memory and time for each pixel that it reads.
    let rgba = if edge > 2 * side {
        let rough = imageops::thumbnail(&*middle, 2 * side, 2 * side);
        imageops::resize(&rough, side, side, FilterType::Lanczos3)
    } else {
        imageops::resize(&*middle, side, side, FilterType::Lanczos3)
    };
    RgbImage::from_fn(side, side, |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let over_white = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over_white(red), over_white(green), over_white(blue)])
    })
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, AvatarError> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    picture.write_with_encoder(encoder).map_err(|_| AvatarError::Invalid)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_picture_and_not_the_thread() {
        let processor = ImageProcessor::start_with(|file| {
            assert!(!file.ends_with(b"bad"), "a decoder that panics");
            Ok(ProcessedAvatar { large: Vec::new(), small: Vec::new() })
        });
        let processor = processor.unwrap();
        let mut good = Vec::new();
        RgbImage::new(8, 8).write_to(&mut Cursor::new(&mut good), ImageFormat::Jpeg).unwrap();
        let bad = [&good[..], b"bad"].concat();
        for _ in 0..2 {
            let refused = processor.process(bad.clone()).await.unwrap_err();
            assert!(matches!(refused, ProcessingError::Avatar(AvatarError::Invalid)), "{refused}");
            processor.process(good.clone()).await.unwrap();
        }
    }
}
