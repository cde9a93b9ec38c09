//! Chains: only a whole, contiguous chain is extended.

use super::*;
use crate::model::Digest;

fn refused(place: &Path, slot: Slot) -> Vec<ChainProblem> {
    match Chain::open(place, slot, &trust(1)) {
        Err(PackError::Chain(problems)) => problems,
        other => panic!("opened: {other:?}"),
    }
}

#[test]
fn packs_follow_each_other() {
    let place = tempfile::tempdir().unwrap();
    for number in [8, 9, 10] {
        let sealed = build(place.path(), number);
        assert_eq!(sealed.sequence, number - 7);
        let verification = verify(&sealed.path, &trust(1), &expect(number));
        assert!(verification.passed(), "{:?}", verification.steps);
    }
    let chain = fs::read_to_string(place.path().join(folder(10)).join(CHAIN)).unwrap();
    let listed: Vec<_> = chain.lines().map(|line| &line[66..]).collect();
    assert_eq!(
        listed,
        [
            "../acme-sod-2026-08/tagmanifest-sha256.txt",
            "../acme-sod-2026-08/tagmanifest-sha256.txt.sig",
            "../acme-sod-2026-09/tagmanifest-sha256.txt",
            "../acme-sod-2026-09/tagmanifest-sha256.txt.sig",
        ]
    );
}

#[test]
fn periods_are_contiguous() {
    let place = tempfile::tempdir().unwrap();
    build(place.path(), 8);
    assert!(matches!(refused(place.path(), month(10))[..], [ChainProblem::PeriodGap { .. }]));
    assert!(matches!(refused(place.path(), month(8))[..], [ChainProblem::PeriodTaken { .. }]));
    assert!(matches!(refused(place.path(), month(7))[..], [ChainProblem::PeriodOverlap { .. }]));

    let explained = Slot { gap_reason: Some("production was\nshut down".into()), ..month(10) };
    let sealed = build_as(place.path(), &folder(10), explained, 1).unwrap();
    let info = fs::read_to_string(sealed.path.join(BAG_INFO)).unwrap();
    assert!(info.contains("\nPeriod-Gap: production was shut down\n"), "{info}");

    // A reason without a gap is not written
    let needless = Slot { gap_reason: Some("none".into()), ..month(11) };
    let sealed = build_as(place.path(), &folder(11), needless, 1).unwrap();
    assert!(!fs::read_to_string(sealed.path.join(BAG_INFO)).unwrap().contains("Period-Gap"));
}

#[test]
fn the_latest_signer_is_known_without_a_key() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(latest_signed(&place.path().join("none"), "acme").unwrap(), None);
    build(place.path(), 8);
    let sealed = build(place.path(), 9);
    let latest = latest_signed(place.path(), "acme").unwrap().unwrap();
    assert_eq!((latest.sequence, latest.folder), (2, folder(9)));
    assert_eq!(latest.fingerprint, sealed.fingerprint);
    assert_eq!(latest_signed(place.path(), "other").unwrap(), None);
}

#[test]
fn a_correction_names_what_it_corrects() {
    let place = tempfile::tempdir().unwrap();
    let first = build(place.path(), 8);
    build(place.path(), 9);
    let correct = |number, sha256| Slot {
        supersedes: Some(Supersedes { sha256, reason: "an export was cut off".into() }),
        ..month(number)
    };
    for (slot, word) in [
        (correct(8, Digest::of(b"unknown")), "no pack here"),
        (correct(9, first.tagmanifest_sha256), "covers 2026-08"),
    ] {
        let problems = refused(place.path(), slot);
        assert!(problems[0].to_string().contains(word), "{problems:?}");
    }
    let slot = correct(8, first.tagmanifest_sha256);
    let sealed = build_as(place.path(), "acme-sod-2026-08-2", slot.clone(), 1).unwrap();
    assert_eq!(sealed.sequence, 3);
    let info = fs::read_to_string(sealed.path.join(BAG_INFO)).unwrap();
    assert!(info.contains(&format!("Supersedes: {}\n", first.tagmanifest_sha256)));
    let again = refused(place.path(), slot);
    assert!(again[0].to_string().contains("did so already"), "{again:?}");
    // The next month still follows the latest period, not the latest pack
    assert_eq!(build(place.path(), 10).sequence, 4);
}

#[test]
fn every_broken_link_is_told_at_once() {
    let place = tempfile::tempdir().unwrap();
    for number in [6, 7, 8] {
        build(place.path(), number);
    }
    put(&place.path().join(folder(6)).join("data/report.html"), b"doctored");
    fs::remove_file(place.path().join(folder(8)).join(SIGNATURE)).unwrap();
    let problems = refused(place.path(), month(9));
    let broken: Vec<_> = problems
        .iter()
        .filter_map(|p| match p {
            ChainProblem::Broken { folder, .. } => Some(folder.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(broken, [folder(6), folder(8)], "{problems:?}");
}

#[test]
fn a_removed_month_is_missed() {
    let place = tempfile::tempdir().unwrap();
    for number in [6, 7, 8] {
        build(place.path(), number);
    }
    fs::remove_dir_all(place.path().join(folder(7))).unwrap();
    let problems = refused(place.path(), month(9));
    assert!(
        problems.iter().any(
            |p| matches!(p, ChainProblem::Broken { folder, .. } if *folder == super::folder(8))
        ),
        "{problems:?}"
    );
    // The last one gone shows as a gap in time
    fs::remove_dir_all(place.path().join(folder(8))).unwrap();
    assert!(matches!(refused(place.path(), month(9))[..], [ChainProblem::PeriodGap { .. }]));
}

#[test]
fn copies_links_and_lone_archives_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 8);
    sealed.archive().unwrap();
    assert_eq!(Chain::open(place.path(), month(9), &trust(1)).unwrap().earlier(), 1);

    let copy = place.path().join("copy");
    fs::create_dir_all(copy.join("data/tables")).unwrap();
    for (name, bytes) in contents(&sealed.path) {
        put(&copy.join(name), &bytes);
    }
    assert!(matches!(
        &refused(place.path(), month(9))[..],
        [ChainProblem::Twice { sequence: 1, .. }]
    ));
    fs::remove_dir_all(&copy).unwrap();

    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join(folder(8));
    fs::rename(&sealed.path, &moved).unwrap();
    let problems = refused(place.path(), month(9));
    assert!(matches!(&problems[..], [ChainProblem::ArchiveOnly(_)]), "{problems:?}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&moved, &sealed.path).unwrap();
        let problems = refused(place.path(), month(9));
        assert!(matches!(&problems[..], [ChainProblem::Linked(_)]), "{problems:?}");
    }
}

#[test]
fn a_pack_without_its_bag_info_does_not_slip_out() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 8);
    fs::remove_file(sealed.path.join(BAG_INFO)).unwrap();
    assert!(matches!(&refused(place.path(), month(9))[..], [ChainProblem::Broken { .. }]));
}

#[test]
fn other_folders_and_other_chains_do_not_matter() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("notes")).unwrap();
    fs::create_dir(place.path().join(".acme-sod-2026-07-x.partial")).unwrap();
    put(&place.path().join("x.zip"), b"PK\x03\x04 something else");
    let other = Slot { slug: "acme-labs".into(), ..month(3) };
    build_as(place.path(), "acme-labs-sod-2026-03", other, 7).unwrap();
    assert_eq!(Chain::open(place.path(), month(9), &trust(1)).unwrap().next_sequence(), 1);
    assert_eq!(Chain::open(&place.path().join("none"), month(9), &trust(1)).unwrap().earlier(), 0);
}

#[test]
fn a_pack_signed_by_a_stranger_is_not_followed() {
    let place = tempfile::tempdir().unwrap();
    build_as(place.path(), &folder(8), month(8), 66).unwrap();
    let problems = refused(place.path(), month(9));
    assert!(problems[0].to_string().contains("no allowed signer"), "{problems:?}");
}

#[test]
fn a_key_may_be_rotated() {
    let place = tempfile::tempdir().unwrap();
    build(place.path(), 8);
    let line = |seed: u8, options: &str| {
        let key = key(seed).public_key().to_openssh().unwrap();
        format!("{WHO} namespaces=\"{NAMESPACE}\",{options} {key}\n")
    };
    // The old key ended after the first pack, the new one begins there
    let lines = line(1, "valid-before=\"20261231Z\"") + &line(2, "valid-after=\"20260101Z\"");
    let both = AllowedSigners::parse(lines.as_bytes(), "as").unwrap();
    let chain = Chain::open(place.path(), month(9), &both).unwrap();
    let builder = Builder::create(place.path(), &folder(9)).unwrap();
    builder.add("data/x", b"x").unwrap();
    let sealed = builder.seal(&plan(), &chain, &signer(2)).unwrap();
    assert!(verify(&sealed.path, &both, &expect(9)).passed());

    let ended = line(1, "valid-before=\"20260101Z\"") + &line(2, "valid-after=\"20260101Z\"");
    let ended = AllowedSigners::parse(ended.as_bytes(), "as").unwrap();
    assert!(Chain::open(place.path(), month(10), &ended).is_err());
}
