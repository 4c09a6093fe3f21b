use chrono::NaiveDate;
use domain::{
    catalogue::{CountryCode, MovieDraft, MovieStatus, Name, NameList, Overview, ReleaseDate, Score},
    money::{Currency, Money},
};

use super::crew;

/// Columns of the import layout, in order.
pub const COLUMNS: [&str; 12] = [
    "names",
    "date_x",
    "score",
    "genre",
    "overview",
    "crew",
    "orig_title",
    "status",
    "orig_lang",
    "budget_x",
    "revenue",
    "country",
];

/// One unparsed row of the import layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// First line of the row in the file; the header is line 1.
    pub line: u64,
    /// Title.
    pub names: String,
    /// Release date: `2023-03-02`, or month first as in `03/02/2023`.
    pub date_x: String,
    /// Score from 0 to 100.
    pub score: String,
    /// Comma-separated names.
    pub genre: String,
    /// Plot summary.
    pub overview: String,
    /// Actors and characters; see the module `crew`.
    pub crew: String,
    /// Title in the movie's own language; used as the title if `names` is empty.
    pub orig_title: String,
    /// Production status, such as `Released`.
    pub status: String,
    /// Comma-separated names.
    pub orig_lang: String,
    /// US dollars; more than two decimals are rounded to cents.
    pub budget_x: String,
    /// US dollars; more than two decimals are rounded to cents.
    pub revenue: String,
    /// ISO 3166-1 code; the codes of some former states map to their successors.
    pub country: String,
}

/// The first invalid column of a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column}: {reason}")]
pub struct RowError {
    /// Name of the column.
    pub column: &'static str,
    /// Why the value is invalid.
    pub reason: String,
}

impl ImportRow {
    /// Parses the row into a movie.
    ///
    /// Fails with the leftmost invalid column.
    pub fn draft(&self) -> Result<MovieDraft, RowError> {
        let title = if self.names.trim().is_empty() { &self.orig_title } else { &self.names };
        Ok(MovieDraft {
            name: Name::parse(title).map_err(|error| at("names", error))?,
            date: date(&self.date_x)?,
            score: score(&self.score)?,
            genres: names("genre", &self.genre)?,
            overview: Overview::parse(&self.overview).map_err(|error| at("overview", error))?,
            actors: NameList::new(crew::actors(&self.crew)).map_err(|error| at("crew", error))?,
            status: tidy(&self.status).parse::<MovieStatus>().map_err(|error| at("status", error))?,
            languages: names("orig_lang", &self.orig_lang)?,
            budget: money("budget_x", &self.budget_x)?,
            revenue: money("revenue", &self.revenue)?,
            country: country(&self.country)?,
        })
    }
}

fn at(column: &'static str, reason: impl std::fmt::Display) -> RowError {
    RowError { column, reason: reason.to_string() }
}

/// Trims the text and collapses white space: real data sets contain leading and non-breaking spaces.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn date(text: &str) -> Result<ReleaseDate, RowError> {
    let text = tidy(text);
    let four_digits = text.rsplit('/').next().is_some_and(|year| year.len() == 4 && !year.starts_with('+'));
    let day = NaiveDate::parse_from_str(&text, "%m/%d/%Y").ok().filter(|_| four_digits);
    let date = day.map_or_else(|| ReleaseDate::parse(&text), ReleaseDate::new);
    date.map_err(|_| at("date_x", "The date must be written YYYY-MM-DD or MM/DD/YYYY."))
}

fn score(text: &str) -> Result<Score, RowError> {
    let value = tidy(text).parse().unwrap_or(f64::NAN);
    Score::new(value).map_err(|error| at("score", error))
}

/// Parses comma-separated names; skips `Unknown`.
fn names(column: &'static str, text: &str) -> Result<NameList, RowError> {
    let parts =
        text.split(',').map(tidy).filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("unknown"));
    let names = parts.map(|part| Name::parse(&part)).collect::<Result<Vec<_>, _>>();
    NameList::new(names.map_err(|error| at(column, error))?).map_err(|error| at(column, error))
}

fn money(column: &'static str, text: &str) -> Result<Money, RowError> {
    let text = tidy(text);
    if text.is_empty() {
        return Ok(Money::zero(Currency::Usd));
    }
    Money::parse(&text, Currency::Usd).or_else(|error| rounded(&text).ok_or_else(|| at(column, error)))
}

/// Rounds an amount in floating-point notation (`71016059.40000001`, `1.5e8`) to cents.
fn rounded(text: &str) -> Option<Money> {
    let cents = (text.parse::<f64>().ok()? * 100.0).round();
    #[expect(
        clippy::cast_precision_loss,
        reason = "the largest amount has 15 digits, which f64 holds exactly"
    )]
    let in_range = (0.0..=Money::MAX_MINOR_UNITS as f64).contains(&cents);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number inside the range of amounts")]
    let cents = in_range.then_some(cents as i64)?;
    Money::new(cents, Currency::Usd).ok()
}

fn country(text: &str) -> Result<CountryCode, RowError> {
    let text = tidy(text);
    let code = match text.to_ascii_uppercase().as_str() {
        "SU" => "RU",
        "XC" | "CS" => "CZ",
        "DD" => "DE",
        "YU" => "RS",
        "UK" => "GB",
        _ => &text,
    };
    CountryCode::parse(code).map_err(|error| at("country", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> ImportRow {
        let text = |text: &str| text.to_owned();
        ImportRow {
            line: 2,
            names: text("Creed III"),
            date_x: text("03/02/2023 "),
            score: text("73.0"),
            genre: text("Drama,\u{a0}Action"),
            overview: text("A boxer meets an old friend."),
            crew: text("Michael B. Jordan, Adonis Creed, Tessa Thompson, Bianca Taylor"),
            orig_title: text("Creed III"),
            status: text(" Released"),
            orig_lang: text(" English"),
            budget_x: text("75000000.0"),
            revenue: text("271616668.0"),
            country: text("AU"),
        }
    }

    fn names_of(list: &NameList) -> Vec<&str> {
        list.as_slice().iter().map(Name::as_str).collect()
    }

    #[test]
    fn a_row_of_a_real_data_set_is_parsed() {
        let draft = row().draft().unwrap();
        assert_eq!(draft.name.as_str(), "Creed III");
        assert_eq!(draft.date.to_string(), "2023-03-02");
        assert_eq!(names_of(&draft.genres), ["Drama", "Action"]);
        assert_eq!(names_of(&draft.actors), ["Michael B. Jordan", "Tessa Thompson"]);
        assert_eq!(names_of(&draft.languages), ["English"]);
        assert_eq!(draft.status, MovieStatus::Released);
        assert_eq!(
            (draft.budget.minor_units(), draft.revenue.minor_units()),
            (7_500_000_000, 27_161_666_800)
        );
        assert_eq!(draft.country.as_str(), "AU");
    }

    #[test]
    fn dates_are_read_in_both_forms_and_no_other() {
        for (text, day) in
            [("2023-03-02", "2023-03-02"), (" 12/31/1999 ", "1999-12-31"), ("1/2/2003", "2003-01-02")]
        {
            assert_eq!(ImportRow { date_x: text.into(), ..row() }.draft().unwrap().date.to_string(), day);
        }
        for text in ["", "31/12/1999", "2023", "02.03.2023", "13/13/2013", "3/2/23", "3/2/+2023"] {
            assert_eq!(ImportRow { date_x: text.into(), ..row() }.draft().unwrap_err().column, "date_x");
        }
    }

    #[test]
    fn a_language_with_two_names_is_read_as_two_languages() {
        let draft = ImportRow { orig_lang: " Spanish, Castilian".into(), ..row() }.draft().unwrap();
        assert_eq!(names_of(&draft.languages), ["Spanish", "Castilian"]);
    }

    #[test]
    fn genre_and_crew_may_be_empty() {
        let draft = ImportRow { genre: String::new(), crew: "Unknown".into(), ..row() }.draft().unwrap();
        assert!(draft.genres.as_slice().is_empty() && draft.actors.as_slice().is_empty());
    }

    #[test]
    fn amounts_in_floating_point_notation_are_rounded_to_cents() {
        for (text, cents) in [("71016059.40000001", 7_101_605_940), ("1.5e3", 150_000), ("", 0), ("0.0", 0)] {
            assert_eq!(
                ImportRow { revenue: text.into(), ..row() }.draft().unwrap().revenue.minor_units(),
                cents
            );
        }
        for text in ["-5", "NaN", "inf", "1e300", "many"] {
            assert_eq!(ImportRow { revenue: text.into(), ..row() }.draft().unwrap_err().column, "revenue");
        }
    }

    #[test]
    fn codes_of_former_states_map_to_their_successors() {
        assert_eq!(ImportRow { country: " SU".into(), ..row() }.draft().unwrap().country.as_str(), "RU");
    }

    #[test]
    fn the_error_names_the_invalid_column() {
        let bad = |column: &str, row: ImportRow| assert_eq!(row.draft().unwrap_err().column, column);
        bad("names", ImportRow { names: " ".into(), orig_title: String::new(), ..row() });
        bad("score", ImportRow { score: "101".into(), ..row() });
        bad("score", ImportRow { score: "high".into(), ..row() });
        bad("status", ImportRow { status: "Rumored".into(), ..row() });
        bad("country", ImportRow { country: "Atlantis".into(), ..row() });
        bad("overview", ImportRow { overview: "a\0b".into(), ..row() });
    }

    #[test]
    fn an_empty_title_falls_back_to_the_original_title() {
        let draft =
            ImportRow { names: String::new(), orig_title: "千と千尋の神隠し".into(), ..row() }
                .draft()
                .unwrap();
        assert_eq!(draft.name.as_str(), "千と千尋の神隠し");
    }
}
