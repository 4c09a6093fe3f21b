mod jpeg;
mod png;

use std::{
    borrow::Cow,
    io::{self, Cursor},
    panic::{self, AssertUnwindSafe},
    time::Duration,
};

use async_trait::async_trait;
use domain::{
    ports::{AvatarProcessor, ProcessingError},
    profiles::{AvatarError, AvatarSize, MAX_AVATAR_PIXELS, ProcessedAvatar},
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

/// How well the kept files are compressed, of 100.
const QUALITY: u8 = 85;
/// The most memory that the pixels of a picture may take, in bytes.
const MAX_PIXEL_BYTES: u64 = 36 * 1024 * 1024;
/// The most memory that a decoder may take for pixels and coefficients together, in bytes.
const MAX_DECODER_BYTES: u64 = 56 * 1024 * 1024;
/// How many pictures may wait. Each may have a megabyte.
const MAX_WAITING: usize = 64;
/// `Retry-After` when the queue is full.
const RETRY: Duration = Duration::from_secs(10);

/// Processes pictures one after the other on a thread of its own. What one picture takes is then there for the next one;
/// spread over many threads, the memory of each would be kept for pictures that never come.
#[derive(Debug)]
pub struct ImageProcessor {
    queue: Sender<Job>,
}

/// A file, and whom to tell what became of it.
type Job = (Vec<u8>, oneshot::Sender<Result<ProcessedAvatar, AvatarError>>);

impl ImageProcessor {
    /// Starts the thread. It ends once nobody can send it anything any more.
    ///
    /// # Errors
    ///
    /// The system's own.
    pub fn start() -> io::Result<Self> {
        Self::start_with(process)
    }

    /// The same with another function on the thread. A panic in it costs its picture alone.
    fn start_with(
        process: impl Fn(&[u8]) -> Result<ProcessedAvatar, AvatarError> + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, mut jobs) = mpsc::channel::<Job>(MAX_WAITING);
        std::thread::Builder::new().name("pictures".to_owned()).spawn(move || {
            while let Some((file, waiting)) = jobs.blocking_recv() {
                // Whoever has gone away meanwhile needs no picture.
                if !waiting.is_closed() {
                    let processed = panic::catch_unwind(AssertUnwindSafe(|| process(&file)));
                    let _ = waiting.send(processed.unwrap_or_else(|_| {
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
        // What cannot be a picture need not wait.
        measure(&file)?;
        let (waiting, processed) = oneshot::channel();
        self.queue.try_send((file, waiting)).map_err(|error| match error {
            TrySendError::Full(_) => ProcessingError::Overloaded { retry_after: RETRY },
            TrySendError::Closed(_) => ProcessingError::Failed("the thread has ended".to_owned()),
        })?;
        let processed = processed.await.map_err(|error| ProcessingError::Failed(error.to_string()))?;
        Ok(processed?)
    }
}

/// Makes of a JPEG or PNG file what is kept: known by its content, its size read before it is decoded, turned as its
/// EXIF data says, cut to a square and encoded anew. A truncated file is refused.
///
/// # Errors
///
/// [`AvatarError`].
pub fn process(file: &[u8]) -> Result<ProcessedAvatar, AvatarError> {
    let format = measure(file)?;
    let file = decodable(format, file).ok_or(AvatarError::Invalid)?;
    let mut decoder = decoder(format, &file)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|_| AvatarError::Invalid)?;
    // First made small, then turned: of a square it makes no difference, and the large one is never copied.
    let mut square = DynamicImage::ImageRgb8(square(&picture));
    drop(picture);
    square.apply_orientation(orientation);
    let large = square.into_rgb8();
    let side = AvatarSize::Small.pixels();
    let small = imageops::resize(&large, side, side, FilterType::Lanczos3);
    Ok(ProcessedAvatar { large: encode(&large)?, small: encode(&small)? })
}

/// The format of a picture that may be decoded, as far as its header tells. No decoder is built: that takes time and
/// memory, which the file decides about.
fn measure(file: &[u8]) -> Result<ImageFormat, AvatarError> {
    let format = image::guess_format(file).map_err(|_| AvatarError::Invalid)?;
    let (width, height, decoder_bytes) = match format {
        ImageFormat::Jpeg => jpeg::Header::read(file).map(|it| (it.width, it.height, it.decoder_bytes)),
        // The pixels are measured once the depth of the decoded ones is known.
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

/// What a decoder may read of a file, `None` if it is truncated.
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

/// What people call a format that is not kept.
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

/// The middle of a picture, as large as the larger of the kept sizes. What can be seen through shows white.
fn square(picture: &DynamicImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let cut = width.min(height);
    let middle = imageops::crop_imm(picture, (width - cut) / 2, (height - cut) / 2, cut, cut);
    let side = AvatarSize::Large.pixels();
    // A rough step first where there is much to throw away: the fine one takes memory and time for each pixel it reads.
    let rgba = if cut > 2 * side {
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
    async fn a_panic_costs_its_picture_and_not_the_thread() {
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
