use std::convert::Infallible;

use application::catalogue::{
    Catalogue, ExportError, create_movie, export_movies,
    import::{ImportRow, drafted, import_movies},
};
use domain::{
    catalogue::{
        CountryCode, Movie, MovieDraft, MovieId, MovieStatus, Name, NameList, Named, Overview, ReleaseDate,
        Score,
    },
    money::{Currency, Money},
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::world::World;

fn names(texts: &[&str]) -> NameList {
    NameList::new(texts.iter().map(|text| Name::parse(text).unwrap())).unwrap()
}

fn draft(name: &str) -> MovieDraft {
    MovieDraft {
        name: Name::parse(name).unwrap(),
        date: ReleaseDate::parse("2001-04-25").unwrap(),
        score: Score::new(79.5).unwrap(),
        overview: Overview::parse("A shy waitress,\nand \"others\".").unwrap(),
        status: MovieStatus::PostProduction,
        budget: Money::parse("10000000", Currency::Usd).unwrap(),
        revenue: Money::parse("174200000.50", Currency::Usd).unwrap(),
        country: CountryCode::parse("FR").unwrap(),
        genres: names(&["Comedy", "Romance"]),
        actors: names(&["Audrey Tautou", "DeVito"]),
        languages: names(&["French", "German"]),
    }
}

/// Returns all rows, and the reported names with the movies they belong to.
async fn export(catalogue: &Catalogue) -> (Vec<ImportRow>, Vec<(MovieId, String)>) {
    let (mut rows, mut reported) = (Vec::new(), Vec::new());
    let sink = |row: &ImportRow| {
        rows.push(row.clone());
        Ok::<_, Infallible>(())
    };
    let count = export_movies(catalogue, sink, |movie, name| reported.push((movie, name.to_owned()))).await;
    assert_eq!(count.unwrap(), rows.len() as u64);
    (rows, reported)
}

async fn import(catalogue: &Catalogue, rows: Vec<ImportRow>) {
    let rows = rows.into_iter().map(|row| drafted::<Infallible>(Ok(Ok(row))));
    let report = import_movies(catalogue, rows, |refusal| panic!("{refusal:?}"), |_| {}).await.unwrap();
    assert_eq!(report.added, report.read);
}

/// A movie without the ids that the store assigned.
fn content(movie: Movie) -> MovieDraft {
    let names = |list: Vec<Named>| {
        NameList::new(list.into_iter().map(|named| Name::parse(&named.name).unwrap())).unwrap()
    };
    MovieDraft {
        name: movie.name,
        date: movie.date,
        score: movie.score,
        overview: movie.overview,
        status: movie.status,
        budget: movie.budget,
        revenue: movie.revenue,
        country: movie.country.code,
        genres: names(movie.genres),
        actors: names(movie.actors),
        languages: names(movie.languages),
    }
}

fn contents(world: &World) -> Vec<MovieDraft> {
    world.store.movies().into_iter().map(content).collect()
}

#[tokio::test]
async fn a_movie_is_written_in_the_layout_that_an_import_reads() {
    let world = World::new();
    create_movie(&world.catalogue, draft("Amélie")).await.unwrap();
    let (rows, reported) = export(&world.catalogue).await;
    let text = |text: &str| text.to_owned();
    let expected = ImportRow {
        line: 0,
        names: text("Amélie"),
        date_x: text("2001-04-25"),
        score: text("79.5"),
        genre: text("Comedy, Romance"),
        overview: text("A shy waitress,\nand \"others\"."),
        crew: text("Audrey Tautou, , DeVito, ,"),
        orig_title: text("Amélie"),
        status: text("Post Production"),
        orig_lang: text("French, German"),
        budget_x: text("10000000.00"),
        revenue: text("174200000.50"),
        country: text("FR"),
    };
    assert_eq!((rows, reported), (vec![expected], vec![]));
}

#[tokio::test]
async fn a_catalogue_of_several_batches_is_exported_completely_lowest_id_first() {
    let world = World::new();
    for number in 1..=1_201 {
        create_movie(&world.catalogue, draft(&format!("Movie {number}"))).await.unwrap();
    }
    let (rows, _) = export(&world.catalogue).await;
    let names: Vec<_> = rows.into_iter().map(|row| row.names).collect();
    assert_eq!(names, (1..=1_201).map(|number| format!("Movie {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_empty_catalogue_has_no_rows() {
    assert_eq!(export(&World::new().catalogue).await, (vec![], vec![]));
}

#[tokio::test]
async fn names_that_an_import_misreads_are_reported_and_do_not_affect_others() {
    let world = World::new();
    let movie = MovieDraft {
        genres: names(&["Drama, Crime", "War"]),
        actors: names(&["Robert Downey, Jr.", "UNKNOWN", "Unknown Soldier"]),
        ..draft("One, Two, Three")
    };
    let id = create_movie(&world.catalogue, movie).await.unwrap().id;
    let (rows, mut reported) = export(&world.catalogue).await;
    reported.sort();
    assert_eq!(reported, ["Drama, Crime", "Robert Downey, Jr.", "UNKNOWN"].map(|name| (id, name.to_owned())));
    let read = rows[0].draft().unwrap();
    assert_eq!(read.name.as_str(), "One, Two, Three");
    assert_eq!(read.genres, names(&["Drama", "Crime", "War"]));
    assert_eq!(read.actors, names(&["Robert Downey", "Jr.", "Unknown Soldier"]));
}

#[tokio::test]
async fn an_export_stops_when_writing_or_reading_fails() {
    let world = World::new();
    for number in 1..=3 {
        create_movie(&world.catalogue, draft(&format!("Movie {number}"))).await.unwrap();
    }
    let mut rows = 0;
    let sink = |_: &ImportRow| {
        rows += 1;
        if rows < 2 { Ok(()) } else { Err("the disk is full") }
    };
    let full = export_movies(&world.catalogue, sink, |_, _| {}).await;
    assert!(matches!(full, Err(ExportError::Sink("the disk is full"))));
    assert_eq!(rows, 2);
    world.store.break_down();
    let broken = export_movies(&world.catalogue, |_| Ok::<_, Infallible>(()), |_, _| {}).await;
    assert!(matches!(broken, Err(ExportError::Store(_))));
}

/// Any name that the layout can represent.
fn plain_name() -> impl Strategy<Value = Name> {
    let plain = |name: &Name| !name.as_str().contains(',') && name.key() != "unknown";
    "[^,\\pC]{1,20}".prop_filter_map("no name", move |text| Name::parse(&text).ok().filter(plain))
}

fn plain_names() -> impl Strategy<Value = NameList> {
    vec(plain_name(), 0..5).prop_map(|names| NameList::new(names).unwrap())
}

fn any_movie() -> impl Strategy<Value = MovieDraft> {
    let name = "\\PC{1,30}".prop_filter_map("no name", |text| Name::parse(&text).ok());
    let day = (1_i32..=9_999, 1_u32..=12, 1_u32..=28).prop_map(|(year, month, day)| {
        ReleaseDate::parse(&format!("{year:04}-{month:02}-{day:02}")).unwrap()
    });
    let score = (0.0_f64..=100.0).prop_map(|value| Score::new(value).unwrap());
    let overview = "(\\PC|[\n\r\t]){0,40}".prop_filter_map("no text", |text| Overview::parse(&text).ok());
    let amount = || (0..=Money::MAX_MINOR_UNITS).prop_map(|cents| Money::new(cents, Currency::Usd).unwrap());
    let status = select(MovieStatus::ALL.to_vec());
    let country = select(vec!["US", "FR", "JP"]).prop_map(|code| CountryCode::parse(code).unwrap());
    let lists = (plain_names(), plain_names(), plain_names());
    (name, day, score, overview, status, amount(), amount(), country, lists).prop_map(
        |(name, date, score, overview, status, budget, revenue, country, (genres, actors, languages))| {
            MovieDraft {
                name,
                date,
                score,
                overview,
                status,
                budget,
                revenue,
                country,
                genres,
                actors,
                languages,
            }
        },
    )
}

proptest! {
    #[test]
    fn an_export_imported_elsewhere_yields_the_same_movies(movies in vec(any_movie(), 0..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (one, other) = (World::new(), World::new());
            for movie in movies {
                // Two movies with the same name and date are one.
                let _ = create_movie(&one.catalogue, movie).await;
            }
            let (rows, reported) = export(&one.catalogue).await;
            import(&other.catalogue, rows).await;
            prop_assert_eq!(contents(&one), contents(&other));
            prop_assert!(reported.is_empty(), "{:?}", reported);
            Ok(())
        })?;
    }
}
