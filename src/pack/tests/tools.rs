//! Running the tools that auditors have; a missing one fails the test.
#![cfg(unix)]

use std::process::{Command, Output, Stdio};

use super::*;

pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    output.unwrap_or_else(|fault| panic!("{command:?}: {fault}; these tests need it installed"))
}

pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// Runs a line in the pack's folder as VERIFY.txt says.
pub(crate) fn shell(folder: &Path, allowed: &Path, line: &str) -> Output {
    run(Command::new("sh").arg("-c").arg(line).current_dir(folder).env("ALLOWED", allowed))
}

/// The allowed_signers file of an auditor who trusts the key of a seed.
pub(crate) fn allowed_file(place: &Path, seed: u8) -> PathBuf {
    let path = place.join(format!("allowed-{seed}"));
    put(&path, trust::line_for(WHO, key(seed).public_key()).unwrap().as_bytes());
    path
}

/// The commands of VERIFY.txt, each with all it needs set.
pub(crate) fn commands(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join(INSTRUCTIONS)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}
