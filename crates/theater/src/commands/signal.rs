/// Waits until somebody asks the process to stop: Ctrl+C, or SIGTERM where there is such a thing.
pub(super) async fn stop_requested() {
    let interrupt = async {
        // Where no handler can be installed, the process ends at once, as it would without one.
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupt.await };
        tokio::select! {
            () = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
