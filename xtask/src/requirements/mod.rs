//! `docs/REQUIREMENTS.md`: each requirement with the tests that would fail if it broke.

mod annotations;
mod catalogue;
mod document;

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Tree;
use annotations::Proof;
use catalogue::Section;

/// The folders of tests.
const FOLDERS: [&str; 2] = ["crates/", "xtask/"];
/// The folders of checks, drills and load tests.
const SCRIPTS: [&str; 2] = ["deploy/", "k6/"];

/// The document, or everything that is wrong with catalogue and annotations.
pub fn document(tree: &Tree) -> Result<String, Vec<String>> {
    let sections = catalogue::read(tree).map_err(|fault| vec![fault])?;
    let (mut proofs, mut faults) = (Vec::new(), Vec::new());
    for (path, text) in FOLDERS.iter().flat_map(|folder| tree.rust(folder)) {
        let (of_file, wrong) = annotations::read(path, &text);
        proofs.extend(of_file);
        faults.extend(wrong);
    }
    let is_script =
        |path: &&String| SCRIPTS.iter().any(|folder| path.starts_with(folder)) && path.ends_with(".sh");
    for path in tree.paths.iter().filter(is_script) {
        let (of_file, wrong) = annotations::of_script(path, &tree.text(path).unwrap_or_default());
        proofs.extend(of_file);
        faults.extend(wrong);
    }
    faults.extend(contradictions(&sections, &proofs));
    if faults.is_empty() { Ok(document::write(&sections, &by_id(&proofs))) } else { Err(faults) }
}

/// Proofs of ids that are not in the catalogue, and entries of the catalogue without proof or reason.
fn contradictions(sections: &[Section], proofs: &[Proof]) -> Vec<String> {
    let order: Vec<_> = sections.iter().flat_map(|section| &section.entries).collect();
    let place = |id: &String| order.iter().position(|entry| entry.id == *id);
    let mut faults = Vec::new();
    for proof in proofs {
        for id in proof.ids.iter().filter(|id| place(id).is_none()) {
            faults.push(format!("{}: {id} is not in {}", proof.test, catalogue::PATH));
        }
        if !proof.ids.is_sorted_by(|one, next| place(one) < place(next)) {
            faults.push(format!("{}: each id stands once, in the order of the catalogue", proof.test));
        }
    }
    let proven: BTreeSet<_> = proofs.iter().flat_map(|proof| &proof.ids).collect();
    for entry in order {
        let reason = entry.reviewed.is_some() || entry.decided.is_some() || entry.open.is_some();
        if !reason && !proven.contains(&entry.id) {
            faults.push(format!(
                "{}: no test proves it, and {} does not say why: {}",
                entry.id,
                catalogue::PATH,
                entry.title
            ));
        }
    }
    faults
}

fn by_id(proofs: &[Proof]) -> BTreeMap<&str, Vec<&Proof>> {
    let mut by_id: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for proof in proofs {
        for id in &proof.ids {
            by_id.entry(id).or_default().push(proof);
        }
    }
    by_id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> Vec<Section> {
        let text = r#"[{"prefix":"A","title":"Topology","entries":[
            {"id":"A1","title":"one"},{"id":"A2","title":"two","open":"not built"}]},
            {"prefix":"GV","title":"Vectors","entries":[{"id":"GV1","title":"health"}]},
            {"prefix":"X","title":"Defects","entries":[{"id":"X01","title":"keys"}]}]"#;
        catalogue::parse(text, &[]).unwrap()
    }

    fn faults(lines: &[&str]) -> Vec<String> {
        let text: String =
            lines.iter().map(|line| format!("/// Proves: {line}.\n#[test]\nfn t() {{\n}}\n")).collect();
        let (proofs, wrong) = annotations::read("crates/api/src/a.rs", &text);
        assert!(wrong.is_empty(), "{wrong:?}");
        contradictions(&sections(), &proofs)
    }

    #[test]
    fn a_deleted_test_leaves_its_requirement_without_an_answer() {
        assert!(faults(&["A1, GV1", "X01"]).is_empty());
        let left = faults(&["A1, GV1"]);
        assert!(left.len() == 1 && left[0].starts_with("X01: no test"), "{left:?}");
    }

    #[test]
    fn an_unknown_id_and_a_wrong_order_are_named() {
        let unknown = faults(&["A1, A3, GV1, X01"]);
        assert!(unknown.iter().any(|fault| fault.contains("A3 is not in")), "{unknown:?}");
        assert!(faults(&["A1, X01, GV1"])[0].contains("order"));
        assert!(faults(&["A1, A1, GV1, X01"])[0].contains("once"));
    }
}
