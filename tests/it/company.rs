//! A copy of a sample company in a folder of its own, and the program run on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The moment that packs of tests speak for.
pub(crate) const AS_OF: &str = "2026-11-05T09:00:00Z";

pub(crate) struct Company {
    folder: tempfile::TempDir,
}

/// A file of the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs the program.
pub(crate) fn sodpack(args: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sodpack"))
        .args(args)
        .current_dir(folder)
        .env_remove("SSH_AUTH_SOCK")
        .output()
        .unwrap()
}

/// Runs any program, which must be installed and succeed; what it printed.
pub(crate) fn run(program: &str, args: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {told}");
    told
}

impl Company {
    /// Copies `sample-data/<name>` without packs and keys.
    pub(crate) fn copy(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = project("sample-data").join(name);
        for entry in walkdir::WalkDir::new(&source).sort_by_file_name() {
            let entry = entry.unwrap();
            let relative = entry.path().strip_prefix(&source).unwrap();
            if relative.starts_with("packs") || relative.starts_with("keys") {
                continue;
            }
            let target = folder.path().join(relative);
            if entry.file_type().is_dir() {
                fs::create_dir_all(&target).unwrap();
            } else {
                fs::copy(entry.path(), &target).unwrap();
            }
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Says of every export that it was made on this day.
    pub(crate) fn exported(&self, day: &str) {
        let path = self.path().join("sodpack.toml");
        let lines = fs::read_to_string(&path).unwrap();
        let moved = lines.lines().map(|line| match line.starts_with("exported-at") {
            true => format!("exported-at = {day}T00:00:00Z\n"),
            false => format!("{line}\n"),
        });
        fs::write(&path, moved.collect::<String>()).unwrap();
    }

    /// Gives the company the same signing key in every test.
    pub(crate) fn with_fixed_key(self) -> Self {
        fs::create_dir_all(self.path().join("keys")).unwrap();
        let key = self.path().join("keys/evidence");
        fs::copy(project("tests/fixtures/keys/evidence"), &key).unwrap();
        restrict(&key);
        self
    }

    pub(crate) fn sodpack(&self, args: &[&str]) -> Output {
        sodpack(args, self.path())
    }

    /// Builds October 2026 and returns the pack's folder and the exit code.
    pub(crate) fn build(&self) -> (PathBuf, i32) {
        let output = self.sodpack(&["build", "--period", "2026-10", "--as-of", AS_OF, "--json"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().unwrap();
        assert_ne!(code, 2, "{told}");
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (self.path().join(result["pack"].as_str().unwrap()), code)
    }
}

/// Every file below a folder, by path.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            files.push((path, fs::read(entry.path()).unwrap()));
        }
    }
    files
}

#[cfg(unix)]
fn restrict(key: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(key, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn restrict(_: &Path) {}
