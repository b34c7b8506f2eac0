//! Files as their readers get them.

use application::printing::document::PrintedDocument;
use application::printing::document::{
    Block, Content, Field, FieldGroup, PrintedColumn, PrintedRow, PrintedTable, PrintedText, PrintedTotal,
};
use application::printing::error::PRINT_TOO_LARGE;
use application::printing::ports::Printer;
use bytes::Bytes;
use chrono::NaiveDate;
use infrastructure::printing::PdfPrinter;
use testkit::paper;

fn lines(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 30).unwrap()
}

async fn made(document: PrintedDocument) -> Bytes {
    PdfPrinter::default().pdf(document, day()).await.unwrap()
}

/// An invoice of so many lines in both languages.
fn invoice(count: usize) -> PrintedDocument {
    let column = |ar: &str, en: &str, content| PrintedColumn { heading: lines(&[ar, en]), content };
    let described = ["طابعة ليزر للمكاتب Laser 200", "Office chair, black", "صيانة دورية لأجهزة التكييف"];
    let rows = (1..=count).map(|number| PrintedRow {
        cells: vec![
            vec![number.to_string()],
            lines(&[described[number % described.len()]]),
            lines(&["1,234.50"]),
        ],
        ..PrintedRow::default()
    });
    let columns = vec![
        column("م", "#", Content::Code),
        column("البيان", "Description", Content::Words(1)),
        column("الإجمالي شامل الضريبة", "Total including VAT", Content::Figures),
    ];
    let field = |ar: &str, en: &str, value: &[&str]| Field { label: lines(&[ar, en]), value: lines(value) };
    PrintedDocument {
        language: "ar",
        right_to_left: true,
        name: "فاتورة ضريبية INV-2026-000123".to_owned(),
        title: lines(&["فاتورة ضريبية", "Tax invoice"]),
        issuer: lines(&["شركة نجد للتجارة", "Najd Trading"]),
        blocks: vec![
            Block::Fields(vec![FieldGroup {
                heading: lines(&["المشتري", "Buyer"]),
                fields: vec![
                    field("الاسم", "Name", &["مؤسسة ABC للمقاولات", "ABC Contracting"]),
                    field("التاريخ", "Date", &["2026-11-30"]),
                ],
            }]),
            Block::Table(PrintedTable { columns, rows: rows.collect() }),
            Block::Totals(vec![PrintedTotal {
                label: lines(&["الإجمالي المستحق", "Amount due"]),
                amount: "231.15".to_owned(),
                strong: true,
            }]),
            Block::Text(PrintedText {
                heading: lines(&["المبلغ كتابة", "Amount in words"]),
                text: lines(&["فقط مئتان وواحد وثلاثون ريالاً وثماني عشرة هللة لا غير", "Two hundred only"]),
            }),
        ],
        foot: "تاريخ الطباعة: 2026-11-30".to_owned(),
        page_words: "صفحة {page} من {pages}".to_owned(),
        ..PrintedDocument::default()
    }
}

#[tokio::test]
async fn text_comes_out_in_the_order_in_which_it_is_read() {
    let file = made(invoice(3)).await;
    paper::pictures(&file, "printing-both");
    let Some(text) = paper::text(&file) else { return };
    for expected in [
        "فاتورة ضريبية",
        "Tax invoice",
        "مؤسسة",
        "للمقاولات",
        "ABC Contracting",
        "2026-11-30",
        "1,234.50",
        "Office chair, black",
        "فقط مئتان وواحد وثلاثون ريالاً وثماني عشرة هللة لا غير",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
}

#[tokio::test]
async fn a_table_goes_on_below_its_head_on_every_page() {
    let file = made(invoice(200)).await;
    paper::pictures(&file, "printing-200-lines");
    let Some(text) = paper::text(&file) else { return };
    let pages: Vec<_> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
    assert!(pages.len() > 3, "{} pages", pages.len());
    for page in &pages[..pages.len() - 1] {
        assert!(page.contains("Description"), "{page}");
    }
    assert_eq!(text.matches("1,234.50").count(), 200, "every line is there once");
    assert_eq!(text.matches("صفحة").count(), pages.len());
}

#[tokio::test]
async fn the_same_document_of_the_same_day_is_the_same_file() {
    assert_eq!(made(invoice(20)).await, made(invoice(20)).await);
}

#[tokio::test]
async fn names_are_text_whatever_they_contain() {
    let odd = "<script>alert(1)</script> #set page(fill: red) \\( ) Tj % [x] $1 & شركة";
    let mut document = invoice(1);
    document.issuer = lines(&[odd]);
    document.name = odd.to_owned();
    document.language = "en";
    document.right_to_left = false;
    let Some(text) = paper::text(&made(document).await) else { return };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for piece in ["<script>alert(1)</script>", "#set page(fill: red)", "Tj", "% [x] $1"] {
        assert!(text.contains(piece), "{piece} is not in {text}");
    }
}

#[tokio::test]
async fn a_text_longer_than_a_page_goes_on_at_the_next_one() {
    let mut document = invoice(1);
    let long = "كلمة ".repeat(4_000);
    document.blocks = vec![Block::Table(PrintedTable {
        columns: vec![PrintedColumn { heading: lines(&["البيان"]), content: Content::Words(1) }],
        rows: vec![PrintedRow { cells: vec![vec![long]], ..PrintedRow::default() }],
    })];
    let Some(text) = paper::text(&made(document).await) else { return };
    assert_eq!(text.matches("كلمة").count(), 4_000);
}

#[tokio::test]
async fn a_file_of_too_many_pages_is_not_made() {
    let refused = PdfPrinter::with_pages(2).pdf(invoice(200), day()).await.unwrap_err();
    assert!(refused.is(&PRINT_TOO_LARGE), "{refused}");
}
