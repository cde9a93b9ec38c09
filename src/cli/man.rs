//! `sodpack man`: the manual pages.

use std::{fs, io::Write, path::PathBuf};

use anyhow::Context as _;
use clap::{Command, CommandFactory as _};

use super::{
    App, Exit,
    exit::{Consequence as _, Failure},
};

/// Print the manual page, or write one for each command into a folder
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder to write sodpack.1, sodpack-build.1 … into
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut app = App::command();
    app.build();
    write(args, &app, out).or_fail("the manual cannot be written")?;
    Ok(Exit::Clean)
}

fn write(args: &Args, app: &Command, out: &mut dyn Write) -> anyhow::Result<()> {
    let Some(folder) = &args.out else {
        clap_mangen::Man::new(app.clone()).render(out)?;
        return Ok(());
    };
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let pages = app
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .map(|command| (format!("sodpack-{}", command.get_name()), command.clone()))
        .chain([("sodpack".to_owned(), app.clone())]);
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        let mut page = Vec::new();
        clap_mangen::Man::new(command).title(&name).render(&mut page)?;
        let mut file = fs::File::create(&path).with_context(|| path.display().to_string())?;
        file.write_all(&page).with_context(|| path.display().to_string())?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
}
