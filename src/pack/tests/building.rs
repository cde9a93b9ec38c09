//! Building: the same bytes twice, nothing half, nothing overwritten.

use std::io::Write;

use super::*;
use crate::model::Digest;

fn opened(place: &Path) -> Chain {
    Chain::open(place, month(10), &trust(1)).unwrap()
}

fn names(place: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(place)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_archive() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (a, b) = (build(one.path(), 10), build(two.path(), 10));
    assert_eq!(contents(&a.path), contents(&b.path));
    let (a, b) = (a.archive().unwrap(), b.archive().unwrap());
    assert_eq!(fs::read(&a.path).unwrap(), fs::read(&b.path).unwrap());
    assert_eq!(a.sha256, Digest::of(&fs::read(&b.path).unwrap()));
}

#[test]
fn a_new_pack_verifies_as_folder_and_as_archive() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let archive = sealed.archive().unwrap();
    for target in [&sealed.path, &archive.path] {
        let verification = verify(target, &trust(1), &expect(10));
        assert!(verification.passed(), "{:?}", verification.steps);
        assert_eq!(verification.tagmanifest_sha256, Some(sealed.tagmanifest_sha256));
        let left: Vec<_> = verification.unchecked().map(|step| step.check).collect();
        assert_eq!(left, [Check::Timestamp, Check::Countersignature]);
    }
    assert!(sealed.reproducible);
    assert_eq!((sealed.sequence, sealed.files), (1, 2));
    assert!(matches!(sealed.archive(), Err(PackError::ArchiveTaken(_))));
    assert_eq!(names(place.path()), [folder(10), format!("{}.zip", folder(10))]);
}

#[test]
fn an_unsealed_pack_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let builder = Builder::create(place.path(), "p").unwrap();
    builder.add("data/a", b"x").unwrap();
    assert_eq!(names(place.path()).len(), 1, "the hidden folder");
    drop(builder);
    assert!(names(place.path()).is_empty());
}

#[test]
fn a_failed_seal_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let chain = opened(place.path());
    let builder = Builder::create(place.path(), "p").unwrap();
    builder.add("data/a", b"x").unwrap();
    let bad = Plan { as_of: "now".into(), signer_identity: "$(id)".into(), ..plan() };
    let Err(PackError::Plan(faults)) = builder.seal(&bad, &chain, &signer(1)) else {
        panic!("sealed a plan that is not usable");
    };
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(names(place.path()).is_empty());
}

#[test]
fn a_pack_is_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let chain = opened(place.path());
    let builder = Builder::create(place.path(), "p").unwrap();
    builder.add("data/a", b"x").unwrap();
    // Somebody takes the name after the build began
    fs::create_dir(place.path().join("p")).unwrap();
    assert!(matches!(builder.seal(&plan(), &chain, &signer(1)), Err(PackError::Exists(_))));
    // A folder that is no pack is told as such.
    assert!(matches!(Builder::create(place.path(), "p"), Err(PackError::Taken(_))));
    put(&place.path().join("p").join(TAGMANIFEST), b"");
    assert!(matches!(Builder::create(place.path(), "p"), Err(PackError::Exists(_))));
    assert_eq!(names(place.path()), ["p"]);
}

#[test]
fn a_pack_built_meanwhile_stops_this_one() {
    let place = tempfile::tempdir().unwrap();
    let chain = opened(place.path());
    let builder = Builder::create(place.path(), "mine").unwrap();
    builder.add("data/a", b"x").unwrap();
    build(place.path(), 10);
    let refused = builder.seal(&plan(), &chain, &signer(1)).unwrap_err();
    assert!(refused.to_string().contains("changed while"), "{refused}");
}

#[test]
fn unfinished_missing_and_misplaced_members_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let chain = opened(place.path());
    let builder = Builder::create(place.path(), "p").unwrap();
    let mut member = builder.file("data/a").unwrap();
    member.write_all(b"half").unwrap();
    drop(member);
    let refused = builder.seal(&plan(), &chain, &signer(1)).unwrap_err();
    assert!(matches!(refused, PackError::Unfinished(names) if names == ["data/a"]));

    let builder = Builder::create(place.path(), "p").unwrap();
    assert!(matches!(builder.add("bagit.txt", b""), Err(PackError::NotPayload(_))));
    assert!(matches!(builder.add("data/../x", b""), Err(PackError::Name { .. })));
    builder.add("data/x", b"").unwrap();
    assert!(matches!(builder.add("data/X", b""), Err(PackError::Name { .. })));
    drop(builder);

    let builder = Builder::create(place.path(), "p").unwrap();
    assert!(matches!(builder.seal(&plan(), &chain, &signer(1)), Err(PackError::Empty)));
    assert!(matches!(Builder::create(place.path(), "../p"), Err(PackError::Name { .. })));
}

#[test]
fn members_are_written_from_several_threads() {
    let place = tempfile::tempdir().unwrap();
    let chain = opened(place.path());
    let builder = Builder::create(place.path(), "p").unwrap();
    std::thread::scope(|scope| {
        for n in 0..4 {
            let builder = &builder;
            scope.spawn(move || builder.add(&format!("data/{n}.csv"), &[n; 1000]).unwrap());
        }
    });
    let sealed = builder.seal(&plan(), &chain, &signer(1)).unwrap();
    assert_eq!((sealed.files, sealed.bytes), (4, 4000));
}

#[test]
fn an_archive_of_a_spoiled_folder_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    put(&sealed.path.join("data/a b"), b"");
    assert!(matches!(archive(&sealed.path, false), Err(PackError::Unfit { .. })));
    assert_eq!(names(place.path()), [folder(10)]);
}

#[test]
fn a_time_stamp_is_taken_only_for_this_signature() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let archive_before = sealed.archive().unwrap();
    let signature = fs::read(sealed.path.join(SIGNATURE)).unwrap();
    let stamp = timestamp::tests::reply_for(&signature, "20261102100000Z");
    let other = timestamp::tests::reply_for(b"other", "20261102100000Z");
    assert!(attach_timestamp(&sealed.path, &other).is_err());
    attach_timestamp(&sealed.path, &stamp).unwrap();
    assert!(matches!(attach_timestamp(&sealed.path, &stamp), Err(PackError::Exists(_))));
    let verification = verify(&sealed.path, &trust(1), &expect(10));
    assert!(verification.passed(), "{:?}", verification.steps);
    let said = verification.unchecked().find(|step| step.check == Check::Timestamp).unwrap();
    assert!(said.detail.contains("-attime 1793613600 "), "{}", said.detail);
    let replaced = archive(&sealed.path, true).unwrap();
    assert_ne!(replaced.sha256, archive_before.sha256);

    put(&sealed.path.join(TIMESTAMP), &other);
    let verification = verify(&sealed.path, &trust(1), &expect(10));
    assert_eq!(failed(&verification), [Check::Timestamp]);
}
