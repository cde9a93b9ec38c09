//! `sodpack init`: a commented, working configuration to begin with.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
};

use anyhow::Context as _;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
};
use crate::policy::scaffold;

/// Write a commented configuration to begin with
///
/// Writes sodpack.toml, policy.toml, principals.csv, justifications.csv, drills.csv and collect.sh, a
/// script that collects the exports. Existing files are never touched: if one of them exists, nothing
/// is written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to write into
    #[arg(default_value = ".")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    write(args, out).or_fail("nothing was set up")?;
    Ok(Exit::Clean)
}

fn write(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    let files = [
        ("sodpack.toml", scaffold::CONFIG),
        ("policy.toml", scaffold::POLICY),
        ("principals.csv", scaffold::PRINCIPALS),
        ("justifications.csv", scaffold::JUSTIFICATIONS),
        ("drills.csv", scaffold::DRILLS),
        ("collect.sh", scaffold::COLLECT),
    ];
    let taken: Vec<_> = files
        .iter()
        .map(|(name, _)| args.folder.join(name))
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| format!("{}: exists already; choose another folder", path.display()))
        .collect();
    if !taken.is_empty() {
        anyhow::bail!(taken.join("\n"));
    }
    fs::create_dir_all(args.folder.join("exports"))
        .with_context(|| args.folder.display().to_string())?;
    for (name, text) in files {
        let path = args.folder.join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .with_context(|| path.display().to_string())?;
        file.write_all(text.as_bytes()).with_context(|| path.display().to_string())?;
        writeln!(out, "{}", path.display())?;
    }
    let of = match args.folder.as_os_str() == "." {
        true => String::new(),
        false => format!(" -c {}", args.folder.display()),
    };
    writeln!(
        out,
        "\nnext: put exports into {}/, describe them in sodpack.toml, then run `sodpack check{of}`",
        args.folder.join("exports").display()
    )?;
    Ok(())
}
