use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    environment::Clock,
    health::HealthProbe,
    objects::{ObjectError, ObjectStore},
};
use s3::{
    Bucket, BucketConfiguration, Region,
    command::Command,
    creds::Credentials,
    error::S3Error as ClientError,
    request::{Request, tokio_backend::ReqwestRequest},
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::name::checked;

/// Timeout of one call. An upload is answered within five seconds.
const TIMEOUT: Duration = Duration::from_secs(4);
/// Lifetime of a signed URL, in seconds.
const URL_LIFETIME: u32 = 2 * 60 * 60;
/// How long the signed URL of an object stays the same, in seconds, so that clients can cache the object.
const URL_WINDOW: i64 = 30 * 60;
/// Clients may cache an object permanently: its name is never reused.
const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";
/// A name that no object has.
const ABSENT_OBJECT: &str = "theater-health-check";

/// The bucket and the credentials for it.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// URL of the server, such as `http://localhost:9000`.
    pub endpoint: String,
    /// Region, such as `us-east-1`.
    pub region: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Identifier of the access key.
    pub access_key_id: String,
    /// Secret of the access key.
    pub secret_access_key: SecretString,
    /// Base URL of objects without a signature, without a trailing slash; `None` for signed URLs.
    pub public_url: Option<String>,
}

/// The settings are invalid. The message omits them: they contain the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint, the bucket or the access key cannot be used")]
pub struct S3Error;

/// Stores objects in a bucket of MinIO or any other S3.
#[derive(Clone)]
pub struct S3Store {
    bucket: Box<Bucket>,
    credentials: Credentials,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Store").field("bucket", &self.bucket.name).finish_non_exhaustive()
    }
}

impl S3Store {
    /// A store in this bucket. Does not connect yet.
    pub fn new(settings: S3Settings, clock: Arc<dyn Clock>) -> Result<Self, S3Error> {
        let S3Settings { endpoint, region, bucket, access_key_id, secret_access_key, public_url } = settings;
        let credentials =
            Credentials::new(Some(&access_key_id), Some(secret_access_key.expose_secret()), None, None, None)
                .map_err(|_| S3Error)?;
        let region = Region::Custom { region, endpoint: endpoint.trim_end_matches('/').to_owned() };
        // The name of the bucket is part of the path: MinIO seldom has a host name for each bucket.
        let bucket =
            Bucket::new(&bucket, region, credentials.clone()).map_err(|_| S3Error)?.with_path_style();
        let bucket = bucket.with_request_timeout(TIMEOUT).map_err(|_| S3Error)?;
        Ok(Self { bucket, credentials, public_url, clock })
    }

    /// Creates a private bucket if it is missing and the access key allows it. The error says what to do.
    pub async fn ensure_bucket(&self) -> Result<(), ObjectError> {
        Ok(self.ensured().await?)
    }

    async fn ensured(&self) -> Result<(), Failure> {
        match self.probe().await {
            Err(Failure::NoBucket) => self.create_bucket().await,
            other => other,
        }
    }

    async fn create_bucket(&self) -> Result<(), Failure> {
        let (name, region) = (&self.bucket.name, self.bucket.region.clone());
        let config = BucketConfiguration::private();
        let creation = Bucket::create_with_path_style(name, region, self.credentials.clone(), config);
        match within(creation).await {
            // 409: another process was faster.
            Ok(_) | Err(Failure::Status(409)) => Ok(()),
            Err(failure) => Err(Failure::NotCreated { bucket: name.clone(), reason: Box::new(failure) }),
        }
    }

    async fn put_once(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), Failure> {
        let put = self.bucket.put_object_builder(name, bytes).with_content_type(content_type);
        let put = put.with_cache_control(CACHE_CONTROL).map_err(Failure::from)?;
        within(put.execute()).await.map(|_| ())
    }

    /// Checks that the bucket exists and can be used.
    async fn probe(&self) -> Result<(), Failure> {
        let listing = self.bucket.list_page(ABSENT_OBJECT.to_owned(), None, None, None, Some(1));
        match within(listing).await {
            Ok(_) => Ok(()),
            // A listing concerns the bucket, so the bucket is missing.
            Err(Failure::NoObject | Failure::NoBucket) => Err(Failure::NoBucket),
            // An access key may be allowed to read objects and not to list them.
            Err(Failure::Forbidden) => match within(self.bucket.get_object(ABSENT_OBJECT)).await {
                Ok(_) | Err(Failure::NoObject) => Ok(()),
                Err(failure) => Err(failure),
            },
            Err(failure) => Err(failure),
        }
    }
}

/// Start of the [`URL_WINDOW`] that contains this Unix time, `None` if the time is out of range.
fn signed_at(now: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(now - now.rem_euclid(URL_WINDOW)).ok()
}

async fn within<T>(call: impl Future<Output = Result<T, ClientError>>) -> Result<T, Failure> {
    timeout(TIMEOUT, call).await.map_err(|_| Failure::Timeout)?.map_err(Failure::from)
}

/// Why a call failed. The server's own text is omitted: it may contain keys.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("there is no such object")]
    NoObject,
    #[error("there is no such bucket")]
    NoBucket,
    #[error(
        "the bucket {bucket} is missing and cannot be created ({reason}): create it, or allow this access key to"
    )]
    NotCreated { bucket: String, reason: Box<Failure> },
    #[error("the access key is refused")]
    Forbidden,
    #[error("no answer in time")]
    Timeout,
    #[error("the server answers {0}")]
    Status(u16),
    #[error("the server cannot be reached")]
    Unreachable,
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::HttpFailWithBody(404, body) if body.contains("NoSuchBucket") => Self::NoBucket,
            ClientError::HttpFailWithBody(404, _) => Self::NoObject,
            ClientError::HttpFailWithBody(401 | 403, _) => Self::Forbidden,
            ClientError::HttpFailWithBody(status, _) => Self::Status(status),
            _ => Self::Unreachable,
        }
    }
}

impl From<Failure> for ObjectError {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure.to_string())
    }
}

#[async_trait]
impl ObjectStore for S3Store {
    #[tracing::instrument(name = "put object", target = "theater_trace", skip_all)]
    async fn put(&self, name: &str, content_type: &str, bytes: &[u8]) -> Result<(), ObjectError> {
        let name = checked(name)?;
        let put = async || match self.put_once(name, content_type, bytes).await {
            // The bucket could not be created at start-up, or has been removed since.
            Err(Failure::NoBucket | Failure::NoObject) => {
                let created = self.create_bucket().await;
                // If that failed, another request may have created it at the same time.
                match self.put_once(name, content_type, bytes).await {
                    Err(Failure::NoBucket | Failure::NoObject) => created.and(Err(Failure::NoBucket)),
                    outcome => outcome,
                }
            }
            outcome => outcome,
        };
        Ok(timeout(TIMEOUT, put()).await.map_err(|_| Failure::Timeout)??)
    }

    #[tracing::instrument(name = "get object", target = "theater_trace", skip_all)]
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        match within(self.bucket.get_object(checked(name)?)).await {
            Ok(object) => Ok(Some(object.to_vec())),
            Err(Failure::NoObject) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn exists(&self, name: &str) -> Result<bool, ObjectError> {
        match within(self.bucket.head_object(checked(name)?)).await {
            Ok(_) => Ok(true),
            Err(Failure::NoObject) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }

    #[tracing::instrument(name = "delete object", target = "theater_trace", skip_all)]
    async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        match within(self.bucket.delete_object(checked(name)?)).await {
            Ok(_) | Err(Failure::NoObject) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn url(&self, name: &str) -> Result<String, ObjectError> {
        let name = checked(name)?;
        if let Some(base) = &self.public_url {
            return Ok(format!("{base}/{name}"));
        }
        let command = Command::PresignGet { expiry_secs: URL_LIFETIME, custom_queries: None };
        let mut request = within(ReqwestRequest::new(&self.bucket, name, command)).await?;
        request.datetime = signed_at(self.clock.now().timestamp()).ok_or_else(|| {
            ObjectError::Unavailable("the current time is out of range for signing".to_owned())
        })?;
        Ok(within(request.presigned()).await?)
    }
}

#[async_trait]
impl HealthProbe for S3Store {
    fn name(&self) -> &'static str {
        "object_store"
    }

    fn is_needed(&self) -> bool {
        false
    }

    /// Creates a missing bucket, too: this may be the first call after the store, unavailable at start-up, recovered.
    async fn check(&self) -> Result<(), String> {
        self.ensured().await.map_err(|failure| failure.to_string())
    }
}
