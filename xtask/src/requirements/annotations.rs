//! The annotations of tests: a comment of one exact form above the test says what it proves.

/// The whole line is `/// Proves: I2, I7, GV1, X83.`; several lines of documentation and attributes may follow.
const START: &str = "/// Proves: ";
/// A comment that begins with this word means an annotation, however it goes on.
const WORD: &str = "proves";
#[derive(Debug, PartialEq, Eq)]
pub struct Proof {
    /// `crate::path::name`.
    pub test: String,
    pub ids: Vec<String>,
    /// Whether the test is left out where no SQL Server is named.
    pub ignored: bool,
    /// A script that people run, and the suite does not.
    pub by_hand: bool,
}

/// A script says it in a line of its own: `# Proves: E3, X40.`
const SCRIPT_START: &str = "# Proves: ";

/// The annotations of a script: of a check, which the suite runs, or of a drill, which people run.
pub fn of_script(path: &str, text: &str) -> (Vec<Proof>, Vec<String>) {
    let by_hand = !path.starts_with("deploy/ci/checks/");
    let (mut proofs, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let Some(list) = line.strip_prefix(SCRIPT_START) else { continue };
        match ids(&format!("{START}{list}")) {
            Ok(ids) => proofs.push(Proof { test: path.to_owned(), ids, ignored: false, by_hand }),
            Err(fault) => faults.push(format!("{path}:{}: {fault}", index + 1)),
        }
    }
    (proofs, faults)
}

/// The annotations of one file, and what is wrong with them.
pub fn read(path: &str, text: &str) -> (Vec<Proof>, Vec<String>) {
    let lines: Vec<_> = text.lines().collect();
    let (mut proofs, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| is_meant(line)) {
        let proof = ids(line.trim()).and_then(|ids| {
            let (below, ignored) = test_below(&lines[index + 1..])?;
            let at = index + 1 + below;
            let test = format!("{}{}", module(path, &lines[..at], indent(lines[at])), name(lines[at])?);
            Ok(Proof { test, ids, ignored, by_hand: false })
        });
        match proof {
            Ok(proof) => proofs.push(proof),
            Err(fault) => faults.push(format!("{path}:{}: {fault}", index + 1)),
        }
    }
    (proofs, faults)
}

fn is_meant(line: &str) -> bool {
    let line = line.trim_start();
    let comment = line.trim_start_matches(['/', '!', ' ']);
    let word = comment.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    line.starts_with("//") && word.eq_ignore_ascii_case(WORD)
}

fn ids(line: &str) -> Result<Vec<String>, String> {
    let list = line.strip_prefix(START).and_then(|rest| rest.strip_suffix('.'));
    let ids: Vec<_> = list.into_iter().flat_map(|list| list.split(", ")).map(str::to_owned).collect();
    let good = |id: &String| {
        let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
        digits.len() < id.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if ids.is_empty() || !ids.iter().all(good) {
        return Err(format!("'{line}' does not have the form '{START}I2, I7, X83.'"));
    }
    Ok(ids)
}

/// The line of the function below, which has an attribute of a test, and whether that test is ignored.
fn test_below(lines: &[&str]) -> Result<(usize, bool), String> {
    let (mut is_test, mut ignored) = (false, false);
    for (index, line) in lines.iter().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
            ignored |= line.starts_with("#[ignore");
        } else if !line.starts_with("///") {
            return if is_test { Ok((index, ignored)) } else { Err("this stands above no test".to_owned()) };
        }
    }
    Err("nothing follows".to_owned())
}

fn name(line: &str) -> Result<&str, String> {
    let name = line.split_once("fn ").map_or("", |(_, rest)| rest);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
    if name.is_empty() { Err("this stands above no function".to_owned()) } else { Ok(name) }
}

/// `crates/api/src/health/tests.rs` is `api::health::tests::`, and modules within the file follow.
fn module(path: &str, above: &[&str], indent_of_test: usize) -> String {
    let path = path.trim_start_matches("crates/").trim_end_matches(".rs");
    let mut parts: Vec<_> = path.split('/').collect();
    // The crate's own name comes first, then the folder of its sources or tests.
    parts.remove(1.min(parts.len() - 1));
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(last)) {
        parts.pop();
    }
    let mut within = Vec::new();
    let mut limit = indent_of_test;
    for line in above.iter().rev() {
        let module = line.trim_start().strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {"));
        if let Some(module) = module.filter(|_| indent(line) < limit) {
            within.push(module);
            limit = indent(line);
        }
    }
    parts.extend(within.into_iter().rev());
    parts.into_iter().map(|part| format!("{part}::")).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(test: &str, ids: &[&str], ignored: bool) -> Proof {
        Proof {
            test: test.to_owned(),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            ignored,
            by_hand: false,
        }
    }

    #[test]
    fn scripts_have_annotations_too() {
        let text = "#!/usr/bin/env bash\n# Proves: E3, X40.\n";
        let of = |path: &str| of_script(path, text).0.pop().unwrap();
        let check = of("deploy/ci/checks/policies.sh");
        assert_eq!(check, proof("deploy/ci/checks/policies.sh", &["E3", "X40"], false));
        assert!(of("deploy/drills/drill-07.sh").by_hand);
        assert!(!of_script("deploy/a.sh", "# Proves: everything\n").1.is_empty());
    }

    fn fault(text: &str) -> String {
        let (proofs, faults) = read("crates/api/src/x.rs", text);
        assert!(proofs.is_empty() && faults.len() == 1, "{text}: {proofs:?} {faults:?}");
        faults[0].clone()
    }

    #[test]
    fn tests_are_named_by_their_crate_and_modules() {
        let text = "/// Proves: A1.\n#[test]\nfn one() {\n}\nmod tests {\n    use super::*;\n\n    /// Proves: B17, GV1, X83.\n    /// More.\n    #[tokio::test(start_paused = true)]\n    async fn two() {\n    }\n}\n";
        let (proofs, faults) = read("crates/api/src/health/tests.rs", text);
        assert!(faults.is_empty(), "{faults:?}");
        let two = proof("api::health::tests::tests::two", &["B17", "GV1", "X83"], false);
        assert_eq!(proofs, [proof("api::health::tests::one", &["A1"], false), two]);
        let (proofs, _) = read("crates/api/tests/it/admin.rs", "/// Proves: A1.\n#[test]\nfn one() {\n");
        assert_eq!(proofs[0].test, "api::it::admin::one");
        let (proofs, _) = read("crates/api/src/tests/edge.rs", "/// Proves: A1.\n#[test]\nfn one() {\n");
        assert_eq!(proofs[0].test, "api::tests::edge::one");
        let (proofs, _) =
            read("xtask/src/tree.rs", "mod tests {\n    /// Proves: A1.\n    #[test]\n    fn one() {\n");
        assert_eq!(proofs[0].test, "xtask::tree::tests::one");
        let (proofs, _) = read("crates/api/src/resources/mod.rs", "/// Proves: A1.\n#[test]\nfn one() {\n");
        assert_eq!(proofs[0].test, "api::resources::one");
    }

    #[test]
    fn tests_in_macros_and_tests_that_need_a_server_are_told() {
        let text = "proptest! {\n    /// Proves: GV8.\n    #[test]\n    fn any(x in 0..9) {\n    }\n}\n";
        assert_eq!(read("crates/domain/src/x.rs", text).0, [proof("domain::x::any", &["GV8"], false)]);
        let text = "/// Proves: G2.\n#[tokio::test]\n#[ignore = \"needs a server\"]\nasync fn far() {\n}\n";
        assert_eq!(read("crates/api/tests/it/y.rs", text).0, [proof("api::it::y::far", &["G2"], true)]);
    }

    #[test]
    fn whatever_is_meant_as_an_annotation_has_its_form() {
        for line in [
            "/// Proves I2.",
            "/// Proves: I2",
            "/// Proves: I2,I7.",
            "/// Proves: I2; I7.",
            "/// Proves: .",
            "/// Proves: i2.",
            "/// Proves: I2, redis.",
            "// Proves: I2.",
            "/// proves: I2.",
        ] {
            assert!(fault(&format!("{line}\n#[test]\nfn x() {{\n")).contains("form"), "{line}");
        }
        assert!(fault("/// Proves: I2.\nfn helper() {\n").contains("no test"));
        assert!(fault("/// Proves: I2.\n\n#[test]\nfn x() {\n").contains("no test"));
        assert!(fault("/// Proves: I2.\n#[cfg(test)]\nmod tests {\n").contains("no test"));
        assert!(fault("/// Proves: I2.\n#[test]\nstruct X;\n").contains("no function"));
        assert!(fault("/// Proves: I2.").contains("nothing"));
    }
}
