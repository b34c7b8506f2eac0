//! Small trees in which one thing is wrong.

use super::*;

fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<_> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    findings(&files)
}

/// The files in every tree: a domain with two modules.
const DOMAIN: [(&str, &str); 3] = [
    ("crates/domain/src/lib.rs", "pub mod accounting; pub mod error; pub mod platform;"),
    ("crates/domain/src/accounting/mod.rs", ""),
    ("crates/domain/src/platform/mod.rs", ""),
];

fn broken(path: &str, text: &str) -> Vec<String> {
    found(&[DOMAIN.as_slice(), &[(path, text)]].concat())
}

#[test]
fn the_ports_of_all_modules_know_none() {
    let path = "crates/application/src/ports/unit_of_work.rs";
    let findings = broken(path, "use crate::error::AppResult;\nuse crate::accounting::ports::Accounts;");
    assert_eq!(
        findings,
        [format!(
            "{path}:2: names `crate::accounting::ports::Accounts`: the ports that all modules share know none of them"
        )]
    );
    assert_eq!(broken(path, "fn f(x: &crate::platform::X) {}").len(), 1);
    assert_eq!(broken(path, "use super::super::platform::X;").len(), 1);
    assert!(
        broken(path, "use super::clock::Clock; // crate::platform::X\nuse crate::context::Context;")
            .is_empty()
    );
}

#[test]
fn the_platform_knows_no_other_module() {
    let path = "crates/application/src/platform/create_tenant.rs";
    assert_eq!(broken(path, "use crate::{accounting::setup, platform::roles};").len(), 1);
    assert!(broken(path, "use crate::platform::roles; use super::users;").is_empty());
    assert!(broken("crates/application/src/accounting/a.rs", "use crate::platform::roles;").is_empty());
}

#[test]
fn the_engines_know_no_repository() {
    let path = "crates/infrastructure/src/sql/sqlite/writer.rs";
    assert_eq!(broken(path, "use crate::persistence::SqlUnitOfWork;").len(), 1);
    let test = "#[cfg(test)]\nmod tests {\n    fn f() { crate::persistence::statements(); }\n}";
    assert_eq!(broken(path, test).len(), 1, "tests are no exception");
    assert!(broken(path, "use super::super::tx::Tx;").is_empty());
    assert!(broken("crates/infrastructure/src/persistence/mod.rs", "use crate::sql::tx::Tx;").is_empty());
}

#[test]
fn problems_and_the_state_know_no_route() {
    for path in ["crates/api/src/problem/mod.rs", "crates/api/src/state.rs"] {
        assert_eq!(broken(path, "use crate::routes::platform::Jobs;").len(), 1, "{path}");
    }
    assert!(broken("crates/api/src/app.rs", "use crate::routes::platform::Jobs;").is_empty());
}

#[test]
fn how_errors_are_told_knows_none() {
    let path = "crates/domain/src/error.rs";
    assert_eq!(broken(path, "static LISTED: &[&ErrorDef] = crate::money::ALL;").len(), 1);
    assert!(broken(path, "use std::fmt; macro_rules! m { () => { $crate::error::ErrorDef } }").is_empty());
}

#[test]
fn a_circle_of_two_folders_is_found() {
    let findings = found(&[
        ("crates/api/src/lib.rs", "mod a; mod b;"),
        ("crates/api/src/a/mod.rs", "mod one; mod two;"),
        ("crates/api/src/a/one.rs", "use super::two::Two;"),
        ("crates/api/src/a/two.rs", "use crate::b::B;"),
        ("crates/api/src/b.rs", "pub struct B(crate::a::one::One);"),
    ]);
    assert_eq!(
        findings,
        ["crates/api/src/: files of several folders know each other: a/one.rs, a/two.rs, b.rs; \
          a circle: a/two.rs -> b.rs -> a/one.rs -> a/two.rs"]
    );
}

#[test]
fn a_name_that_is_handed_on_leads_to_its_home() {
    let findings = found(&[
        ("crates/api/src/lib.rs", "mod a; mod b;"),
        ("crates/api/src/a/mod.rs", "mod one; pub use one::One as First;"),
        ("crates/api/src/a/one.rs", "use crate::b::{B, C};"),
        ("crates/api/src/b.rs", "use crate::a::First;"),
    ]);
    assert_eq!(
        findings,
        ["crates/api/src/: files of several folders know each other: a/one.rs, b.rs; \
          a circle: a/one.rs -> b.rs -> a/one.rs"]
    );
}

#[test]
fn files_of_one_folder_and_of_one_branch_may_know_each_other() {
    let files = [
        ("crates/api/src/lib.rs", "mod a; pub use a::One;"),
        ("crates/api/src/a/mod.rs", "mod one; mod two; use self::one::One;"),
        ("crates/api/src/a/one.rs", "use super::two::Two; use super::A;"),
        ("crates/api/src/a/two.rs", "use super::one::One; use crate::a::one::deep::Deep;"),
        ("crates/api/src/a/one/deep.rs", "use crate::a::one::One;"),
    ];
    assert_eq!(found(&files), [""; 0]);
}

#[test]
fn tests_make_no_circle() {
    let files = [
        ("crates/api/src/a.rs", "use crate::b::B;\n#[cfg(test)]\nmod checks;"),
        ("crates/api/src/b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }"),
        ("crates/api/src/c.rs", "// use crate::d::D;\nconst TEXT: &str = \"crate::d::D\";"),
        ("crates/api/src/d.rs", "use crate::c::C;"),
        ("crates/api/src/a/checks.rs", "use crate::b::B;"),
        ("crates/api/src/main.rs", "use crate::a::A;"),
    ];
    assert_eq!(found(&files), [""; 0]);
    let circle = [("crates/api/src/a.rs", "use crate::b::B;"), ("crates/api/src/b.rs", "use crate::a::A;")];
    assert_eq!(found(&circle).len(), 1, "without the attribute it is one");
}
