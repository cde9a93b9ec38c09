//! The files that people wrote, read and checked together.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::exit::Failure;
use crate::{
    ingest::INGESTERS,
    model::Digest,
    policy::{
        Collection, Config, Drills, Files, Justifications, Policy, Principals, Problems, nearest,
        utf8,
    },
    report::hostile,
};

/// Name of the configuration in a folder.
const CONFIG: &str = "sodpack.toml";

/// Where the configuration is
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Setup {
    /// The configuration, or the folder that holds `sodpack.toml`
    #[arg(short, long, value_name = "FILE", default_value = CONFIG)]
    pub(super) config: PathBuf,
}

impl Setup {
    fn file(&self) -> PathBuf {
        if self.config.is_dir() { self.config.join(CONFIG) } else { self.config.clone() }
    }
}

/// The signer's name in the configuration, if there is one that can be read.
pub(super) fn configured_identity(setup: &Setup) -> Option<String> {
    let text = fs::read_to_string(setup.file()).ok()?;
    let config = Config::read(CONFIG, &text, &mut Problems::default())?;
    Some(config.signing.identity)
}

/// What is wrong with a format that no ingester has, and the cure.
pub(super) fn format_fault(format: &str) -> Option<(String, String)> {
    let known = || INGESTERS.iter().map(|ingester| ingester.id);
    if known().any(|id| id == format) {
        return None;
    }
    let cure = match nearest(format, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`sodpack list ingesters` names them all".to_owned(),
    };
    Some((format!("there is no format `{}`", hostile::shown(format)), cure))
}

/// A file that people wrote, as it was read.
#[derive(Debug)]
pub(super) struct Written {
    /// Its name in the pack: `policy.toml`.
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl Written {
    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }
}

/// Everything people wrote, checked.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Folder of the configuration, to which its paths are relative.
    pub(super) root: PathBuf,
    pub(super) config: Config,
    pub(super) policy: Policy,
    pub(super) principals: Principals,
    pub(super) justifications: Justifications,
    pub(super) drills: Drills,
    pub(super) collection: Collection,
    /// The files themselves, for the pack.
    pub(super) written: Vec<Written>,
}

impl Workspace {
    /// Reads all files that people wrote. Every problem of all of them is told at once.
    pub(super) fn open(setup: &Setup, consequence: &str) -> Result<Self, Failure> {
        let mut problems = Problems::default();
        let workspace = Self::read(setup, &mut problems);
        problems.into_result().map_err(|problems| Failure::new(consequence, problems))?;
        workspace.ok_or_else(|| Failure::new(consequence, "the configuration cannot be used"))
    }

    fn read(setup: &Setup, problems: &mut Problems) -> Option<Self> {
        let file = setup.file();
        let root = file.parent().map(Path::to_owned).unwrap_or_default();
        let shown = file.display().to_string();
        let cure = "run `sodpack init`, or name the configuration with --config";
        let config_bytes = read(&file, cure, problems)?;
        let text = utf8(&shown, &config_bytes, problems)?;
        let (config, files) = (Config::read(&shown, text, problems), Files::of(text));
        for source in config.iter().flat_map(|config| &config.sources) {
            if let Some((fault, cure)) = source.settings.format.as_deref().and_then(format_fault) {
                problems.note(&shown, source.line, fault, cure);
            }
        }

        let name = |path: &Path| root.join(path).display().to_string();
        let cure = "create the file; `sodpack init` writes one to begin with";
        let policy_bytes = read(&root.join(&files.policy), cure, problems);
        let policy = policy_bytes.as_deref().and_then(|bytes| {
            let file = name(&files.policy);
            utf8(&file, bytes, problems).and_then(|text| Policy::read(&file, text, problems))
        });
        let principals_bytes = read(&root.join(&files.principals), cure, problems);
        let principals = principals_bytes.as_deref().and_then(|bytes| {
            let (file, zone) = (name(&files.principals), files.timezone);
            let text = utf8(&file, bytes, problems)?;
            Principals::read(&file, text, zone, policy.as_ref(), problems)
        });
        let zone = files.timezone;
        let optional = |path: &Path, named: bool| Optional {
            path: root.join(path),
            shown: name(path),
            wanted: named || root.join(path).exists(),
        };
        let (justifications_bytes, justifications) = optional(
            &files.justifications,
            files.justifications_named,
        )
        .read(cure, problems, Justifications::none(), |file, text, problems| {
            Justifications::read(file, text, zone, problems)
        });
        let (drills_bytes, drills) = optional(&files.drills, files.drills_named).read(
            cure,
            problems,
            Drills::none(),
            |file, text, problems| Drills::read(file, text, zone, principals.as_ref(), problems),
        );
        let (collected_bytes, collection) = optional(&files.collected, files.collected_named).read(
            "collect the exports with the script that `sodpack init` writes, or remove the key",
            problems,
            Collection::default(),
            |file, text, problems| Collection::read(file, text, zone, problems),
        );
        let written = [
            ("sodpack.toml", Some(config_bytes)),
            ("policy.toml", policy_bytes),
            ("principals.csv", principals_bytes),
            ("justifications.csv", justifications_bytes),
            ("drills.csv", drills_bytes),
            ("collected.csv", collected_bytes),
        ];
        let written = written
            .into_iter()
            .filter_map(|(name, bytes)| Some(Written { name, bytes: bytes? }))
            .collect();
        Some(Self {
            root,
            config: config?,
            policy: policy?,
            principals: principals?,
            justifications: justifications?,
            drills: drills?,
            collection: collection?,
            written,
        })
    }

    /// A path of the configuration, from the current folder.
    pub(super) fn path(&self, relative: &Path) -> PathBuf {
        self.root.join(relative)
    }
}

/// A file that need not be there unless the configuration names it.
struct Optional {
    path: PathBuf,
    shown: String,
    wanted: bool,
}

impl Optional {
    /// The file and what stands in it; `none` where there is no file.
    fn read<T>(
        self,
        cure: &str,
        problems: &mut Problems,
        none: T,
        read_text: impl FnOnce(&str, &str, &mut Problems) -> Option<T>,
    ) -> (Option<Vec<u8>>, Option<T>) {
        if !self.wanted {
            return (None, Some(none));
        }
        let bytes = read(&self.path, cure, problems);
        let value = bytes.as_deref().and_then(|bytes| {
            let text = utf8(&self.shown, bytes, problems)?;
            read_text(&self.shown, text, problems)
        });
        (bytes, value)
    }
}

fn read(path: &Path, cure: &str, problems: &mut Problems) -> Option<Vec<u8>> {
    match fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let fault = match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                _ => format!("cannot be read: {error}"),
            };
            problems.note(&path.display().to_string(), 0, fault, cure);
            None
        }
    }
}
