//! Traces: what happened within a request or a job, sent to an OpenTelemetry collector.

use std::{sync::OnceLock, time::Duration};

use opentelemetry::{global, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// The target of the spans that are sent. Those of libraries are not.
pub(crate) const TARGET: &str = "theater_trace";
/// How long the collector may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// And how long it may take at the end, when somebody waits for the process to be gone.
const FINISH_TIMEOUT: Duration = Duration::from_secs(1);

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// What sends spans to the collector at this URL: OTLP over HTTP. Spans that it does not take are dropped, and nobody
/// waits for it.
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
    // How a caller tells which trace its request belongs to: the W3C's `traceparent`.
    global::set_text_map_propagator(TraceContextPropagator::new());
    let tracer = provider.tracer("theater");
    let ours = Targets::new().with_target(TARGET, Level::INFO);
    Ok(tracing_opentelemetry::layer().with_tracer(tracer).with_filter(ours))
}

/// Sends what is left. It waits for the collector, a second at most.
pub(crate) async fn finish() {
    let Some(provider) = PROVIDER.get() else { return };
    let sent = tokio::task::spawn_blocking(|| provider.shutdown_with_timeout(FINISH_TIMEOUT)).await;
    if !matches!(sent, Ok(Ok(()))) {
        tracing::warn!("the last traces could not be sent");
    }
}
