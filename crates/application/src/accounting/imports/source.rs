//! A file on its way in: its bytes, and how they are read.

use std::io::Read;

use domain::accounting::import_profile::FileReading;

use super::cells::RowSink;
use super::columns::{Column, Columns};
use super::header::Layout;
use super::shown::Shown;
use super::{ImportFormat, csv_rows, json_rows, sheet_rows};
use crate::accounting::views::import_result::ImportReadingView;
use crate::error::AppResult;

pub(super) struct Source<'a, R> {
    bytes: R,
    format: ImportFormat,
    reading: &'a FileReading,
    shown: Shown,
}

impl<'a, R: Read> Source<'a, R> {
    pub fn new(bytes: R, format: ImportFormat, reading: &'a FileReading) -> Self {
        Self { bytes, format, reading, shown: Shown::default() }
    }

    /// Reads all rows into `sink`. `required` are columns without which a table cannot be read.
    pub fn rows(
        &mut self,
        columns: &'static Columns,
        required: &[Column],
        sink: &mut dyn RowSink,
    ) -> AppResult<()> {
        let layout = Layout { columns, required, reading: self.reading };
        let (bytes, shown) = (&mut self.bytes, &mut self.shown);
        match self.format {
            ImportFormat::Csv => csv_rows::read(bytes, layout, None, shown, sink),
            ImportFormat::Tsv => csv_rows::read(bytes, layout, Some(b'\t'), shown, sink),
            ImportFormat::Xlsx => sheet_rows::read(bytes, layout, shown, sink),
            ImportFormat::NdJson => json_rows::read(bytes, columns, sink),
        }
    }

    /// How the first rows of a table were read.
    pub fn into_view(self) -> Option<ImportReadingView> {
        self.shown.into_view()
    }
}
