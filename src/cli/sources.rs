//! From the sources of the configuration to the files they mean.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use globset::GlobBuilder;
use walkdir::WalkDir;

use super::workspace::Workspace;
use crate::{
    ingest::{GIT_LOG_ARGS, Input, Open},
    model::Settings,
    policy::{Collected, Problems, SourceConfig},
};

/// Files that lie in export folders and are none.
const PASSED_OVER: &[&str] = &[".DS_Store", "Thumbs.db", "desktop.ini"];

/// A file of a source, or the history of a Git repository.
#[derive(Debug)]
pub(super) struct SourceFile {
    shown: String,
    path: PathBuf,
    history: Option<String>,
    /// Line of its source in `sodpack.toml`; 0 without one.
    line: u32,
}

impl Open for SourceFile {
    fn path(&self) -> &str {
        &self.shown
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        match &self.history {
            None => Ok(Box::new(File::open(&self.path)?)),
            Some(branch) => Ok(Box::new(io::Cursor::new(git_log(&self.path, branch)?))),
        }
    }
}

/// The files of all sources, with what the configuration says of each.
#[derive(Debug)]
pub(super) struct Sources {
    files: Vec<(SourceFile, usize)>,
    settings: Vec<Settings>,
    /// Files that were collected and that no source takes in.
    pub(super) unread: Vec<String>,
    /// Bytes on disk, for progress.
    pub(super) bytes: u64,
}

impl Sources {
    /// Finds the files. A source that means no file is a problem; so are sources of no file at all.
    pub(super) fn find(workspace: &Workspace, problems: &mut Problems) -> Self {
        let mut this = Self {
            files: Vec::new(),
            settings: workspace
                .config
                .sources
                .iter()
                .map(|source| source.settings.clone())
                .collect(),
            unread: Vec::new(),
            bytes: 0,
        };
        let mut taken: BTreeMap<PathBuf, usize> = BTreeMap::new();
        // A source that names one file outranks a folder or glob that happens to cover it.
        let mut order: Vec<_> = (0..workspace.config.sources.len()).collect();
        order.sort_by_key(|&index| {
            !workspace.root.join(&workspace.config.sources[index].path).is_file()
        });
        for index in order {
            let source = &workspace.config.sources[index];
            let (found, errors) = expand(&workspace.root, &source.path);
            for error in &errors {
                let shown = error.path().unwrap_or(Path::new("")).display().to_string();
                problems.note(
                    &shown,
                    0,
                    format!("cannot be looked at: {error}"),
                    "make it readable, or name the files one by one",
                );
            }
            if found.is_empty() && errors.is_empty() {
                problems.note(
                    &workspace.path(Path::new("sodpack.toml")).display().to_string(),
                    source.line,
                    format!("`{}` means no file", source.path),
                    "correct the path, or remove the source: a missing export must not go unseen",
                );
            }
            for path in found {
                if taken.insert(path.clone(), index).is_none() {
                    this.add(workspace, path, source, index);
                }
            }
        }
        this.note_missing(workspace, problems);
        let read: BTreeSet<&str> = this.files.iter().map(|(file, _)| &*file.shown).collect();
        let collected =
            workspace.collection.files.keys().filter(|path| !read.contains(path.as_str()));
        this.unread =
            collected.filter(|path| workspace.root.join(path).exists()).cloned().collect();
        this.files.sort_by(|(a, _), (b, _)| a.shown.cmp(&b.shown));
        this
    }

    /// One file by itself, with no configuration.
    pub(super) fn single(path: &Path, settings: Settings) -> Self {
        let file = SourceFile {
            shown: path.display().to_string(),
            path: path.to_owned(),
            history: None,
            line: 0,
        };
        Self { files: vec![(file, 0)], settings: vec![settings], unread: Vec::new(), bytes: 0 }
    }

    /// A file that was collected for a source and is gone since would go unseen.
    fn note_missing(&self, workspace: &Workspace, problems: &mut Problems) {
        let log = workspace.path(&workspace.config.collected).display().to_string();
        for (path, collected) in &workspace.collection.files {
            let meant = workspace.config.sources.iter().any(|source| means(&source.path, path));
            if meant && !workspace.root.join(path).exists() {
                problems.note(
                    &log,
                    collected.line,
                    format!("`{path}` was collected, and is not there"),
                    "bring it back, or collect it again",
                );
            }
        }
    }

    fn add(&mut self, workspace: &Workspace, path: PathBuf, source: &SourceConfig, index: usize) {
        let relative = path.strip_prefix(&workspace.root).unwrap_or(&path);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        // The root of an absolute path is a part that ends in a slash itself.
        let mut shown = parts.join("/").replacen("//", "/", 1);
        let history =
            path.is_dir().then(|| source.settings.branch.clone().unwrap_or("HEAD".to_owned()));
        if let Some(branch) = &history {
            shown = format!("{shown} (git log of {branch})");
        }
        self.bytes += path.metadata().map_or(0, |meta| if meta.is_file() { meta.len() } else { 0 });
        let index = match workspace.collection.files.get(&shown) {
            None => index,
            Some(collected) => {
                self.settings.push(with_log(source.settings.clone(), collected));
                self.settings.len() - 1
            }
        };
        self.files.push((SourceFile { shown, path, history, line: source.line }, index));
    }

    /// The files as the readers want them.
    pub(super) fn inputs(&self) -> Vec<Input<'_>> {
        self.files
            .iter()
            .map(|(file, index)| Input { open: file, settings: &self.settings[*index] })
            .collect()
    }

    /// The line of `sodpack.toml` on which the source of a file begins.
    pub(super) fn line(&self, shown: &str) -> Option<u32> {
        let (file, _) = self.files.iter().find(|(file, _)| file.shown == shown)?;
        (file.line > 0).then_some(file.line)
    }

    /// The input with this path.
    pub(super) fn input(&self, shown: &str) -> Option<Input<'_>> {
        let (file, index) = self.files.iter().find(|(file, _)| file.shown == shown)?;
        Some(Input { open: file, settings: &self.settings[*index] })
    }
}

/// What is said of a file, filled up from the log of its collection: what `sodpack.toml` says wins.
/// A list that does not tell its own time is as old as its export.
fn with_log(mut settings: Settings, collected: &Collected) -> Settings {
    let (said, log) = (&mut settings.export, &collected.export);
    said.by = said.by.take().or_else(|| log.by.clone());
    said.at = said.at.or(log.at);
    said.command = said.command.take().or_else(|| log.command.clone());
    said.digest = log.digest;
    settings.snapshot_at = settings.snapshot_at.or(log.at);
    settings
}

/// Tells whether a source of this path, folder or glob takes in the file at `path`.
fn means(pattern: &str, path: &str) -> bool {
    let below = Path::new(path).starts_with(Path::new(pattern));
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    below || glob.is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

/// The files that a path, folder or glob means, sorted, and what could not be looked at. A Git
/// repository stands for itself.
fn expand(root: &Path, pattern: &str) -> (Vec<PathBuf>, Vec<walkdir::Error>) {
    let path = root.join(pattern);
    if path.is_file() || is_repository(&path) {
        return (vec![path], Vec::new());
    }
    if path.is_dir() {
        return walk(&path, &|_| true);
    }
    // Everything up to the first part with a wildcard is a plain folder.
    let plain: PathBuf = Path::new(pattern)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let Ok(glob) = GlobBuilder::new(pattern).literal_separator(true).build() else {
        return (Vec::new(), Vec::new());
    };
    let folder = root.join(plain);
    if !folder.is_dir() {
        return (Vec::new(), Vec::new());
    }
    let matcher = glob.compile_matcher();
    let matches = |file: &Path| matcher.is_match(file.strip_prefix(root).unwrap_or(file));
    walk(&folder, &matches)
}

fn walk(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> (Vec<PathBuf>, Vec<walkdir::Error>) {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) => {
                let passed_over = PASSED_OVER.iter().any(|name| entry.file_name() == *name);
                if entry.file_type().is_file() && !passed_over && wanted(entry.path()) {
                    files.push(entry.into_path());
                }
            }
            Err(error) => errors.push(error),
        }
    }
    (files, errors)
}

fn is_repository(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").is_file() && path.join("objects").is_dir())
}

/// What `git log` prints of a branch, in exactly the form that an exported history has.
///
/// The repository's own configuration is not trusted to start programs: no pager, no hook and no
/// file-system monitor takes part in a log.
fn git_log(repository: &Path, branch: &str) -> io::Result<Vec<u8>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(repository)
        .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "log.mailmap=false"])
        .args(GIT_LOG_ARGS)
        .arg("--end-of-options")
        .arg(branch)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("git cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("git log failed: {}", told.lines().next().unwrap_or("no reason"))))
}
