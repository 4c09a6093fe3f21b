use std::{
    borrow::Cow,
    io::{self, Read, Write},
    sync::atomic::Ordering,
};

use anyhow::{Context, bail};
use application::catalogue::import::{COLUMNS, ImportRow, Refusal, RowError, SourceRow};
use csv::{ByteRecord, ErrorKind, IntoInnerError, ReaderBuilder, Writer, WriterBuilder};

use super::{line_reader::LineReader, text_cell};

/// Size of the write buffer, in bytes.
const BUFFER: usize = 64 * 1024;

/// Reads the rows of a CSV file, whose first line names the columns of the data set in any order.
///
/// # Errors
///
/// Returns an error if the first line cannot be read or lacks a column.
pub fn csv_rows<R: Read>(file: R) -> anyhow::Result<impl Iterator<Item = SourceRow<csv::Error>> + use<R>> {
    let (file, current_line) = LineReader::new(file);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(file);
    let header = reader.byte_headers().context("the first line cannot be read")?.clone();
    let width = header.len();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        let Some(found) = header.iter().position(|name| is_column(name, column)) else {
            bail!("the first line has no column {column}; it must name {}", COLUMNS.join(","))
        };
        *place = found;
    }
    let first_line = move |record: &ByteRecord| {
        // `csv` reports the end of the previous record as position, which is too small in a file with CRLF or blank lines.
        let lines = record.as_slice().split(|byte| *byte == b'\n').count();
        current_line.load(Ordering::Relaxed) + 1 - lines as u64
    };
    let row = move |record: ByteRecord| row(&record, first_line(&record), width, &places);
    Ok(reader.into_byte_records().map(move |record| record.map(&row)))
}

/// Whether a name of the first line is this column's, ignoring surrounding white space and a byte order mark.
fn is_column(name: &[u8], column: &str) -> bool {
    String::from_utf8_lossy(name).trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') == column
}

fn row(
    record: &ByteRecord,
    line: u64,
    width: usize,
    places: &[usize; COLUMNS.len()],
) -> Result<ImportRow, Refusal> {
    let refuse = |column, reason: String| Refusal { line, error: RowError { column, reason } };
    if record.len() != width {
        return Err(refuse(
            "row",
            format!("It has {} fields where the first line has {width}.", record.len()),
        ));
    }
    let field = |index: usize| {
        let bytes = record.get(places[index]).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| refuse(COLUMNS[index], "It is not UTF-8 text.".to_owned()))
    };
    let plain = |index| field(index).map(str::to_owned);
    let text = |index| field(index).map(|cell| text_cell::read(cell).to_owned());
    Ok(ImportRow {
        line,
        names: text(0)?,
        date_x: plain(1)?,
        score: plain(2)?,
        genre: text(3)?,
        overview: text(4)?,
        crew: text(5)?,
        orig_title: text(6)?,
        status: plain(7)?,
        orig_lang: text(8)?,
        budget_x: plain(9)?,
        revenue: plain(10)?,
        country: plain(11)?,
    })
}

/// Writes rows in the layout of the data set, after a first line of column names.
pub(super) struct CsvWriter<W: Write>(Writer<W>);

impl<W: Write> CsvWriter<W> {
    /// Writes the first line.
    pub(super) fn new(file: W) -> io::Result<Self> {
        let mut writer = WriterBuilder::new().buffer_capacity(BUFFER).from_writer(file);
        writer.write_record(COLUMNS).map_err(io_error)?;
        Ok(Self(writer))
    }

    pub(super) fn write(&mut self, row: &ImportRow) -> io::Result<()> {
        let fields = [
            text_cell::written(&row.names),
            Cow::Borrowed(&row.date_x),
            Cow::Borrowed(&row.score),
            text_cell::written(&row.genre),
            text_cell::written(&row.overview),
            text_cell::written(&row.crew),
            text_cell::written(&row.orig_title),
            Cow::Borrowed(&row.status),
            text_cell::written(&row.orig_lang),
            Cow::Borrowed(&row.budget_x),
            Cow::Borrowed(&row.revenue),
            Cow::Borrowed(&row.country),
        ];
        self.0.write_record(fields.iter().map(|field| field.as_bytes())).map_err(io_error)
    }

    /// Flushes the buffer and returns the file.
    pub(super) fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(IntoInnerError::into_error)
    }
}

/// Returns the underlying error. The conversion of `csv` would lose its kind.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str =
        "names,date_x,score,genre,overview,crew,orig_title,status,orig_lang,budget_x,revenue,country\n";

    fn rows(text: &[u8]) -> Vec<Result<ImportRow, Refusal>> {
        csv_rows(text).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_after_a_byte_order_mark() {
        let text = "\u{feff}country, names ,date_x,score,genre,overview,crew,orig_title,status,orig_lang,budget_x,revenue,note\n\
                    FR,Amélie,2001-04-25,79,,,,,Released,French,1,2,x\n";
        let row = rows(text.as_bytes()).remove(0).unwrap();
        assert_eq!((row.country.as_str(), row.names.as_str(), row.line), ("FR", "Amélie", 2));
    }

    #[test]
    fn the_error_for_a_missing_column_names_it() {
        let error = csv_rows("names,date_x\n".as_bytes()).err().unwrap();
        assert!(error.to_string().contains("no column score"), "{error}");
    }

    #[test]
    fn unreadable_rows_are_refused_without_the_others() {
        let good = "A,2001-04-25,79,,,,,Released,French,1,2,FR\n";
        let text = [
            HEADER.as_bytes(),
            b"too,short\n",
            b"\xff,2001-04-25,79,,,,,Released,French,1,2,FR\n",
            good.as_bytes(),
        ];
        let rows = rows(&text.concat());
        let lines: Vec<_> = rows.iter().map(|row| row.as_ref().map_err(|refusal| refusal.line)).collect();
        assert!(matches!(lines[..], [Err(2), Err(3), Ok(_)]), "{lines:?}");
    }

    #[test]
    fn lines_are_counted_with_any_line_ending() {
        let rest = ",2001-04-25,79,,,,,Released,French,1,2,FR";
        for end in ["\n", "\r\n"] {
            let lines =
                [HEADER.trim_end(), &format!("A{rest}"), "", "short", &format!("\"B{end}C\"{rest}"), "short"];
            for text in [lines.join(end), lines.join(end) + end] {
                let rows = rows(text.as_bytes());
                let lines: Vec<_> =
                    rows.iter().map(|row| row.as_ref().map_or_else(|it| it.line, |it| it.line)).collect();
                assert_eq!(lines, [2, 4, 5, 7], "{text:?}");
            }
        }
    }

    fn written(row: &ImportRow) -> Vec<u8> {
        let mut writer = CsvWriter::new(Vec::new()).unwrap();
        writer.write(row).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn formulas_are_written_as_text_and_numbers_as_numbers() {
        let row = ImportRow { names: "=1+1".into(), budget_x: "-5".into(), ..Default::default() };
        let text = String::from_utf8(written(&row)).unwrap();
        assert_eq!(text, format!("{HEADER}'=1+1,,,,,,,,,-5,,\n"));
    }

    proptest::proptest! {
        #[test]
        fn every_written_row_reads_back(fields in proptest::array::uniform12("['=+@\t\r\n\", aé-]{0,6}")) {
            let [names, date_x, score, genre, overview, crew, orig_title, status, orig_lang, budget_x, revenue, country] =
                fields;
            let row = ImportRow {
                line: 2, names, date_x, score, genre, overview, crew, orig_title, status, orig_lang, budget_x, revenue, country,
            };
            proptest::prop_assert_eq!(rows(&written(&row)), [Ok(row)]);
        }
    }
}
