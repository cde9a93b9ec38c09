//! What people write: sound, or refused with problems that have a cure.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sodpack::policy::{Collection, Config, Justifications, Policy, Principals, Problems};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let mut problems = Problems::default();
    let Some(text) = sodpack::policy::utf8("f", rest, &mut problems) else { return };
    let zone = chrono_tz::Europe::Berlin;
    let sound = match choice % 5 {
        0 => Config::read("f", text, &mut problems).is_some(),
        1 => {
            let policy = Policy::read("f", text, &mut problems);
            if let Some(policy) = &policy {
                let again = Policy::read("f", &policy.to_toml(), &mut Problems::default());
                assert!(again.is_some(), "the policy in force is a policy");
            }
            policy.is_some()
        }
        2 => Principals::read("f", text, zone, None, &mut problems).is_some(),
        3 => Justifications::read("f", text, zone, &mut problems).is_some(),
        _ => Collection::read("f", text, zone, &mut problems).is_some(),
    };
    assert_eq!(sound, problems.0.is_empty());
    assert!(problems.0.iter().all(|problem| !problem.fault.is_empty() && !problem.cure.is_empty()));
});
