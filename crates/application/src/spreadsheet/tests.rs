//! Workbooks made by hand, as programs write them and as none does.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>
</Relationships>"#;
const PARTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
    <Relationship Id="rId2" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="/xl/worksheets/sheet2.xml"/>
    <Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>
    <Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>
</Relationships>"#;
const STRINGS: &str = r#"<sst><si><t>القيد</t></si><si><r><t>Rent </t></r><r><rPr><b/></rPr><t xml:space="preserve">&amp; power</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>
    <si><t>two_x000A_lines</t></si></sst>"#;
const STYLES: &str = r##"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-409]dd\/mm\/yyyy;@"/><numFmt numFmtId="165" formatCode="00000"/>
    <numFmt numFmtId="166" formatCode="#,##0.00 &quot;days&quot;"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/><xf numFmtId="166"/></cellXfs></styleSheet>"##;

fn workbook_xml(from_1904: bool) -> String {
    let date = if from_1904 { r#"<workbookPr date1904="1"/>"# } else { "<workbookPr/>" };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><workbook>{date}<sheets><sheet name="Notes" sheetId="1" state="hidden" r:id="rId2"/>
        <sheet name="Ledger" sheetId="2" r:id="rId1"/></sheets></workbook>"#
    )
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn file(sheet: &str, from_1904: bool) -> Vec<u8> {
    archive(&[
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", &workbook_xml(from_1904)),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/sharedStrings.xml", STRINGS),
        ("xl/styles.xml", STYLES),
        (
            "xl/worksheets/sheet1.xml",
            &format!(
                "<worksheet><sheetData>{sheet}</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells></worksheet>"
            ),
        ),
        (
            "xl/worksheets/sheet2.xml",
            "<worksheet><sheetData><row><c t=\"str\"><v>hidden</v></c></row></sheetData></worksheet>",
        ),
    ])
}

#[derive(Default)]
struct Kept {
    rows: Vec<SheetRow>,
    merged: Vec<String>,
}

impl SheetSink for Kept {
    fn row(&mut self, row: &SheetRow) -> bool {
        self.rows.push(row.clone());
        true
    }
    fn merged(&mut self, merged: Merged) {
        self.merged.push(merged.to_string());
    }
}

fn read(bytes: Vec<u8>, name: Option<&str>) -> Result<Kept, &'static str> {
    let mut kept = Kept::default();
    let mut workbook = Workbook::open(bytes).map_err(|violation| violation.def.code)?;
    workbook.read(name, &mut kept).map_err(|violation| violation.def.code)?;
    Ok(kept)
}

/// Every cell of the sheet: its kind and text, or the code of what is wrong with it.
fn cells(sheet: &str) -> Vec<(Stored, String)> {
    let kept = read(file(sheet, false), None).unwrap();
    let cells = kept.rows.into_iter().flat_map(|row| row.cells);
    cells
        .map(|cell| (cell.kind, cell.refused.map_or(cell.text, |violation| violation.def.code.to_owned())))
        .collect()
}

fn one(cell: &str) -> (Stored, String) {
    let mut cells = cells(&format!("<row r=\"1\">{cell}</row>"));
    assert_eq!(cells.len(), 1, "{cell}");
    cells.remove(0)
}

#[test]
fn texts_are_shared_inline_rich_or_computed() {
    for (cell, text) in [
        (r#"<c r="A1" t="s"><v>0</v></c>"#, "القيد"),
        (r#"<c r="A1" t="s"><v>1</v></c>"#, "Rent & power"),
        (r#"<c r="A1" t="s"><v>2</v></c>"#, "two\nlines"),
        (r#"<c r="A1" t="inlineStr"><is><t>in</t></is></c>"#, "in"),
        (r#"<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>&#x628;</t></r></is></c>"#, "aب"),
        (r#"<c r="A1" t="str"><f>A2&amp;"x"</f><v>sum</v></c>"#, "sum"),
        (r#"<x:c r="A1" t="str"><x:v><![CDATA[<b>]]></x:v></x:c>"#, "<b>"),
    ] {
        assert_eq!(one(cell), (Stored::Text, text.to_owned()), "{cell}");
    }
}

#[test]
fn numbers_are_what_the_program_shows() {
    for (value, shown) in [
        ("1234.5", "1234.5"),
        ("1234.5599999999999", "1234.56"),
        ("0.30000000000000004", "0.3"),
        ("1.2345600000000001E3", "1234.56"),
        ("-5", "-5"),
        ("0", "0"),
        ("-0.05", "-0.05"),
        ("1E-3", "0.001"),
        ("100000000000000", "100000000000000"),
        ("999999999999.99", "999999999999.99"),
        ("123456789012.34001", "123456789012.34"),
    ] {
        assert_eq!(
            one(&format!("<c r=\"A1\"><v>{value}</v></c>")),
            (Stored::Number, shown.to_owned()),
            "{value}"
        );
    }
    for value in ["1234567890123456", "12345678901234.567", "1E+300", "1E-300", "NaN", "inf", "12a"] {
        let (_, code) = one(&format!("<c r=\"A1\"><v>{value}</v></c>"));
        assert_eq!(code, "cell_number_inexact", "{value}");
    }
}

#[test]
fn formats_tell_dates_codes_and_shares() {
    let styled = |style: u32, value: &str| one(&format!("<c r=\"A1\" s=\"{style}\"><v>{value}</v></c>"));
    assert_eq!(styled(1, "46388"), (Stored::Date, "2027-01-01".to_owned()));
    assert_eq!(styled(2, "46023.75"), (Stored::Date, "2026-01-01".to_owned()));
    assert_eq!(styled(2, "61"), (Stored::Date, "1900-03-01".to_owned()));
    assert_eq!(styled(1, "60").1, "cell_date_out_of_range");
    assert_eq!(styled(1, "-1").1, "cell_date_out_of_range");
    assert_eq!(styled(1, "1E10").1, "cell_date_out_of_range");
    assert_eq!(styled(3, "123"), (Stored::Number, "00123".to_owned()));
    assert_eq!(styled(4, "0.15"), (Stored::Percent, "15".to_owned()));
    assert_eq!(styled(5, "7"), (Stored::Number, "7".to_owned()), "`days` is a text of the format");
    let iso = one(r#"<c r="A1" t="d"><v>2026-02-03T00:00:00</v></c>"#);
    assert_eq!(iso, (Stored::Date, "2026-02-03".to_owned()));
    let kept =
        read(file(r#"<row><c s="1"><v>0</v></c><c s="1"><v>44561</v></c></row>"#, true), None).unwrap();
    let dates: Vec<&str> = kept.rows[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(dates, ["1904-01-01", "2026-01-01"]);
}

#[test]
fn cells_without_a_value_say_why() {
    assert_eq!(one(r#"<c r="A1" t="e"><v>#N/A</v></c>"#).1, "cell_error_value");
    assert_eq!(one(r#"<c r="A1"><f>A2+1</f></c>"#).1, "cell_formula_without_value");
    assert_eq!(one(r#"<c r="A1" t="b"><v>1</v></c>"#), (Stored::Flag, "true".to_owned()));
    assert_eq!(
        cells(
            r#"<row r="1"><c r="A1" s="1"/><c r="B1" t="str"><f>""</f><v></v></c><c r="C1" t="inlineStr"><is><t> </t></is></c></row>"#
        ),
        []
    );
}

#[test]
fn rows_and_cells_have_their_own_places() {
    let kept = read(file(r#"<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c><c r="AA3"><v>3</v></c></row><row><c><v>4</v></c></row>"#, false), None).unwrap();
    let places: Vec<(u32, usize)> =
        kept.rows.iter().flat_map(|row| row.cells.iter().map(|cell| (row.number, cell.column))).collect();
    assert_eq!(places, [(3, 1), (3, 2), (3, 26), (4, 0)]);
    assert_eq!(kept.merged, ["A1:B2"]);
    assert_eq!(column_letters(0), "A");
    assert_eq!(column_letters(701), "ZZ");
    assert_eq!(column_letters(702), "AAA");
}

#[test]
fn a_sheet_is_chosen_by_its_name_or_is_the_first_that_is_not_hidden() {
    let bytes = || file("<row><c><v>1</v></c></row>", false);
    assert_eq!(read(bytes(), None).unwrap().rows[0].cells[0].text, "1");
    assert_eq!(read(bytes(), Some("Notes")).unwrap().rows[0].cells[0].text, "hidden");
    assert_eq!(read(bytes(), Some("Other")).err(), Some("spreadsheet_sheet_unknown"));
}

#[test]
fn a_damaged_workbook_is_refused() {
    let good = file("<row><c><v>1</v></c></row>", false);
    for (bytes, code) in [
        (b"PK\x03\x04".to_vec(), "spreadsheet_damaged"),
        (b"code,type\n".to_vec(), "spreadsheet_damaged"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "spreadsheet_encrypted"),
        (good[..good.len() / 2].to_vec(), "spreadsheet_damaged"),
        (archive(&[("a.txt", "x")]), "spreadsheet_damaged"),
        (archive(&[("_rels/.rels", RELATIONS)]), "spreadsheet_damaged"),
    ] {
        assert_eq!(read(bytes, None).err(), Some(code));
    }
    for sheet in [
        "<row><c><v>1</v></row>",
        "<row r=\"2\"><c><v>1</v></c></row><row r=\"1\"><c><v>1</v></c></row>",
        "<row><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>",
        "<row r=\"1048577\"><c><v>1</v></c></row>",
        "<row><c r=\"XFE1\"><v>1</v></c></row>",
        "<row><c t=\"s\"><v>99</v></c></row>",
        "<row><c t=\"z\"><v>99</v></c></row>",
        "<row><c><v>&bomb;</v></c></row>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><row/>",
        &"<a>".repeat(100),
    ] {
        assert_eq!(read(file(sheet, false), None).err(), Some("spreadsheet_damaged"), "{sheet}");
    }
}

#[test]
fn what_unpacks_too_far_is_refused() {
    let long = "x".repeat(2 << 20);
    let cell = format!("<row><c t=\"str\"><v>{long}</v></c></row>");
    assert_eq!(read(file(&cell, false), None).err(), Some("spreadsheet_too_large"));
    let pieces = format!("<row><c t=\"str\"><v>{}</v></c></row>", "&amp;".repeat(2 << 20));
    assert_eq!(read(file(&pieces, false), None).err(), Some("spreadsheet_too_large"));
    let attribute = format!("<row a=\"{long}\"/>");
    assert_eq!(read(file(&attribute, false), None).err(), Some("spreadsheet_too_large"));
    let many: Vec<String> = (0..5_000).map(|index| format!("part{index}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(read(archive(&many), None).err(), Some("spreadsheet_too_large"));
}

proptest! {
    /// Whatever happens to the bytes, the answer is a workbook or a reason.
    #[test]
    fn bytes_that_change_are_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40), cut in any::<prop::sample::Index>()) {
        let mut bytes = file(r#"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" s="1"><v>46023</v></c></row>"#, false);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = read(bytes.clone(), None);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(bytes, None);
    }

    /// Sheets of any text are read without a panic; an archive would give the text back as it is.
    #[test]
    fn sheets_of_any_text_are_survived(pieces in prop::collection::vec(prop::sample::select(vec![
        "<row>", "</row>", "<row r=\"5\">", "<c>", "<c t=\"s\">", "<c t=\"inlineStr\">", "</c>", "<v>", "</v>", "<is>", "</is>", "<t>", "</t>",
        "<f>", "</f>", "1", "0.1", "x", "&amp;", "&#0;", "&x;", "<!--", "-->", "<![CDATA[", "]]>", "<mergeCell ref=\"A1:B\"/>", "<", ">", "\"",
    ]), 0..40)) {
        let _ = read(file(&pieces.concat(), false), None);
    }

    /// A number that was written with at most fifteen digits is read as it was written.
    #[test]
    fn amounts_are_exact(units in -99_999_999_999_999_i64..99_999_999_999_999) {
        let digits = format!("{:02}", units.unsigned_abs() % 100);
        let sign = if units < 0 { "-" } else { "" };
        let shown = format!("{sign}{}.{digits}", units.unsigned_abs() / 100);
        let float: f64 = shown.parse().unwrap();
        let plain = shown.trim_end_matches('0').trim_end_matches('.').to_owned();
        let plain = if plain == "-0" || plain.is_empty() { "0".to_owned() } else { plain };
        let (_, read) = one(&format!("<c r=\"A1\"><v>{float:.17e}</v></c>"));
        prop_assert_eq!(read, plain);
    }
}
