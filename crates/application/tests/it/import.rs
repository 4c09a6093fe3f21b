use std::convert::Infallible;

use application::catalogue::import::{
    ImportError, ImportReport, ImportRow, Refusal, RowError, SourceDraft, SourceRow, check_rows, drafted,
    import_movies,
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

fn rows(numbers: impl Iterator<Item = u64>) -> Vec<SourceDraft<Infallible>> {
    numbers.map(|number| drafted(Ok(Ok(row(number))))).collect()
}

fn counts(report: ImportReport) -> [u64; 4] {
    [report.read, report.added, report.existing, report.refused]
}

#[tokio::test]
async fn a_file_of_several_batches_is_imported_and_a_repeated_import_adds_nothing() {
    let world = World::new();
    let load = || async {
        let report = import_movies(&world.catalogue, rows(1..=1_201), |_| {}, |_| {}).await.unwrap();
        counts(report)
    };
    assert_eq!(load().await, [1_201, 1_201, 0, 0]);
    assert_eq!(load().await, [1_201, 0, 1_201, 0]);
}

#[tokio::test]
async fn a_duplicate_in_the_file_counts_as_already_there() {
    let world = World::new();
    let report = import_movies(&world.catalogue, rows([1, 2, 1].into_iter()), |_| {}, |_| {}).await.unwrap();
    assert_eq!(counts(report), [3, 2, 1, 0]);
}

#[tokio::test]
async fn invalid_rows_are_reported_with_line_and_column_and_do_not_stop_the_import() {
    let world = World::new();
    let bad = ImportRow { score: "high".into(), ..row(2) };
    let unreadable = Refusal { line: 4, error: RowError { column: "row", reason: "not text".into() } };
    let source: Vec<SourceRow<Infallible>> =
        vec![Ok(Ok(row(1))), Ok(Ok(bad)), Ok(Err(unreadable)), Ok(Ok(row(4)))];
    let mut reported = Vec::new();
    let report = import_movies(
        &world.catalogue,
        source.into_iter().map(drafted),
        |refusal| reported.push((refusal.line, refusal.error.column)),
        |_| {},
    );
    assert_eq!(counts(report.await.unwrap()), [4, 2, 0, 2]);
    assert_eq!(reported, [(3, "score"), (4, "row")]);
}

#[tokio::test]
async fn checking_imports_nothing() {
    let world = World::new();
    let bad = ImportRow { country: "Atlantis".into(), ..row(2) };
    let source: Vec<SourceRow<Infallible>> = vec![Ok(Ok(row(1))), Ok(Ok(bad))];
    let report = check_rows(source, |_| {}).unwrap();
    assert_eq!((counts(report), world.store.movies().len()), ([2, 0, 0, 1], 0));
}

#[tokio::test]
async fn batches_before_a_source_error_stay_stored_and_a_repeated_import_adds_the_rest() {
    let world = World::new();
    let readable = (1..=1_200).map(|number| drafted(Ok(Ok(row(number)))));
    let source = readable.chain([Err("the disk is gone")]);
    let error = import_movies(&world.catalogue, source, |_| {}, |_| {}).await.unwrap_err();
    assert!(matches!(error, ImportError::Source("the disk is gone")));
    assert_eq!(world.store.movies().len(), 1_000);
    let report = import_movies(&world.catalogue, rows(1..=1_300), |_| {}, |_| {}).await.unwrap();
    assert_eq!(counts(report), [1_300, 300, 1_000, 0]);
}

#[tokio::test]
async fn progress_is_reported_after_each_batch() {
    let world = World::new();
    let mut reported = Vec::new();
    import_movies(&world.catalogue, rows(1..=2_001), |_| {}, |report| reported.push(report.read))
        .await
        .unwrap();
    assert_eq!(reported, [1_000, 2_000, 2_001]);
}
