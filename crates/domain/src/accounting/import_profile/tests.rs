use super::*;

fn mapped(column: &str, heading: &str) -> MappedColumn {
    MappedColumn { column: column.to_owned(), source: ColumnSource::Heading(heading.to_owned()) }
}

fn refused(reading: &FileReading, format: TableFormat) -> Vec<(&'static str, String)> {
    reading.check(format).into_iter().map(|found| (found.def.code, found.pointer)).collect()
}

#[test]
fn a_profile_that_contradicts_itself_is_refused_at_every_place() {
    let reading = FileReading {
        sheet: Some("Ledger".to_owned()),
        marks: ValueMarks { thousands: ThousandsMark::Point, ..ValueMarks::default() },
        columns: vec![mapped("debit", "Soll"), mapped("Debit", "Haben"), mapped("date", "Beleg-Datum")],
        ignored: vec!["belegdatum".to_owned()],
        ..FileReading::default()
    };
    let expected = [
        ("import_marks_same", "/thousandsMark"),
        ("import_option_of_format", "/sheet"),
        ("import_column_mapped_twice", "/columns/1/column"),
        ("import_heading_ignored", "/columns/2/heading"),
    ];
    assert_eq!(refused(&reading, TableFormat::Csv), expected.map(|(code, at)| (code, at.to_owned())));
}

#[test]
fn separators_and_encodings_are_for_text_files() {
    let reading = FileReading {
        delimiter: Some(Delimiter::Semicolon),
        encoding: TextEncoding::Windows1256,
        ..FileReading::default()
    };
    assert_eq!(refused(&reading, TableFormat::Csv), []);
    assert_eq!(refused(&reading, TableFormat::Xlsx).len(), 2);
}

#[test]
fn digits_are_those_that_were_named() {
    assert_eq!(Digits::Latin.value('7'), Some(7));
    assert_eq!(Digits::Latin.value('٧'), None);
    assert_eq!(Digits::ArabicIndic.value('٧'), Some(7));
    assert_eq!(Digits::ArabicIndic.value('۷'), None);
    assert_eq!(Digits::Persian.value('۷'), Some(7));
    assert_eq!(Digits::Any.value('۹'), Some(9));
    assert_eq!(Digits::Any.value('x'), None);
}
