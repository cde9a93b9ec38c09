//! What an attacker may do to a pack, and that each is refused.

use super::{
    bag::manifest::Manifest,
    chain::shelf::{self, Sibling},
    inventory::Inventory,
    verify::examine,
    *,
};
use crate::model::Digest;

type Files = BTreeMap<String, Vec<u8>>;

/// Two months in a folder: the second is attacked.
fn two_months() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    build(place.path(), 9);
    let path = build(place.path(), 10).path;
    (place, path)
}

fn judge(path: &Path) -> Verification {
    verify(path, &trust(1), &expect(10))
}

/// Recomputes all that needs no key, as an attacker would.
fn remanifest(path: &Path) {
    let files = contents(path);
    let hash = |keep: &dyn Fn(&str) -> bool, files: &Files| {
        let kept = files.iter().filter(|(name, _)| keep(name));
        Manifest(kept.map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect()).to_text()
    };
    put(&path.join(MANIFEST), hash(&|n| n.starts_with("data/"), &files).as_bytes());
    let files = contents(path);
    put(&path.join(TAGMANIFEST), hash(&|n| TAG_FILES.contains(&n), &files).as_bytes());
}

#[test]
fn every_changed_byte_of_every_file_is_refused() {
    let (place, path) = two_months();
    let files = contents(&path);
    let look = |folder: &str| shelf::look(place.path(), folder);
    let passes = |files: &Files| {
        let inventory = Inventory::of_bytes(&folder(10), files);
        examine(&inventory, &trust(1), &expect(10), &look).passed()
    };
    assert!(passes(&files));
    for (name, bytes) in &files {
        for at in 0..bytes.len() {
            // The lowest bit, and the one that turns upper into lower case and a line end into `*`
            for mask in [0x01, 0x20] {
                let mut changed = files.clone();
                changed.get_mut(name).unwrap()[at] ^= mask;
                assert!(!passes(&changed), "{name} byte {at} ^ {mask:#x}");
            }
        }
        let mut without = files.clone();
        without.remove(name);
        assert!(!passes(&without), "without {name}");
        let mut longer = files.clone();
        longer.get_mut(name).unwrap().push(b'\n');
        assert!(!passes(&longer), "{name} with a line end added");
        if !bytes.is_empty() {
            let mut shorter = files.clone();
            shorter.get_mut(name).unwrap().pop();
            assert!(!passes(&shorter), "{name} cut by a byte");
        }
    }
}

#[test]
fn added_files_and_folders_are_refused_wherever_they_are() {
    for name in
        ["READ-ME-FIRST.html", "data/extra.csv", "data/tables/extra.csv", "keys/allowed_signers"]
    {
        let (_place, path) = two_months();
        fs::create_dir_all(path.join("keys")).unwrap();
        put(&path.join(name), b"x");
        assert!(failed(&judge(&path)).contains(&Check::NothingAdded), "{name}");
    }
    let (_place, path) = two_months();
    fs::create_dir_all(path.join("data/a/b")).unwrap();
    assert_eq!(failed(&judge(&path)), [Check::NothingAdded], "an empty folder");
}

#[test]
fn only_the_two_late_files_may_come_later() {
    for (name, ok) in [
        ("tagmanifest-sha256.txt.sig.tsr", true),
        ("tagmanifest-sha256.txt.reviewer.sig", true),
        ("tagmanifest-sha256.txt.sig.TSR", false),
        ("tagmanifest-sha256.txt.reviewer2.sig", false),
        ("data/tagmanifest-sha256.txt.sig.tsr", false),
    ] {
        let (_place, path) = two_months();
        put(&path.join(name), b"x");
        assert_eq!(!failed(&judge(&path)).contains(&Check::NothingAdded), ok, "{name}");
        assert!(!judge(&path).passed(), "{name} is no time stamp and no signature");
    }
}

#[test]
fn removed_renamed_and_linked_files_are_refused() {
    let (_place, path) = two_months();
    let report = path.join("data/report.html");
    fs::rename(&report, path.join("data/report2.html")).unwrap();
    let found = failed(&judge(&path));
    assert_eq!(found, [Check::Payload, Check::NothingAdded]);
    #[cfg(unix)]
    {
        // The link leads to the very same content
        std::os::unix::fs::symlink("report2.html", &report).unwrap();
        assert!(failed(&judge(&path)).contains(&Check::Form));
        fs::remove_file(&report).unwrap();
        fs::rename(path.join("data/report2.html"), &report).unwrap();
        fs::rename(path.join("data"), path.with_file_name("moved")).unwrap();
        std::os::unix::fs::symlink("../moved", path.join("data")).unwrap();
        assert!(failed(&judge(&path)).contains(&Check::Form), "a linked folder");
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_sockets_do_not_hang_the_verifier() {
    let (_place, path) = two_months();
    let _socket = std::os::unix::net::UnixListener::bind(path.join("data/socket")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(path.join("data/pipe")).status().unwrap();
    assert!(made.success());
    let verification = judge(&path);
    let form = verification.failures().find(|step| step.check == Check::Form).unwrap();
    assert_eq!(form.problems.len(), 2, "{form:?}");
}

#[test]
fn a_doctored_pack_with_new_manifests_lacks_the_signature() {
    let (_place, path) = two_months();
    put(&path.join("data/report.html"), b"all is well");
    remanifest(&path);
    let found = failed(&judge(&path));
    assert!(found.contains(&Check::Signature), "{found:?}");
    assert!(!found.contains(&Check::Payload), "the manifests are consistent");
}

#[test]
fn a_strangers_signature_is_refused() {
    let (_place, path) = two_months();
    let message = fs::read(path.join(TAGMANIFEST)).unwrap();
    put(&path.join(SIGNATURE), signer(66).sign(&message).unwrap().as_bytes());
    assert_eq!(failed(&judge(&path)), [Check::Signature, Check::Signer]);
    // With the stranger's own allowed_signers it is still not the signer the pack names
    assert_eq!(failed(&verify(&path, &trust(66), &expect(10))), [Check::Signer]);
}

#[test]
fn another_packs_signature_is_refused() {
    let (place, path) = two_months();
    let other = fs::read(place.path().join(folder(9)).join(SIGNATURE)).unwrap();
    put(&path.join(SIGNATURE), &other);
    assert!(failed(&judge(&path)).contains(&Check::Signature));
}

#[test]
fn an_older_pack_does_not_pass_for_a_newer() {
    let (place, path) = two_months();
    let old = place.path().join(folder(9));
    assert_eq!(failed(&judge(&old)), [Check::Period]);
    fs::remove_dir_all(&path).unwrap();
    fs::rename(&old, &path).unwrap();
    assert_eq!(failed(&judge(&path)), [Check::Period], "not even under the newer one's name");
    let careless = verify(&path, &trust(1), &Expect::default());
    assert!(careless.unchecked().any(|step| step.check == Check::Period), "never ok by default");
}

#[test]
fn converted_line_ends_are_refused() {
    for name in [TAGMANIFEST, SIGNATURE, MANIFEST, BAGIT, BAG_INFO, CHAIN, INSTRUCTIONS] {
        let (_place, path) = two_months();
        let text = fs::read_to_string(path.join(name)).unwrap();
        put(&path.join(name), text.replace('\n', "\r\n").as_bytes());
        assert!(!judge(&path).passed(), "{name}");
    }
}

#[test]
fn earlier_packs_cannot_be_removed_replaced_or_hidden() {
    let (place, path) = two_months();
    let earlier = place.path().join(folder(9));
    let report = earlier.join(TAGMANIFEST);
    let original = fs::read(&report).unwrap();
    put(&report, b"other");
    assert_eq!(failed(&judge(&path)), [Check::Earlier]);
    fs::remove_file(&report).unwrap();
    assert_eq!(failed(&judge(&path)), [Check::Earlier]);
    put(&report, &original);
    assert!(judge(&path).passed());

    // Replaced by a pack that the real key signed anew
    fs::remove_dir_all(&earlier).unwrap();
    let aside = tempfile::tempdir().unwrap();
    let again = build_as(aside.path(), "other-content", month(9), 1).unwrap();
    fs::rename(again.path, &earlier).unwrap();
    assert_eq!(failed(&judge(&path)), [Check::Earlier]);

    fs::remove_dir_all(&earlier).unwrap();
    assert_eq!(failed(&judge(&path)), [Check::Earlier], "required and absent");
    let lenient = verify(&path, &trust(1), &Expect { earlier: false, ..expect(10) });
    assert!(lenient.passed() && lenient.unchecked().any(|step| step.check == Check::Earlier));
}

#[test]
fn earlier_packs_may_lie_there_as_archives() {
    let (place, path) = two_months();
    let earlier = place.path().join(folder(9));
    let zip = archive(&earlier, false).unwrap();
    fs::remove_dir_all(&earlier).unwrap();
    assert!(judge(&path).passed());
    let mut bytes = fs::read(&zip.path).unwrap();
    bytes.push(0);
    put(&zip.path, &bytes);
    assert_eq!(failed(&judge(&path)), [Check::Earlier]);
}

#[test]
fn a_shortened_chain_is_refused_even_when_signed() {
    let (place, path) = two_months();
    put(&path.join(CHAIN), b"");
    remanifest(&path);
    let message = fs::read(path.join(TAGMANIFEST)).unwrap();
    put(&path.join(SIGNATURE), signer(1).sign(&message).unwrap().as_bytes());
    assert_eq!(failed(&judge(&path)), [Check::Sequence]);
    drop(place);
}

#[test]
fn a_signed_pack_that_contradicts_its_own_chain_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let first = build(place.path(), 8).tagmanifest_sha256.to_string();
    build(place.path(), 9);
    let path = build(place.path(), 10).path;
    let info = fs::read_to_string(path.join(BAG_INFO)).unwrap();
    let previous = info.lines().find_map(|l| l.strip_prefix("Previous-Pack-SHA256: ")).unwrap();
    let unknown = Digest::of(b"unknown").to_string();
    for edited in [
        info.replace(previous, &first),
        info.replace(
            &format!("Inputs-SHA256: {}\n", plan().inputs),
            &format!(
                "Inputs-SHA256: {}\nSupersedes: {unknown}\nSupersedes-Reason: none\n",
                plan().inputs
            ),
        ),
    ] {
        assert_ne!(edited, info);
        put(&path.join(BAG_INFO), edited.as_bytes());
        remanifest(&path);
        let message = fs::read(path.join(TAGMANIFEST)).unwrap();
        put(&path.join(SIGNATURE), signer(1).sign(&message).unwrap().as_bytes());
        assert_eq!(failed(&judge(&path)), [Check::Sequence]);
    }
}

#[test]
fn a_countersignature_is_a_second_persons() {
    let lines = |second: &str| {
        let line = |who: &str, seed: u8| {
            format!("{who} {}\n", key(seed).public_key().to_openssh().unwrap())
        };
        AllowedSigners::parse((line(WHO, 1) + &line(second, 2)).as_bytes(), "as").unwrap()
    };
    let (_place, path) = two_months();
    let message = fs::read(path.join(TAGMANIFEST)).unwrap();
    for (seed, second, outcome) in [
        (2, "reviewer@acme.example", Outcome::Ok),
        (3, "reviewer@acme.example", Outcome::NotChecked),
        (1, "reviewer@acme.example", Outcome::Failed),
        (2, WHO, Outcome::Failed),
    ] {
        put(&path.join(COUNTERSIGNATURE), signer(seed).sign(&message).unwrap().as_bytes());
        let verification = verify(&path, &lines(second), &expect(10));
        let step = verification.steps.last().unwrap();
        assert_eq!((step.check, step.outcome), (Check::Countersignature, outcome), "{step:?}");
        assert_eq!(verification.passed(), outcome != Outcome::Failed);
    }
}

#[test]
fn details_are_fit_for_a_terminal() {
    let (_place, path) = two_months();
    put(&path.join(BAG_INFO), b"Source-Organization: \x1b[2J\x1b]0;owned\x07\n");
    let shown = format!("{:?}", judge(&path).steps);
    assert!(!shown.contains("u{1b}") && !shown.contains("u{7}"), "{shown}");
}

#[test]
fn nothing_passes_when_there_is_nothing() {
    let empty = Inventory::default();
    let verification = examine(&empty, &trust(1), &Expect::default(), &|_| Sibling::Absent);
    assert!(!verification.passed());
    assert_eq!(verification.steps.len(), 14);
    let nowhere = verify(Path::new("/nonexistent/pack"), &trust(1), &Expect::default());
    assert!(!nowhere.passed() && failed(&nowhere).contains(&Check::Form));
}

#[test]
fn every_changed_byte_and_every_cut_of_an_archive_is_refused() {
    let (place, path) = two_months();
    let bytes = fs::read(archive(&path, false).unwrap().path).unwrap();
    let look = |folder: &str| shelf::look(place.path(), folder);
    let passes = |bytes: &[u8]| {
        let inventory = Inventory::of_archive(bytes);
        inventory.problems.is_empty() && examine(&inventory, &trust(1), &expect(10), &look).passed()
    };
    assert!(passes(&bytes));
    for at in 0..bytes.len() {
        assert!(!passes(&bytes[..at]), "cut at {at}");
        let mut changed = bytes.clone();
        changed[at] ^= 0x01;
        assert!(!passes(&changed), "byte {at}");
    }
}

#[test]
fn archives_of_other_tools_are_refused() {
    let (place, path) = two_months();
    // Info-ZIP sets times and extra fields, and compresses what gets smaller
    for options in [&["-r", "-0"][..], &["-r", "-9"], &["-r", "-0", "-X", "-D"]] {
        let name = "again.zip";
        let _ = fs::remove_file(place.path().join(name));
        let zipped = std::process::Command::new("zip")
            .current_dir(place.path())
            .args(options)
            .args(["-q", name])
            .arg(path.file_name().unwrap())
            .status()
            .unwrap();
        assert!(zipped.success());
        let verification = judge(&place.path().join(name));
        assert!(failed(&verification).contains(&Check::Form), "{options:?}");
    }
}
