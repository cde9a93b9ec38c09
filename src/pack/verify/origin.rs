//! Checks of where a pack comes from: who signed it, for which period, after which packs, when.

use ssh_key::HashAlg;

use crate::pack::{
    COUNTERSIGNATURE, SIGNATURE, TAGMANIFEST, TIMESTAMP,
    bag::manifest::Problems,
    chain::shelf::Sibling,
    sign,
    verify::case::{Case, Finding},
};

pub(crate) fn signature(case: &Case<'_>) -> Finding {
    let key = match &case.key {
        Ok(key) => key,
        Err(fault) => return Finding::failed(format!("the signature is not good: {fault}")),
    };
    let claimed = case.info.as_ref().ok().map(|info| info.signer_identity.as_str());
    let Some(identity) = case.expect.identity.as_deref().or(claimed) else {
        return Finding::failed("bag-info.txt cannot be read, so nobody is known to have signed");
    };
    let Some((at, source)) = case.signed_at() else {
        return Finding::failed("bag-info.txt cannot be read, so the time of signing is unknown");
    };
    match case.trust.permit(key, identity, at) {
        Ok(place) => Finding::ok(format!(
            "good, by {identity} with {} ({place}), for {}, allowed at {at} ({source})",
            key.fingerprint(HashAlg::Sha256),
            sign::NAMESPACE,
        )),
        Err(reasons) => Finding {
            problems: reasons,
            ..Finding::failed(format!(
                "made by nobody who may sign as {identity} at {at} ({source})"
            ))
        },
    }
}

pub(crate) fn bag_info(case: &Case<'_>) -> Finding {
    match &case.info {
        Ok(info) => Finding::ok(format!(
            "{}, pack {} of {}, as of {}",
            info.organisation, info.sequence, info.slug, info.as_of
        )),
        Err(problems) => Finding::unless(problems.clone(), "", "cannot be understood"),
    }
}

pub(crate) fn signer(case: &Case<'_>) -> Finding {
    let (Ok(info), Ok(key)) = (&case.info, &case.key) else {
        return Finding::not_checked("bag-info.txt or the signature cannot be read");
    };
    let print = key.fingerprint(HashAlg::Sha256).to_string();
    let mut problems = Vec::new();
    if info.signer_fingerprint != print {
        problems.push(format!(
            "the pack names the key {}, but {print} signed",
            info.signer_fingerprint
        ));
    }
    if let Some(expected) = case.expect.identity.as_ref().filter(|e| **e != info.signer_identity) {
        problems
            .push(format!("the pack names {}, but {expected} was expected", info.signer_identity));
    }
    let good = format!("{} with {print}, as the pack says", info.signer_identity);
    Finding::unless(problems, good, "not the signer the pack names")
}

pub(crate) fn period(case: &Case<'_>) -> Finding {
    let Ok(info) = &case.info else {
        return Finding::not_checked("bag-info.txt cannot be read");
    };
    let period = &info.period;
    let span = format!("{}, from {} until {}", period.label, period.from, period.until);
    match &case.expect.period {
        Some(expected) if *expected == period.label => Finding::ok(span),
        Some(expected) => Finding::failed(format!("{span}; {expected} was expected")),
        None => Finding::not_checked(format!(
            "{span}; say which period you expect, or an old pack can pass for a new one"
        )),
    }
}

pub(crate) fn sequence(case: &Case<'_>) -> Finding {
    let (Ok(info), Ok(chain)) = (&case.info, &case.chain) else {
        let problems = case.chain.as_ref().err().cloned().unwrap_or_default();
        return Finding::unless(problems, "", "the chain cannot be read").or_not_checked();
    };
    let mut problems = Vec::new();
    if info.sequence as usize != chain.len() + 1 {
        problems.push(format!("pack {} lists {} earlier packs", info.sequence, chain.len()));
    }
    if info.previous != chain.last().map(|link| link.tagmanifest) {
        problems.push("Previous-Pack-SHA256 is not the last pack listed".to_owned());
    }
    if chain.iter().any(|link| link.folder == case.inventory.folder) {
        problems.push("the pack lists itself among the earlier ones".to_owned());
    }
    if let Some(old) = &info.supersedes
        && !chain.iter().any(|link| link.tagmanifest == old.sha256)
    {
        problems.push("it supersedes a pack that is not in its chain".to_owned());
    }
    let good = format!("pack {}, after {} earlier", info.sequence, chain.len());
    Finding::unless(problems, good, "its place in the chain is not consistent")
}

pub(crate) fn earlier(case: &Case<'_>) -> Finding {
    let Ok(chain) = &case.chain else {
        return Finding::not_checked("chain-sha256.txt cannot be read");
    };
    if chain.is_empty() {
        return Finding::ok("this is the first pack");
    }
    let (mut problems, mut absent) = (Problems::default(), Vec::new());
    for link in chain {
        match (case.look)(&link.folder) {
            Sibling::Absent => absent.push(link.folder.as_str()),
            Sibling::Unreadable(fault) => problems.push(format!("{}: {fault}", link.folder)),
            Sibling::Found(files) => {
                for (file, digest) in link.files() {
                    match files.get(file) {
                        Some(found) if *found == digest => {}
                        Some(_) => problems.push(format!("{}/{file} was changed", link.folder)),
                        None => problems.push(format!("{}/{file} is missing", link.folder)),
                    }
                }
            }
        }
    }
    let missing = format!(
        "not beside this pack: {} of {} earlier ones ({})",
        absent.len(),
        chain.len(),
        absent.join(", ")
    );
    if case.expect.earlier && !absent.is_empty() {
        problems.push(missing.clone());
    }
    let problems = problems.into_vec();
    if problems.is_empty() && !absent.is_empty() {
        return Finding::not_checked(missing);
    }
    let good = format!("all as this one lists them: {}", chain.len());
    Finding::unless(problems, good, "not the packs this one was signed after")
}

pub(crate) fn time_stamp(case: &Case<'_>) -> Finding {
    let stamp = match &case.stamp {
        None => {
            return Finding::not_checked(
                "there is none: only the signer's word says when this was signed",
            );
        }
        Some(Err(fault)) => return Finding::failed(fault.clone()),
        Some(Ok(stamp)) => stamp,
    };
    let end = case.info.as_ref().ok().and_then(|info| info.period.ends().ok());
    let after = end.map_or_else(String::new, |(_, until)| {
        format!(", {} days after the period's end", (stamp.time - until.to_utc()).num_days())
    });
    Finding::not_checked(format!(
        "it is for this signature and claims {}{after}; whether an authority gave it, check with: \
         openssl ts -verify -attime {} -data {SIGNATURE} -in {TIMESTAMP} -CAfile tsa-ca.pem",
        stamp.time,
        stamp.time.timestamp(),
    ))
}

pub(crate) fn countersignature(case: &Case<'_>) -> Finding {
    let Some(armour) = case.inventory.tags.get(COUNTERSIGNATURE) else {
        return Finding::not_checked("there is none");
    };
    let message = case.inventory.tags.get(TAGMANIFEST).map(Vec::as_slice).unwrap_or_default();
    let key = match sign::verify(armour, message) {
        Ok(key) => key,
        Err(fault) => return Finding::failed(format!("the countersignature is not good: {fault}")),
    };
    let print = key.fingerprint(HashAlg::Sha256);
    if case.key.as_ref().is_ok_and(|signer| *signer == key) {
        return Finding::failed(format!(
            "made with the signer's own key {print}: no second person"
        ));
    }
    let at = case.signed_at().map(|(at, _)| at);
    if let (Ok(info), Some(at)) = (&case.info, at)
        && case.trust.permit(&key, &info.signer_identity, at).is_ok()
    {
        let signer = &info.signer_identity;
        return Finding::failed(format!("{print} may sign as {signer} too: no second person"));
    }
    match at.map(|at| case.trust.principals_of(&key, at)).as_deref() {
        Some([first, ..]) => Finding::ok(format!("good, by {first} with {print}")),
        _ => Finding::not_checked(format!("the key {print} belongs to no allowed signer")),
    }
}
