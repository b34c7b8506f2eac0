//! Bounds of what is unpacked from a workbook.

/// Most bytes of a workbook as it is sent; it is held in memory while it is read.
pub const WORKBOOK_BYTES_MAX: usize = 64 << 20;
/// Most files in the archive.
pub(super) const PARTS_MAX: u16 = 4_096;
/// Most bytes of the unpacked part of a sheet.
pub(super) const SHEET_BYTES_MAX: u64 = 1 << 30;
/// Most bytes of the unpacked part of texts that cells share.
pub(super) const STRINGS_PART_BYTES_MAX: u64 = 256 << 20;
/// Most bytes of these texts themselves, which are held in memory.
pub(super) const STRINGS_BYTES_MAX: usize = 128 << 20;
/// Most bytes of any other part: the list of sheets, formats, relations.
pub(super) const SMALL_PART_BYTES_MAX: u64 = 16 << 20;
/// Most bytes between two angle brackets, or around them.
pub(super) const XML_EVENT_BYTES_MAX: usize = 1 << 20;
/// How deep elements may lie in one another.
pub(super) const XML_DEPTH_MAX: usize = 64;
/// Most sheets of a workbook.
pub(super) const SHEETS_MAX: usize = 1_000;
/// Most formats of cells.
pub(super) const FORMATS_MAX: usize = 100_000;
/// Rows and columns of a sheet, as spreadsheet programs have them.
pub(super) const ROWS_MAX: u32 = 1_048_576;
pub(super) const COLUMNS_MAX: usize = 16_384;
/// Most cells with a value in a sheet.
pub(super) const CELLS_MAX: u64 = 20_000_000;
/// Most bytes of the texts of all cells: cells that share a text make a small file a large one.
pub(super) const TEXT_BYTES_MAX: u64 = 350 << 20;
