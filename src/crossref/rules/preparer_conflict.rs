use super::super::{Context, Exception, Finding, Preparer, Test, Who, rule};
use crate::policy::Justification;

rule! {
    /// ## What it tests
    /// Everybody who made exports, as `exported-by` of the sources says: that they are none of
    /// the persons of an exception in this pack, whatever its severity, answer for none, and neither
    /// wrote nor approved a justification that answers one. Where a person of an exception resolves
    /// to nobody, it may be them.
    ///
    /// ## Why it matters
    /// Whoever takes the evidence out of the systems could leave something out. They should have
    /// nothing to hide in it.
    ///
    /// ## What it cannot see
    /// Who made the exports in truth: it is what people say. Who ran the program that makes the pack.
    pub(super) static PREPARER_CONFLICT = "preparer-conflict" {
        summary: "somebody who made exports is a party to what they show",
        class: Process,
        severity: Low,
        criteria: ["CC2.1", "CC4.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Preparer(test),
    }
}

fn test(cx: &Context<'_>, preparer: &Preparer<'_>, exceptions: &[Exception]) -> Finding {
    let Some(principal) = preparer.principal else {
        let name = preparer.name;
        return Finding::indeterminate(format!("{name}, who made exports, is not in the registry"));
    };
    let root = cx.identities.root(principal);
    let is_own = |who: &Who| match who {
        Who::Principal(party) => cx.identities.root(*party) == root,
        Who::Account(_) => false,
    };
    let party: Vec<_> = exceptions.iter().filter(|e| e.persons.iter().any(is_own)).collect();
    let id = &cx.principal(principal).id;
    let wrote = answered(cx, exceptions, |answer| answer.author == *id);
    let approved = answered(cx, exceptions, |answer| answer.approver == *id);
    let name = &cx.principal(principal).name;
    let mut told = Vec::new();
    if !party.is_empty() {
        let ids: Vec<_> = party.iter().map(|e| e.id.as_str()).collect();
        told.push(format!("is a party to {}", ids.join(", ")));
    }
    if !wrote.is_empty() {
        told.push(format!("wrote a justification of {}", wrote.join(", ")));
    }
    if !approved.is_empty() {
        told.push(format!("approved a justification of {}", approved.join(", ")));
    }
    let evidence = party.iter().filter_map(|e| e.evidence.first()).map(|e| e.origin);
    let nobody_known = |who: &&Who| matches!(who, Who::Account(_));
    // What else somebody did whom nobody knows is not known either, so any exception will do.
    let mut strangers = exceptions.iter().flat_map(|e| e.persons.iter().map(move |who| (e, who)));
    if told.is_empty()
        && let Some((exception, who)) = strangers.find(|(_, who)| nobody_known(who))
    {
        let told = format!(
            "{} is a party to {} and resolves to nobody: it may be {name}, who made exports",
            cx.who_name(*who),
            exception.id
        );
        let origin = exception.evidence.first().map(|e| e.origin);
        return Finding::indeterminate(told).with_all("what they are a party to", origin);
    }
    if told.is_empty() {
        return Finding::pass(format!("{name} made exports and is a party to nothing in them"));
    }
    let told = format!("{name} made exports and {}", told.join("; they "));
    Finding::violation(told, vec![Who::Principal(principal)])
        .with_all("what they are a party to", evidence.take(5))
}

/// The exceptions of which somebody wrote or approved a justification, as `by` tells, by id.
fn answered<'e>(
    cx: &Context<'_>,
    exceptions: &'e [Exception],
    by: impl Fn(&Justification) -> bool,
) -> Vec<&'e str> {
    let answers = |e: &Exception| {
        let mut all = e.answers.iter().filter_map(|a| cx.justifications.all.get(a.index));
        all.any(&by)
    };
    exceptions.iter().filter(|e| answers(e)).map(|e| e.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    fn verdict(preparer: Option<&str>, prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.export.by = preparer.map(str::to_owned);
        scene.change(1, "bot", "cat", 9.0);
        prepare(&mut scene);
        scene.verdicts("preparer-conflict")[0].1
    }

    #[test]
    fn parties() {
        let approved = |s: &mut Scene| s.approve(1, "ann", 8.8);
        assert_eq!(verdict(Some("ann"), approved), "violation");
        assert_eq!(verdict(Some("bot"), approved), "violation");
        assert_eq!(verdict(Some("bob"), approved), "pass");
        assert_eq!(verdict(Some("Ann@acme.example"), approved), "violation");
        assert_eq!(verdict(Some("Bob"), approved), "pass");
        assert_eq!(verdict(Some("the auditor"), approved), "indeterminate");
        assert_eq!(verdict(None, approved), "indeterminate");
    }

    #[test]
    fn who_justified() {
        let build = || {
            let mut scene = Scene::new();
            scene.human("dan");
            scene.export.by = Some("dan".to_owned());
            scene.change(1, "bot", "cat", 9.0);
            scene.approve(1, "ann", 8.8);
            scene
        };
        let id = build().assess(|assessment| assessment.exceptions[0].id.clone());
        let by = |author: &str, approver: &str| {
            let mut scene = build();
            scene.justify(&id, author, approver);
            scene.verdicts("preparer-conflict").pop().unwrap().1
        };
        assert_eq!(by("bob", "cat"), "pass");
        assert_eq!(by("dan", "cat"), "violation");
        assert_eq!(by("bob", "dan"), "violation");
        let mut scene = build();
        scene.justify(&id, "dan", "cat");
        let told = scene.told("preparer-conflict");
        assert_eq!(told, format!("Dan made exports and wrote a justification of {id}"));
    }
}
