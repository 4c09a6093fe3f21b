use std::convert::Infallible;

use application::catalogue::import::{
    ImportError, ImportReport, ImportRow, Refusal, RowError, SourceRow, check_rows, import_rows,
};

use crate::world::World;

fn row(number: u64) -> ImportRow {
    ImportRow {
        line: number + 1,
        names: format!("Movie {number}"),
        date_x: "03/02/2023 ".into(),
        score: "73.0".into(),
        status: " Released".into(),
        orig_lang: " English".into(),
        country: "US".into(),
        ..Default::default()
    }
}

fn rows(numbers: impl Iterator<Item = u64>) -> Vec<SourceRow<Infallible>> {
    numbers.map(|number| Ok(Ok(row(number)))).collect()
}

fn counts(report: ImportReport) -> [u64; 4] {
    [report.read, report.added, report.already_there, report.refused]
}

#[tokio::test]
async fn a_file_of_several_batches_is_loaded_and_loading_it_again_adds_nothing() {
    let world = World::new();
    let load = || async {
        let report = import_rows(&world.catalogue, rows(1..=1_201), |_| {}, |_| {}).await.unwrap();
        counts(report)
    };
    assert_eq!(load().await, [1_201, 1_201, 0, 0]);
    assert_eq!(load().await, [1_201, 0, 1_201, 0]);
}

#[tokio::test]
async fn a_duplicate_in_the_file_counts_as_already_there() {
    let world = World::new();
    let report = import_rows(&world.catalogue, rows([1, 2, 1].into_iter()), |_| {}, |_| {}).await.unwrap();
    assert_eq!(counts(report), [3, 2, 1, 0]);
}

#[tokio::test]
async fn bad_rows_are_told_with_line_and_reason_and_stop_nobody() {
    let world = World::new();
    let bad = ImportRow { score: "high".into(), ..row(2) };
    let unreadable = Refusal { line: 4, error: RowError { column: "row", reason: "not text".into() } };
    let source: Vec<SourceRow<Infallible>> =
        vec![Ok(Ok(row(1))), Ok(Ok(bad)), Ok(Err(unreadable)), Ok(Ok(row(4)))];
    let mut told = Vec::new();
    let report = import_rows(
        &world.catalogue,
        source,
        |refusal| told.push((refusal.line, refusal.error.column)),
        |_| {},
    );
    assert_eq!(counts(report.await.unwrap()), [4, 2, 0, 2]);
    assert_eq!(told, [(3, "score"), (4, "row")]);
}

#[tokio::test]
async fn checking_loads_nothing() {
    let world = World::new();
    let bad = ImportRow { country: "Atlantis".into(), ..row(2) };
    let source: Vec<SourceRow<Infallible>> = vec![Ok(Ok(row(1))), Ok(Ok(bad))];
    let report = check_rows(source, |_| {}).unwrap();
    assert_eq!((counts(report), world.store.movies().len()), ([2, 0, 0, 1], 0));
}

#[tokio::test]
async fn what_was_loaded_before_the_source_failed_is_kept_and_the_rest_follows_next_time() {
    let world = World::new();
    let mut source: Vec<SourceRow<&str>> = (1..=1_200).map(|number| Ok(Ok(row(number)))).collect();
    source.push(Err("the disk is gone"));
    let error = import_rows(&world.catalogue, source, |_| {}, |_| {}).await.unwrap_err();
    assert!(matches!(error, ImportError::Source("the disk is gone")));
    assert_eq!(world.store.movies().len(), 1_000);
    let report = import_rows(&world.catalogue, rows(1..=1_300), |_| {}, |_| {}).await.unwrap();
    assert_eq!(counts(report), [1_300, 300, 1_000, 0]);
}

#[tokio::test]
async fn progress_is_told_after_each_batch() {
    let world = World::new();
    let mut told = Vec::new();
    import_rows(&world.catalogue, rows(1..=2_001), |_| {}, |report| told.push(report.read)).await.unwrap();
    assert_eq!(told, [1_000, 2_000, 2_001]);
}
