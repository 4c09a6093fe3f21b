/// Waits until somebody asks the process to stop: Ctrl+C, or SIGTERM where there is such a thing. Whoever asks from this call
/// on is heard, also before the answer is awaited; until then the process ends at once.
#[cfg(unix)]
pub(super) fn stop_requested() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = [signal(SignalKind::interrupt()), signal(SignalKind::terminate())];
    async move {
        let [interrupt, terminate] = signals.map(|signal| async move {
            match signal {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                // Where no handler can be installed, the signal ends the process, as it would without one.
                Err(_) => std::future::pending().await,
            }
        });
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

/// Waits until somebody asks the process to stop, by Ctrl+C.
#[cfg(not(unix))]
pub(super) async fn stop_requested() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
