//! PDF files as a reader gets them: their text, and their pages as pictures to look at.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::not_run;

/// The text of a file as a program takes it out, line by line, without the marks of direction. `None`, said aloud, where
/// `pdftotext` is missing.
pub fn text(pdf: &[u8]) -> Option<String> {
    let mut reading = Command::new("pdftotext");
    reading.args(["-enc", "UTF-8", "-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut reading) = reading.spawn() else {
        not_run("pdftotext (poppler-utils) is missing");
        return None;
    };
    reading.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = reading.wait_with_output().unwrap();
    assert!(output.status.success(), "pdftotext does not read the file");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.replace(|mark: char| matches!(mark, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'), ""))
}

/// Draws the pages below `target/artefacts`, where whoever changes the layout looks at them.
pub fn pictures(pdf: &[u8], name: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/artefacts");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.pdf"));
    std::fs::write(&file, pdf).unwrap();
    let drawn =
        Command::new("pdftoppm").args(["-r", "70", "-png"]).arg(&file).arg(folder.join(name)).status();
    match drawn {
        Ok(status) => assert!(status.success(), "pdftoppm does not draw the file"),
        Err(_) => not_run("pdftoppm (poppler-utils) is missing"),
    }
}
