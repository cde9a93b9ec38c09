use super::super::{Context, EXECUTE_PLAYBOOK, Finding, Sameness, Test, approval::APPROVE, rule};
use crate::model::{Act, Duty, Grant, Instant, Located, Origin, Subject};

rule! {
    /// ## What it tests
    /// Every role that was given in the period and entitles to approve, to execute or to give access,
    /// where policy says `[grants] request-required = true`: that its holder asked for it in the
    /// same system, and that a human other than who asked and who holds it approved the request, at
    /// most a day before the role began, and nobody withdrew or refused it until then.
    ///
    /// ## Why it matters
    /// A role that nobody asked for and nobody approved is a favour, or the first step of something
    /// else.
    ///
    /// ## What it cannot see
    /// Which roles a request was for, where its export does not say: it is matched by holder, system
    /// and time. Requests in another system than the role's, such as tickets.
    pub(super) static GRANT_WITHOUT_REQUEST = "grant-without-request" {
        summary: "a role that entitles to a duty was given without an approved request",
        class: Exposure,
        severity: Medium,
        criteria: ["CC6.2", "CC6.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Grant(test),
    }
}

/// Capabilities whose roles are given on request only.
const DUTIES: &[&str] = &[APPROVE, "approve-category", EXECUTE_PLAYBOOK, "grant-access"];

/// Seconds before a role begins within which its request is approved.
const DAY: i64 = 86_400;

/// Seconds by which the records of one system may be in another order than what they tell of.
const ONE_MOMENT: i64 = 60;

fn test(cx: &Context<'_>, records: &[Located<Grant>]) -> Finding {
    if !cx.policy.grants.request_required {
        return Finding::not_applicable("policy does not ask for a request");
    }
    let grant = records[0].record;
    let role = cx.dataset.text(grant.role.0);
    let entitles = DUTIES
        .iter()
        .filter_map(|name| cx.policy.capability(name))
        .find(|capability| capability.roles.iter().any(|pattern| pattern.matches(role)));
    let Some(duty) = entitles else {
        return Finding::not_applicable("the role entitles to no duty that is given on request");
    };
    let system = role.split(':').next().unwrap_or_default();
    let in_system = |request: &&&Located<Subject>| {
        cx.dataset.text(request.record.id.0).split(':').next() == Some(system)
    };
    let requests: Vec<_> = cx.access_requests.iter().filter(in_system).copied().collect();
    let finding = match grant.from {
        _ if requests.is_empty() => {
            Finding::indeterminate(format!("no export shows the access requests of {system}"))
        }
        None => Finding::indeterminate("the export does not say when the role began"),
        Some(from) => judge(cx, &grant, from, &requests, &duty.name),
    };
    finding.with_all("grant", records.iter().map(|record| record.origin))
}

fn judge(
    cx: &Context<'_>,
    grant: &Grant,
    from: Instant,
    requests: &[&Located<Subject>],
    duty: &str,
) -> Finding {
    let mut open = None;
    for request in requests {
        let acts = cx.dataset.acts_on(request.record.id);
        let asked = acts.iter().filter(|act| act.record.duty == Duty::Request);
        let asker = asked.map(|act| (act, cx.identities.same(act.record.by, grant.holder)));
        // An asker who may be the holder goes before one who is not.
        let Some((asker, same)) =
            asker.min_by_key(|(_, same)| (*same != Sameness::Same, *same != Sameness::Unknown))
        else {
            continue;
        };
        let refused = |approval: &Located<Act>| {
            acts.iter().any(|act| {
                let Act { duty, at, .. } = act.record;
                duty == Duty::Reject && approval.record.at < at && at < Some(from)
            })
        };
        let in_time = |act: &&Located<Act>| {
            let near = |at: Instant| from.shifted(-DAY) <= at && at <= from.shifted(ONE_MOMENT);
            let standing = act.record.duty == Duty::Approve && !act.record.dismissed;
            standing && act.record.at.is_some_and(near) && !refused(act)
        };
        for approval in acts.iter().filter(in_time) {
            let by = approval.record.by;
            let independent = [asker.record.by, grant.holder].map(|of| cx.identities.same(of, by));
            match (same, independent) {
                _ if cx.identities.is_human(by) == Some(false) => {}
                // Whoever is known to be another person is known.
                (Sameness::Same, [Sameness::Different, Sameness::Different]) => {
                    let told = format!("{} approved the request for it", cx.name(by));
                    return Finding::pass(told)
                        .with("request", asker.origin)
                        .with("approval of the request", approval.origin);
                }
                (Sameness::Different, _) => {}
                (_, [one, other]) if one != Sameness::Same && other != Sameness::Same => {
                    open = open.or(Some(approval.origin));
                }
                _ => {}
            }
        }
    }
    unasked(cx, grant, from, open, duty)
}

/// What to say where no request is known to stand; `open` is an approval that might.
fn unasked(
    cx: &Context<'_>,
    grant: &Grant,
    from: Instant,
    open: Option<Origin>,
    duty: &str,
) -> Finding {
    let (role, name) = (cx.dataset.text(grant.role.0), cx.name(grant.holder));
    match open {
        Some(origin) => {
            let told = format!(
                "who asked for {role}, or whether another human approved that, cannot be told"
            );
            Finding::indeterminate(told).with("approval of the request", origin)
        }
        None => {
            let mut who = vec![cx.who(grant.holder)];
            who.extend(grant.granted_by.map(|by| cx.who(by)));
            let told = format!(
                "{name} was given {role}, which entitles to {duty}, on {}, and no approved request \
                 shows for it",
                cx.clock(from)
            );
            Finding::violation(told, who)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::{Duty, SubjectKind},
    };

    const ROLE: &str = "okta:change-approver";

    fn verdict(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.policy.grants.request_required = true;
        scene.granted("bob", ROLE, 9.0, Some("cat"));
        prepare(&mut scene);
        scene.verdicts("grant-without-request")[0].1
    }

    fn request(scene: &mut Scene, asker: &str, approver: &str, at: f64) {
        let id = "access-request/1";
        scene.subject_in("okta", id, SubjectKind::AccessGrant);
        let account = |who: &str| format!("{who}@acme.example");
        scene.act_in("okta", &account(asker), Duty::Request, id, at - 0.1);
        scene.act_in("okta", &account(approver), Duty::Approve, id, at);
    }

    fn requested(asker: &'static str, approver: &'static str, at: f64) -> &'static str {
        verdict(move |scene| request(scene, asker, approver, at))
    }

    #[test]
    fn cases() {
        assert_eq!(requested("bob", "cat", 9.0), "pass");
        assert_eq!(requested("bob", "cat", 8.1), "pass");
        assert_eq!(requested("bob", "cat", 7.9), "violation");
        assert_eq!(requested("bob", "cat", 9.1), "violation");
        assert_eq!(requested("bob", "bob", 9.0), "violation");
        assert_eq!(requested("ann", "cat", 9.0), "violation");
        assert_eq!(requested("stranger", "cat", 9.0), "indeterminate");
        assert_eq!(requested("bob", "stranger", 9.0), "indeterminate");
        assert_eq!(requested("stranger", "bob", 9.0), "violation");
    }

    #[test]
    fn an_approval_that_does_not_stand() {
        let refuses = |scene: &mut Scene, at| {
            scene.act_in("okta", "cat@acme.example", Duty::Reject, "access-request/1", at);
        };
        let cases =
            [(8.5, "pass"), (8.8, "pass"), (8.9, "violation"), (9.0, "pass"), (9.5, "pass")];
        for (at, want) in cases {
            let found = verdict(|scene| {
                request(scene, "bob", "cat", 8.8);
                refuses(scene, at);
            });
            assert_eq!(found, want, "{at}");
        }
    }

    #[test]
    fn of_several_askers_whoever_may_be_the_holder_counts() {
        let also_asked = |who: &'static str| {
            verdict(move |scene| {
                request(scene, "ann", "cat", 9.0);
                let who = format!("{who}@acme.example");
                scene.act_in("okta", &who, Duty::Request, "access-request/1", 8.9);
            })
        };
        assert_eq!(also_asked("bob"), "pass");
        assert_eq!(also_asked("stranger"), "indeterminate");
    }

    #[test]
    fn a_request_that_nobody_approved() {
        let unanswered = verdict(|scene| {
            scene.subject_in("okta", "access-request/1", SubjectKind::AccessGrant);
            scene.act_in("okta", "bob@acme.example", Duty::Request, "access-request/1", 8.9);
        });
        assert_eq!(unanswered, "violation");
    }

    #[test]
    fn what_is_not_asked_for() {
        assert_eq!(verdict(|s| s.policy.grants.request_required = false), "not applicable");
        assert_eq!(verdict(|_| {}), "indeterminate");
        let mut scene = Scene::new();
        scene.policy.grants.request_required = true;
        scene.granted("bob", "okta:reader", 9.0, Some("cat"));
        assert_eq!(scene.verdicts("grant-without-request")[0].1, "not applicable");
    }
}
