//! The README's first steps by clients that generators make of the served document, against the real binary. A generator
//! that warns has left something out, and fails its test.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use testkit::world::PASSWORD;
use testkit::{Server, not_run, peers};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const PYTHON: &str = include_str!("../clients/walkthrough.py");
const TYPESCRIPT: &str = include_str!("../clients/walkthrough.ts");
const DOCUMENT: &str = "openapi.json";

/// A server with example books, and a folder that holds its document.
struct Walk {
    server: Server,
    folder: TempDir,
}

impl Walk {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("Bootstrap:Template", "sa-standard"), ("Bootstrap:AdminEmail", "admin@example.com")];
        let server = Server::start(Path::new(BINARY), folder.path(), &settings).await;
        let document = reqwest::get(format!("{}/{DOCUMENT}", server.url)).await.unwrap();
        std::fs::write(folder.path().join(DOCUMENT), document.bytes().await.unwrap()).unwrap();
        Self { server, folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program in the folder, which must succeed; answers what it said.
    fn run(&self, program: &Path, arguments: &[&str]) -> String {
        let beside = program.parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([beside].into_iter().chain(std::env::split_paths(&path))).unwrap();
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", path)
            .env("PYTHONPATH", self.path().join("python"))
            .env("URL", &self.server.url)
            .env("PASSWORD", PASSWORD)
            .output()
            .unwrap();
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(output.status.success(), "{} ended with {}: {said}", program.display(), output.status);
        said
    }

    /// Runs a generator, which must have nothing to remark.
    fn generate(&self, generator: &Path, arguments: &[&str]) {
        let said = self.run(generator, arguments);
        let remarks = ["warning", "unsupported", "omitted", "unable", "⚠", "✘"];
        let remark = remarks.iter().find(|remark| said.to_lowercase().contains(**remark));
        assert!(remark.is_none(), "{said}");
    }
}

/// The programs, or `None` where one of them is missing, which is counted.
fn programs<const N: usize>(names: [&str; N]) -> Option<[PathBuf; N]> {
    let found = names.map(|name| peers::find(name).ok_or(name));
    if let Some(Err(missing)) = found.iter().find(|program| program.is_err()) {
        not_run(&format!("{missing} is not on this machine, so no client is generated with it"));
        return None;
    }
    Some(found.map(Result::unwrap))
}

#[tokio::test]
async fn a_generated_python_client_takes_the_first_steps() {
    let Some([generator]) = programs(["openapi-python-client"]) else { return };
    let walk = Walk::begin().await;
    walk.generate(
        &generator,
        &["generate", "--path", DOCUMENT, "--output-path", "python", "--fail-on-warning"],
    );
    std::fs::write(walk.path().join("walkthrough.py"), PYTHON).unwrap();
    // The generator's own environment has the packages that the client needs.
    walk.run(&generator.with_file_name("python"), &["walkthrough.py"]);
}

#[tokio::test]
async fn a_generated_typescript_client_takes_the_first_steps() {
    let Some([generator, compiler, node]) = programs(["openapi-typescript", "tsc", "node"]) else { return };
    let walk = Walk::begin().await;
    // A member with a default may be left out of a request.
    walk.generate(&generator, &[DOCUMENT, "--default-non-nullable", "false", "--output", "schema.d.ts"]);
    std::fs::write(walk.path().join("walkthrough.ts"), TYPESCRIPT).unwrap();
    std::fs::write(walk.path().join("package.json"), r#"{"type":"module"}"#).unwrap();
    // `node_modules/openapi-typescript/bin/cli.js`
    let program = generator.canonicalize().unwrap();
    std::os::unix::fs::symlink(program.ancestors().nth(3).unwrap(), walk.path().join("node_modules"))
        .unwrap();
    let strict = ["--strict", "--noUncheckedIndexedAccess", "--skipLibCheck"];
    let target = ["--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext", "walkthrough.ts"];
    walk.run(&compiler, &[&strict[..], &target].concat());
    walk.run(&node, &["walkthrough.js"]);
}
