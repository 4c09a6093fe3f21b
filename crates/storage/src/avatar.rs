use std::{io::Cursor, sync::Arc};

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
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How well the kept files are compressed, of 100.
const QUALITY: u8 = 85;
/// The most memory that the pixels of all pictures that are decoded at a time may take, in units of 1 MiB.
const BUDGET: u32 = 36;
const MIB: u64 = 1024 * 1024;

/// Processes pictures off the threads that answer requests, one for each core at most, and no more at a time than fit
/// into a fixed amount of memory.
#[derive(Debug)]
pub struct ImageProcessor {
    cores: Arc<Semaphore>,
    memory: Arc<Semaphore>,
}

impl ImageProcessor {
    /// A processor for this many cores.
    #[must_use]
    pub fn new(cores: usize) -> Self {
        let memory = Semaphore::new(BUDGET as usize);
        Self { cores: Arc::new(Semaphore::new(cores.max(1))), memory: Arc::new(memory) }
    }
}

#[async_trait]
impl AvatarProcessor for ImageProcessor {
    async fn process(&self, file: Vec<u8>) -> Result<ProcessedAvatar, ProcessingError> {
        // Only the header is read for this.
        let memory = u32::try_from(measure(&file)?.div_ceil(MIB)).unwrap_or(BUDGET).clamp(1, BUDGET);
        let failed = |error: &dyn std::fmt::Display| ProcessingError::Failed(error.to_string());
        let memory = self.memory.clone().acquire_many_owned(memory).await.map_err(|error| failed(&error))?;
        let core = self.cores.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        let processing = spawn_blocking(move || {
            let processed = process(&file);
            drop((core, memory));
            processed
        });
        Ok(processing.await.map_err(|error| failed(&error))??)
    }
}

/// Makes of a JPEG or PNG file what is kept: known by its content, its size read before it is decoded, turned as its
/// EXIF data says, cut to a square and encoded anew.
///
/// # Errors
///
/// [`AvatarError`].
pub fn process(file: &[u8]) -> Result<ProcessedAvatar, AvatarError> {
    measure(file)?;
    let mut decoder = decoder(file)?;
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

/// How much memory the pixels take, in bytes, if the picture may be decoded at all.
fn measure(file: &[u8]) -> Result<u64, AvatarError> {
    let decoder = decoder(file)?;
    let (width, height) = decoder.dimensions();
    let (pixels, bytes) = (u64::from(width) * u64::from(height), decoder.total_bytes());
    if pixels == 0 {
        Err(AvatarError::Invalid)
    } else if pixels > MAX_AVATAR_PIXELS || bytes > u64::from(BUDGET) * MIB {
        Err(AvatarError::TooManyPixels)
    } else {
        Ok(bytes)
    }
}

fn decoder(file: &[u8]) -> Result<impl ImageDecoder + '_, AvatarError> {
    let format = image::guess_format(file).map_err(|_| AvatarError::Invalid)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png) {
        return Err(AvatarError::Unsupported(name(format)));
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(2 * u64::from(BUDGET) * MIB);
    reader.limits(limits);
    reader.into_decoder().map_err(|_| AvatarError::Invalid)
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
