//! Checks of the files: what must be there is there, unchanged, and nothing else.

use crate::pack::{
    BAGIT, COUNTERSIGNATURE, MANIFEST, SIGNATURE, TAG_FILES, TAGMANIFEST, TIMESTAMP,
    bag::{BAGIT_TXT, manifest::Problems},
    verify::case::{Case, Finding},
};

pub(crate) fn form(case: &Case<'_>) -> Finding {
    let files = case.inventory.files.len();
    Finding::unless(
        case.inventory.problems.clone(),
        format!("{files} plain files with safe names"),
        "what was found is not the form of a pack",
    )
}

pub(crate) fn tag_files(case: &Case<'_>) -> Finding {
    let tagmanifest = match &case.tagmanifest {
        Ok(tagmanifest) => tagmanifest,
        Err(problems) => {
            return Finding::unless(problems.clone(), "", "the tagmanifest cannot be read");
        }
    };
    let mut problems = case.differences(tagmanifest);
    if !tagmanifest.0.keys().map(String::as_str).eq(TAG_FILES) {
        problems.push(format!("{TAGMANIFEST} must list exactly {}", TAG_FILES.join(", ")));
    }
    let good = format!("{} files are as signed", TAG_FILES.len());
    Finding::unless(problems, good, "not what was signed")
}

pub(crate) fn payload(case: &Case<'_>) -> Finding {
    let manifest = match &case.manifest {
        Ok(manifest) => manifest,
        Err(problems) => {
            return Finding::unless(problems.clone(), "", "the manifest cannot be read");
        }
    };
    let mut problems = case.differences(manifest);
    if manifest.0.is_empty() {
        problems.push(format!("{MANIFEST} lists nothing"));
    }
    if let Some(path) = manifest.0.keys().find(|path| !path.starts_with("data/")) {
        problems.push(format!("{MANIFEST} lists {path}, which is no payload"));
    }
    let good = format!("{} files are as in the manifest", manifest.0.len());
    Finding::unless(problems, good, "not what was packed")
}

pub(crate) fn oxum(case: &Case<'_>) -> Finding {
    let Ok(info) = &case.info else {
        return Finding::not_checked("bag-info.txt cannot be read");
    };
    let (bytes, files) = (case.payload_files().sum::<u64>(), case.payload_files().count() as u64);
    if (bytes, files) == (info.payload_bytes, info.payload_files) {
        Finding::ok(format!("{bytes} bytes in {files} files, as declared"))
    } else {
        Finding::failed(format!(
            "{bytes} bytes in {files} files, but {} in {} are declared",
            info.payload_bytes, info.payload_files
        ))
    }
}

pub(crate) fn nothing_added(case: &Case<'_>) -> Finding {
    let (Ok(tagmanifest), Ok(manifest)) = (&case.tagmanifest, &case.manifest) else {
        return Finding::not_checked("a manifest cannot be read");
    };
    let outside = [TAGMANIFEST, SIGNATURE, TIMESTAMP, COUNTERSIGNATURE];
    let listed = |path: &str| {
        outside.contains(&path) || manifest.0.contains_key(path) || tagmanifest.0.contains_key(path)
    };
    let mut problems = Problems::default();
    for path in case.inventory.files.keys().filter(|path| !listed(path)) {
        problems.push(format!("{path} is in no manifest"));
    }
    for path in &case.inventory.hollow {
        problems.push(format!("{path}/ is an empty folder"));
    }
    Finding::unless(problems.into_vec(), "every file is listed", "something was added")
}

pub(crate) fn bagit(case: &Case<'_>) -> Finding {
    match case.inventory.tags.get(BAGIT) {
        Some(bytes) if bytes == BAGIT_TXT.as_bytes() => Finding::ok("BagIt 1.0, UTF-8"),
        Some(_) => Finding::failed("bagit.txt does not declare BagIt 1.0 in its exact words"),
        None => Finding::failed("bagit.txt is missing"),
    }
}
