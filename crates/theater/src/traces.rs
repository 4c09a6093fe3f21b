//! Traces of requests and jobs, sent to an OpenTelemetry collector.

use std::{sync::OnceLock, time::Duration};

use opentelemetry::{global, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// The `tracing` target of the spans that are sent. Spans of libraries are not sent.
pub(crate) const TARGET: &str = "theater_trace";
/// Timeout of an export to the collector.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Timeout of the last export, which delays the end of the process.
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Returns a layer that sends spans to the collector at this base URL: OTLP over HTTP, in the background. Spans that
/// cannot be sent are dropped.
pub(crate) fn layer<S>(collector: &str) -> Result<impl Layer<S> + use<S>, ExporterBuildError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{collector}/v1/traces"))
        .with_timeout(TIMEOUT)
        .build()?;
    let resource = Resource::builder().with_service_name("movie-theater").build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
    let provider = PROVIDER.get_or_init(|| provider);
    // The `traceparent` header of a request contains the caller's trace (W3C Trace Context).
    global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer = provider.tracer("theater");
    let ours = Targets::new().with_target(TARGET, Level::INFO);
    Ok(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours))
}

/// Sends the remaining spans, for at most a second.
pub(crate) async fn finish() {
    let Some(provider) = PROVIDER.get() else { return };
    let sent = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(FINISH_TIMEOUT)).await;
    if !matches!(sent, Ok(Ok(()))) {
        tracing::warn!("the last traces could not be sent");
    }
}
