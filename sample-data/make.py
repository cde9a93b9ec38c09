#!/usr/bin/env python3
"""Makes the exports of the sample companies: `python3 sample-data/make.py`.

Three companies of the same shape: `acme`, in which every rule is broken and kept (its PLANTED.csv
says where), `clean`, in which nothing is open, and `messy`, whose exports are damaged and
incomplete. Only the exports are made here; what people write (sodpack.toml, policy.toml and the
CSV files) lies beside them and is edited by hand. Standard library only; the same bytes each time.
"""
import datetime, gzip, hashlib, io, json, pathlib, shutil

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT = "111122223333"


def sha(text):
    return hashlib.sha1(text.encode()).hexdigest()


def write(path, data):
    path = HERE / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def write_json(path, value, indent=1):
    write(path, json.dumps(value, indent=indent, ensure_ascii=False) + "\n")


# People and agents: GitHub login, name, address, whether GitHub marks it as a bot.
PEOPLE = {
    "ann": ("annberg", "Ann Berg", "ann@acme.example", False),
    "bob": ("boztuerk", "Bob Öztürk", "bob@acme.example", False),
    "bob2": ("boztuerk-admin", "Bob Öztürk", "bob@acme.example", False),
    "cat": ("catalina-r", "Catalina Ruiz", "cat@acme.example", False),
    "dan": ("dkim-sec", "Daniel Kim 김다니엘", "dan@acme.example", False),
    "eve": ("evenovak", "Eva Nováková", "eve@acme.example", False),
    "gus": ("gustavl", "Gustav Lind", "gus@acme.example", False),
    "hal": ("halw", "Hal Wójcik", "hal@acme.example", False),
    "ida": ("idachen", "Ida Chen 陈怡达", "ida@acme.example", False),
    "jon": ("jonharalds", "Jón Haraldsson", "jon@acme.example", False),
    "lea": ("leamarti", "Léa Martí", "lea@acme.example", False),
    "temp": ("temp-contractor", "T. Contractor", "tc@contractor.example", False),
    "provisioner": ("acme-provisioner", "acme-provisioner[bot]", "", True),
    "rotator": ("acme-rotator", "acme-rotator[bot]", "", True),
    "claude": ("claude", "Claude", "noreply@anthropic.com", True),
    "reviewer": ("acme-reviewer", "acme-reviewer[bot]", "", True),
    "pipeline": ("github-actions", "github-actions[bot]", "", True),
}


def address(who):
    login, _, email, bot = PEOPLE[who]
    return email or f"{int(sha(login)[:7], 16)}+{login}[bot]@users.noreply.github.com"


# --- GitHub, as `gh pr list --json …` prints it ---------------------------------------------------
def gh_actor(who):
    login, name, _, bot = PEOPLE[who]
    if bot:
        return {"is_bot": True, "login": f"app/{login}"}
    return {"id": "U_" + sha(login)[:12], "is_bot": False, "login": login, "name": name}


def gh_login(who):
    login, _, _, bot = PEOPLE[who]
    return login if not bot else f"{login}[bot]" if who == "pipeline" else login


def gh_commit(repo, n, index, who, at, trailers=()):
    login, name, _, bot = PEOPLE[who]
    authors = [{"email": address(who), "id": "U_" + sha(login)[:12], "login": login + ("[bot]" if bot else ""), "name": name}]
    body = "".join(f"Co-authored-by: {PEOPLE[t][1]} <{address(t)}>\n" for t in trailers)
    return {
        "authoredDate": at, "authors": authors, "committedDate": at,
        "messageBody": body, "messageHeadline": f"step {index + 1} of #{n}", "oid": sha(f"{repo}#{n}/{index}"),
    }


def gh_pull(repo, n, title, author, commits, reviews, merged=None, by=None, base="main", state=None, created=None, squash=False):
    """`commits`: (who, time[, co-authors]); `reviews`: (who, state, time, index of the commit seen)."""
    made = [gh_commit(repo, n, i, *commit) for i, commit in enumerate(commits)]
    head = made[-1]["oid"]
    return {
        "author": gh_actor(author), "baseRefName": base, "commits": made, "createdAt": created or commits[0][1],
        "headRefOid": head, "isDraft": False,
        "mergeCommit": {"oid": sha(f"{repo}#{n}/merge")} if merged else None,
        "mergedAt": merged, "mergedBy": gh_actor(by) if merged else None, "number": n,
        "reviewDecision": "APPROVED" if any(r[1] == "APPROVED" for r in reviews) else "",
        "reviews": [
            {
                "id": "PRR_" + sha(f"{repo}#{n}/{who}/{at}")[:12], "author": {"login": gh_login(who)},
                "authorAssociation": "MEMBER", "body": "", "submittedAt": at, "includesCreatedEdit": False,
                "reactionGroups": [], "state": verdict, "commit": {"oid": made[seen]["oid"]},
            }
            for who, verdict, at, seen in reviews
        ],
        "state": state or ("MERGED" if merged else "OPEN"), "title": title,
        "updatedAt": merged or commits[-1][1], "url": f"https://github.com/{repo}/pull/{n}",
    }


# --- GitHub, as `gh api --paginate` prints the REST API -------------------------------------------
def rest_user(who):
    login, _, _, bot = PEOPLE[who]
    login += "[bot]" if bot else ""
    return {
        "login": login, "id": int(sha(login)[:7], 16), "type": "Bot" if bot else "User", "site_admin": False,
        "url": f"https://api.github.com/users/{login}", "html_url": f"https://github.com/{login}",
    }


def rest_pull(repo, n, title, author, commits, merged, by, single):
    head = sha(f"{repo}#{n}/{len(commits) - 1}")
    api = f"https://api.github.com/repos/{repo}/pulls/{n}"
    pull = {
        "url": api, "id": 1_000_000 + n, "node_id": f"PR_{n}", "html_url": f"https://github.com/{repo}/pull/{n}",
        "number": n, "state": "closed" if merged else "open", "locked": False, "title": title, "user": rest_user(author),
        "body": None, "created_at": commits[0][1], "updated_at": merged or commits[-1][1], "closed_at": merged,
        "merged_at": merged, "merge_commit_sha": sha(f"{repo}#{n}/merge"), "draft": False,
        "commits_url": f"{api}/commits", "requested_reviewers": [],
        "head": {"label": f"acme:change-{n}", "ref": f"change-{n}", "sha": head, "repo": {"full_name": repo}},
        "base": {"label": "acme:main", "ref": "main", "sha": sha(f"{repo}/base"), "repo": {"full_name": repo}},
    }
    if single:
        pull.update({"merged": bool(merged), "mergeable": None, "merged_by": rest_user(by) if merged else None, "commits": len(commits)})
    return pull


def rest_commit(repo, n, index, who, at):
    _, name, _, _ = PEOPLE[who]
    person = {"name": name, "email": address(who), "date": at}
    oid = sha(f"{repo}#{n}/{index}")
    parent = sha(f"{repo}#{n}/{index - 1}") if index else sha(f"{repo}/base")
    return {
        "sha": oid, "node_id": "C_" + oid[:12], "html_url": f"https://github.com/{repo}/commit/{oid}",
        "commit": {"author": person, "committer": person, "message": f"step {index + 1} of #{n}", "comment_count": 0},
        "author": rest_user(who), "committer": rest_user(who), "parents": [{"sha": parent}],
    }


def rest_review(repo, n, who, state, at, seen):
    return {
        "id": int(sha(f"{repo}#{n}/{who}/{at}")[:8], 16), "user": rest_user(who), "body": "", "state": state,
        "html_url": f"https://github.com/{repo}/pull/{n}#pullrequestreview",
        "pull_request_url": f"https://api.github.com/repos/{repo}/pulls/{n}",
        "author_association": "MEMBER", "submitted_at": at, "commit_id": sha(f"{repo}#{n}/{seen}"),
    }


def audit_event(at, action, who, repo, branch):
    """One event of the organisation's audit log, as the REST API gives it."""
    millis = int(datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp() * 1000)
    return {
        "@timestamp": millis, "_document_id": sha(f"{at}/{action}/{who}")[:22], "action": action, "actor": PEOPLE[who][0],
        "actor_is_bot": PEOPLE[who][3], "branch": f"refs/heads/{branch}", "created_at": millis, "operation_type": "modify",
        "org": repo.split("/")[0], "public_repo": False, "repo": repo,
    }


# --- A branch's history, as the documented `git log` command prints it ----------------------------
FIELD, RECORD = "\x1f", "\x1e\n"


def log_record(oid, parents, who, at, committer, subject, refs="", body=""):
    names = {"web": ("GitHub", "noreply@github.com")}
    author = (PEOPLE[who][1], address(who))
    by = names.get(committer) or (PEOPLE[committer][1], address(committer))
    message = subject + "\n" + (f"\n{body}\n" if body else "")
    fields = [oid, sha(oid + "/tree"), " ".join(parents), *author, at, *by, at, refs, message]
    return FIELD.join(fields) + RECORD


def history(repo, pulls, direct=(), base_merges=()):
    """A branch on which every merged pull request landed by a merge commit or, if squashed, as one.

    `base_merges`: commits of pull requests by which the branch was merged into them.
    """
    landed = [(p["mergedAt"], p) for p in pulls if p["mergedAt"] and p["baseRefName"] == "main"]
    landed += [(at, (who, oid, message)) for who, oid, message, at in direct]
    records, tip = [], sha(f"{repo}/base")
    for at, what in sorted(landed, key=lambda pair: pair[0]):
        if isinstance(what, tuple):
            who, oid, message = what
            records.append(log_record(oid, [tip], who, at, who, message))
            tip = oid
            continue
        n, merge, commits = what["number"], what["mergeCommit"]["oid"], what["commits"]
        parent = tip
        for commit in commits if not what.get("squash") else ():
            who = next(w for w, p in PEOPLE.items() if address(w) == commit["authors"][0]["email"])
            merged = [tip] if commit["oid"] in base_merges else []
            records.append(log_record(commit["oid"], [parent, *merged], who, commit["committedDate"], who, commit["messageHeadline"], body=commit["messageBody"].strip()))
            parent = commit["oid"]
        merger = next(w for w, p in PEOPLE.items() if gh_actor(w) == what["mergedBy"])
        parents = [tip] if what.get("squash") else [tip, parent]
        records.append(log_record(merge, parents, merger, at, "web", f"{what['title']} (#{n})" if what.get("squash") else f"Merge pull request #{n} from acme/change-{n}"))
        tip = merge
    return "".join(reversed(records))


# --- AWS CloudTrail, as it is delivered to S3 -----------------------------------------------------
def trail(at, role, session, service, name, read_only, resource=None, code=None, message=None, parameters=None):
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"
    key = f"{at}/{role}/{session}/{service}/{name}/{resource}"
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"AROA{sha(role)[:16].upper()}:{session}", "arn": arn, "accountId": ACCOUNT,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "accountId": ACCOUNT, "userName": role},
                "attributes": {"creationDate": at, "mfaAuthenticated": "false"},
            },
        },
        "eventTime": at, "eventSource": f"{service}.amazonaws.com", "eventName": name, "awsRegion": "eu-central-1",
        "sourceIPAddress": "198.51.100.7", "userAgent": "aws-sdk-rust/1.8", "requestParameters": parameters, "responseElements": None,
        "requestID": f"{sha(key)[:8]}-0000-4000-8000-{sha(key)[8:20]}", "eventID": f"{sha(key)[20:28]}-0000-4000-8000-{sha(key)[28:40]}",
        "readOnly": read_only, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management",
    }
    if code:
        record["errorCode"] = code
    if message:
        record["errorMessage"] = message
    if resource and resource.startswith("arn:"):
        record["resources"] = [{"ARN": resource, "accountId": ACCOUNT}]
    return record


def refusal(at, role, session, service, name, on, why, code="AccessDenied", read_only=False):
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"
    message = f"User: {arn} is not authorized to perform: {service}:{name} on resource: {on}" + (f" {why}" if why else "")
    return trail(at, role, session, service, name, read_only, on, code, message)


def deliver(company, records, region="eu-central-1"):
    """One gzipped file a day, below the prefix that the service uses."""
    days = {}
    for record in records:
        days.setdefault(record["eventTime"][:10], []).append(record)
    for day, of_day in sorted(days.items()):
        year, month, date = day.split("-")
        name = f"{ACCOUNT}_CloudTrail_{region}_{year}{month}{date}T2355Z_{sha(day)[:16]}.json.gz"
        of_day = [dict(record, awsRegion=region) for record in of_day]
        body = json.dumps({"Records": sorted(of_day, key=lambda r: (r["eventTime"], r["eventID"]))}, separators=(",", ":")).encode()
        out = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0, compresslevel=9) as zipped:
            zipped.write(body)
        write(f"{company}/exports/aws/CloudTrail/{region}/{year}/{month}/{date}/{name}", out.getvalue())


# The logs reach back to the approval of the playbooks.
BEFORE = trail("2026-09-30T06:30:00Z", "deploy-pipeline", "gha-30", "ecs", "UpdateService", False, f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/prod/pay")


def everyday(days, agents=("agent-provisioner", "agent-rotator")):
    """What happens on an ordinary day: reads, playbooks, rotations, deployments, a throttled call."""
    records = []
    for day in days:
        d = f"2026-10-{day:02}"
        provisioner, rotator = agents
        records += [
            trail(f"{d}T05:00:01Z", provisioner, f"run-{day}", "ec2", "DescribeInstances", True),
            trail(f"{d}T05:00:09Z", provisioner, f"run-{day}", "ssm", "StartAutomationExecution", False, f"arn:aws:ssm:eu-central-1:{ACCOUNT}:document/patch-hosts", parameters={"documentName": "patch-hosts"}),
            trail(f"{d}T06:30:00Z", "deploy-pipeline", f"gha-{day}", "ecs", "UpdateService", False, f"arn:aws:ecs:eu-central-1:{ACCOUNT}:service/prod/pay"),
            trail(f"{d}T06:31:00Z", "engineer", "bob@acme.example", "ec2", "RunInstances", False),
            trail(f"{d}T06:32:00Z", "engineer", "bob@acme.example", "ec2", "DescribeVpcs", True, code="Client.RequestLimitExceeded", message="Request limit exceeded."),
        ]
        if day % 7 == 0:
            records.append(trail(f"{d}T04:00:00Z", rotator, f"rotate-{day}", "secretsmanager", "RotateSecret", False, f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:prod/pay/db", parameters={"secretId": "prod/pay/db"}))
    return records


# --- Jira, as its REST API gives issues with their changelog --------------------------------------
JIRA = "https://acme.atlassian.example"


def jira_user(who):
    _, name, email, bot = PEOPLE.get(who, OFFICE.get(who))
    user = {"self": f"{JIRA}/rest/api/3/user?accountId=712020:{who}", "accountId": f"712020:{who}", "displayName": name, "active": True, "timeZone": "Europe/Berlin", "accountType": "app" if bot else "atlassian"}
    return user if bot else {**user, "emailAddress": email}


# People without an account on GitHub.
OFFICE = {"fay": ("", "Fatima al-Sayed", "fay@acme.example", False)}


def jira_time(at):
    return at.replace("Z", ".000+0000")


def jira_issue(key, title, asker, created, approvals, done):
    """`approvals`: (who, time) of moving the ticket to `Approved`."""
    number = 10_000 + int(key.rsplit("-")[-1])
    moves = [(who, at, "In review", "Approved") for who, at in approvals] + [(asker, done, "Approved", "Done")]
    histories = [
        {"id": str(number * 10 + i), "author": jira_user(who), "created": jira_time(at), "items": [{"field": "status", "fieldtype": "jira", "fieldId": "status", "fromString": before, "toString": after}]}
        for i, (who, at, before, after) in enumerate(moves)
    ]
    return {
        "id": str(number), "key": key, "self": f"{JIRA}/rest/api/3/issue/{number}",
        "fields": {
            "summary": title, "status": {"name": "Done", "statusCategory": {"key": "done"}}, "project": {"key": key.split("-")[0], "name": "Changes"},
            "issuetype": {"name": "Change"}, "reporter": jira_user(asker), "creator": jira_user(asker),
            "created": jira_time(created), "updated": jira_time(done), "resolutiondate": jira_time(done),
        },
        "changelog": {"startAt": 0, "maxResults": 100, "total": len(histories), "histories": histories},
    }


def jira_link(key, repo, n):
    url = f"https://github.com/{repo}/pull/{n}"
    return {"id": n, "self": f"{JIRA}/rest/api/3/issue/{key}/remotelink/{n}", "relationship": "implemented by", "object": {"url": url, "title": f"{repo}#{n}"}}


def tickets(company, issues, links):
    page = {"expand": "names,schema", "startAt": 0, "maxResults": 100, "total": len(issues), "issues": issues}
    write_json(f"{company}/exports/jira/issues.json", page)
    # One reply after the other, as `curl … >> remote-links.json` leaves them.
    write(f"{company}/exports/jira/remote-links.json", "".join(json.dumps([link]) + "\n" for link in links))


# --- GitHub deployments, as `gh api --paginate` prints them ---------------------------------------
def deployment(repo, number, commit, who, at, environment="production"):
    api = f"https://api.github.com/repos/{repo}/deployments/{number}"
    return {
        "url": api, "id": number, "node_id": f"DE_{number}", "sha": commit, "ref": "main", "task": "deploy", "payload": {},
        "original_environment": environment, "environment": environment, "description": None, "creator": rest_user(who),
        "created_at": at, "updated_at": at, "statuses_url": f"{api}/statuses", "repository_url": f"https://api.github.com/repos/{repo}",
        "transient_environment": False, "production_environment": environment == "production",
    }


def deployment_status(of, state="success"):
    ended = (datetime.datetime.fromisoformat(of["created_at"].replace("Z", "+00:00")) + datetime.timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "url": f"{of['url']}/statuses/{of['id']}", "id": of["id"], "state": state, "environment": of["environment"],
        "creator": rest_user("pipeline"), "created_at": ended, "updated_at": ended, "description": "", "deployment_url": of["url"],
    }


def deployments(company, made, failed=()):
    write_json(f"{company}/exports/github/deployments.json", made)
    write_json(f"{company}/exports/github/deployment-statuses.json", [deployment_status(d, "failure" if d["id"] in failed else "success") for d in made])


def after(at, minutes):
    moment = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")) + datetime.timedelta(minutes=minutes)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def continuous(repo, pulls, others=None):
    """The pipeline deploys what lands on main, two minutes later, unless `others` says who did."""
    landed = [p for p in pulls if p["mergedAt"] and p["baseRefName"] == "main"]
    by = lambda n: (others or {}).get(n, "pipeline")
    return [deployment(repo, 7000 + p["number"], p["mergeCommit"]["oid"], by(p["number"]), after(p["mergedAt"], 2)) for p in landed]


SCP = "with an explicit deny in a service control policy"
NO_IDENTITY = "because no identity-based policy allows the {} action"


# --- Boundary tests, carried out in a region of their own ------------------------------------------
DRILLS_IN = "eu-west-1"


def drill_arn(service, name):
    return f"arn:aws:{service}:{DRILLS_IN}:{ACCOUNT}:{name}"


def acme_drills():
    """What drills.csv plans: refused with its control, refused, four minutes late, and let through."""
    bucket, role = "arn:aws:s3:::acme-drills", f"arn:aws:iam::{ACCOUNT}:role/deploy-pipeline"
    return [
        refusal("2026-10-22T08:30:00Z", "agent-rotator", "drill-1", "s3", "PutBucketPolicy", bucket, NO_IDENTITY.format("s3:PutBucketPolicy")),
        trail("2026-10-22T08:41:00Z", "engineer", "bob@acme.example", "s3", "PutBucketPolicy", False, bucket, parameters={"bucketName": "acme-drills"}),
        refusal("2026-10-22T11:10:00Z", "deploy-pipeline", "drill-2", "cloudtrail", "StopLogging", drill_arn("cloudtrail", "trail/drills"), SCP, "AccessDeniedException"),
        refusal("2026-10-22T13:04:00Z", "agent-rotator", "drill-3", "iam", "CreateUser", f"arn:aws:iam::{ACCOUNT}:user/drill", SCP),
        trail("2026-10-28T09:20:00Z", "deploy-pipeline", "drill-4", "iam", "PutRolePolicy", False, role, parameters={"roleName": "deploy-pipeline", "policyName": "drill"}),
    ]


def clean_drills():
    """One morning on which every boundary of the policy that nobody touches by himself is tested."""
    at = lambda minute: f"2026-10-14T08:{minute:02}:00Z"
    trail_of, service = drill_arn("cloudtrail", "trail/drills"), drill_arn("ecs", "service/prod/drills")
    user, action = f"arn:aws:iam::{ACCOUNT}:user/drill", drill_arn("codepipeline", "drills/release/approve")
    pipeline, agent = "deploy-pipeline", "agent-provisioner"
    return [
        refusal(at(1), agent, "drill", "codepipeline", "PutApprovalResult", action, NO_IDENTITY.format("codepipeline:PutApprovalResult")),
        refusal(at(2), agent, "drill", "cloudtrail", "StopLogging", trail_of, SCP, "AccessDeniedException"),
        refusal(at(3), agent, "drill", "ecs", "UpdateService", service, NO_IDENTITY.format("ecs:UpdateService"), "AccessDeniedException"),
        trail(at(4), pipeline, "drill", "ecs", "UpdateService", False, service),
        refusal(at(5), pipeline, "drill", "codepipeline", "PutApprovalResult", action, NO_IDENTITY.format("codepipeline:PutApprovalResult")),
        refusal(at(6), pipeline, "drill", "iam", "CreateUser", user, SCP),
        refusal(at(7), pipeline, "drill", "cloudtrail", "StopLogging", trail_of, SCP, "AccessDeniedException"),
        refusal(at(8), "engineer", "gus@acme.example", "cloudtrail", "StopLogging", trail_of, SCP, "AccessDeniedException"),
        refusal(at(9), "auditor", "fay@acme.example", "iam", "CreateUser", user, NO_IDENTITY.format("iam:CreateUser")),
    ]


# --- acme -----------------------------------------------------------------------------------------
def acme():
    shutil.rmtree(HERE / "acme/exports", ignore_errors=True)
    pay, A = "acme/pay", "APPROVED"
    P = lambda *a, **k: gh_pull(pay, *a, **k)
    hostile = "<script>alert(1)</script> =HYPERLINK(\"http://evil.example\") {{ 7*7 }} \u202etxt.exe \u001b[31mred"
    pulls = [
        P(99, "Old change, merged in September", "gus", [("gus", "2026-09-28T08:00:00Z")], [("cat", A, "2026-09-29T08:00:00Z", 0)], "2026-09-30T10:00:00Z", "gus"),
        P(101, "Round amounts half to even", "gus", [("gus", "2026-10-01T07:10:00Z")], [("cat", A, "2026-10-01T09:00:00Z", 0)], "2026-10-01T09:30:00Z", "gus"),
        P(102, "Provision read replica for ledger", "provisioner", [("provisioner", "2026-10-02T06:00:00Z")], [("dan", A, "2026-10-02T08:15:00Z", 0), ("cat", A, "2026-10-02T08:30:00Z", 0)], "2026-10-02T08:40:00Z", "bob"),
        P(103, "Raise payout limit", "bob", [("bob", "2026-10-05T12:00:00Z")], [("bob2", A, "2026-10-05T12:20:00Z", 0)], "2026-10-05T12:21:00Z", "bob", created="2026-10-05T12:05:00Z"),
        P(104, "Retry webhooks with backoff", "gus", [("gus", "2026-10-06T08:00:00Z"), ("cat", "2026-10-06T10:00:00Z")], [("cat", A, "2026-10-06T10:05:00Z", 1)], "2026-10-06T10:30:00Z", "gus"),
        P(105, "Hotfix: disable fee cache", "eve", [("eve", "2026-10-07T21:40:00Z")], [], "2026-10-07T21:44:00Z", "eve"),
        P(106, "Add SEPA instant", "gus", [("gus", "2026-10-08T08:00:00Z"), ("gus", "2026-10-08T13:00:00Z")], [("dan", A, "2026-10-08T09:00:00Z", 0)], "2026-10-08T13:20:00Z", "gus"),
        P(107, "Restore fee cache", "gus", [("gus", "2026-10-09T18:00:00Z")], [("cat", A, "2026-10-12T07:00:00Z", 0)], "2026-10-09T18:30:00Z", "gus"),
        P(108, "Bump http client", "gus", [("gus", "2026-10-12T09:00:00Z")], [("claude", A, "2026-10-12T09:02:00Z", 0)], "2026-10-12T09:05:00Z", "gus"),
        P(109, "Provision queue for payouts", "provisioner", [("provisioner", "2026-10-13T06:00:00Z")], [("ann", A, "2026-10-13T07:00:00Z", 0)], "2026-10-13T07:05:00Z", "ann"),
        P(110, "Tidy logging", "eve", [("eve", "2026-10-13T09:00:00Z")], [("gus", A, "2026-10-13T10:00:00Z", 0)], "2026-10-13T10:05:00Z", "eve"),
        P(111, "Document ledger schema", "gus", [("gus", "2026-10-19T09:00:00Z")], [("eve", A, "2026-10-20T10:00:00Z", 0)], "2026-10-20T10:05:00Z", "gus"),
        P(112, "Translate error pages", "temp", [("temp", "2026-10-14T09:00:00Z")], [("cat", A, "2026-10-14T10:00:00Z", 0)], "2026-10-14T10:30:00Z", "cat"),
        P(113, "Provision dashboards", "provisioner", [("provisioner", "2026-10-15T06:00:00Z")], [("ann", A, "2026-10-15T07:00:00Z", 0), ("dan", A, "2026-10-15T08:00:00Z", 0), ("cat", A, "2026-10-15T08:10:00Z", 0)], "2026-10-15T08:30:00Z", "bob"),
        P(114, "Refactor config loader", "gus", [("gus", "2026-10-16T08:00:00Z", ("claude",))], [("bob", A, "2026-10-16T09:00:00Z", 0)], "2026-10-16T09:30:00Z", "gus"),
        P(115, hostile, "gus", [("gus", "2026-10-16T11:00:00Z")], [("cat", A, "2026-10-16T12:00:00Z", 0)], "2026-10-16T12:30:00Z", "gus"),
        P(116, "Drop legacy endpoint", "gus", [("gus", "2026-10-19T07:00:00Z")], [("cat", "DISMISSED", "2026-10-19T08:00:00Z", 0)], "2026-10-19T08:30:00Z", "gus"),
        P(117, "Try a new linter", "gus", [("gus", "2026-10-19T11:00:00Z")], [], "2026-10-19T11:30:00Z", "gus", base="sandbox"),
        P(118, "Draft: new settlement flow", "gus", [("gus", "2026-10-20T07:00:00Z")], []),
        P(119, "Abandoned idea", "gus", [("gus", "2026-10-20T08:00:00Z")], [], state="CLOSED"),
        P(121, "Month-end rounding, merged after midnight in Berlin", "gus", [("gus", "2026-10-31T20:00:00Z")], [("cat", A, "2026-10-31T22:00:00Z", 0)], "2026-10-31T23:30:00Z", "gus"),
        P(122, "Validate IBAN checksums", "gus", [("gus", "2026-10-21T07:00:00Z"), ("gus", "2026-10-21T11:00:00Z")], [("dan", "CHANGES_REQUESTED", "2026-10-21T09:00:00Z", 0), ("dan", A, "2026-10-21T12:00:00Z", 1)], "2026-10-21T12:10:00Z", "gus"),
        P(123, "Approved, then objected", "gus", [("gus", "2026-10-22T07:00:00Z")], [("cat", A, "2026-10-22T08:00:00Z", 0), ("cat", "CHANGES_REQUESTED", "2026-10-22T09:00:00Z", 0)], "2026-10-22T09:30:00Z", "gus"),
        P(125, "Cache exchange rates", "gus", [("gus", "2026-10-23T07:00:00Z")], [("hal", A, "2026-10-23T08:00:00Z", 0)], "2026-10-23T08:30:00Z", "gus"),
        P(126, "Alert on stuck payouts", "gus", [("gus", "2026-10-26T07:00:00Z")], [("ida", A, "2026-10-26T08:00:00Z", 0)], "2026-10-26T08:30:00Z", "gus"),
        P(127, "Retire the fax gateway", "gus", [("gus", "2026-10-27T07:00:00Z")], [("jon", A, "2026-10-27T08:00:00Z", 0)], "2026-10-27T08:30:00Z", "gus"),
        P(128, "Loosen the velocity check", "gus", [("gus", "2026-10-28T07:00:00Z")], [("lea", A, "2026-10-28T08:00:00Z", 0)], "2026-10-28T08:30:00Z", "gus"),
        P(129, "Rename ledger columns", "gus", [("gus", "2026-10-16T10:00:00Z")], [("eve", A, "2026-10-16T12:00:00Z", 0)], "2026-10-16T12:30:00Z", "gus"),
        P(131, "Update copyright year", "gus", [("gus", "2026-10-28T09:00:00Z")], [("cat", A, "2026-10-28T09:01:10Z", 0)], "2026-10-28T09:02:00Z", "gus"),
        P(132, "CHG-205: generate API clients", "claude", [("claude", "2026-10-29T06:00:00Z")], [("reviewer", A, "2026-10-29T06:05:00Z", 0)], "2026-10-29T06:10:00Z", "gus"),
        P(133, "Provision archive bucket", "provisioner", [("provisioner", "2026-10-22T05:00:00Z")], [("bob", A, "2026-10-22T08:00:00Z", 0), ("bob2", A, "2026-10-22T08:10:00Z", 0)], "2026-10-22T08:30:00Z", "gus"),
        P(134, "Pair on chargeback flow", "gus", [("gus", "2026-10-29T08:00:00Z"), ("hal", "2026-10-29T09:00:00Z")], [("cat", A, "2026-10-29T10:00:00Z", 1)], "2026-10-29T10:30:00Z", "hal"),
        # The second commit merges main into it, after the approval.
        P(141, "Split fee tables", "gus", [("gus", "2026-10-30T07:00:00Z"), ("gus", "2026-10-30T09:00:00Z")], [("cat", A, "2026-10-30T08:00:00Z", 0)], "2026-10-30T09:30:00Z", "gus"),
    ]
    write_json("acme/exports/github/pay-pulls.json", pulls)
    write("acme/exports/git/pay-main.log", history(pay, pulls, [("bob", sha("direct push"), "Merge pull request #130 from acme/urgent-fix", "2026-10-27T19:00:00Z")], {sha(f"{pay}#141/1")}))

    infra = "acme/infra"
    rest = [
        (11, "Rotate database secret", "rotator", [("rotator", "2026-10-06T03:00:00Z")], [("bob", A, "2026-10-06T07:00:00Z", 0), ("cat", A, "2026-10-06T07:05:00Z", 0)], "2026-10-06T07:10:00Z", "bob"),
        (12, "Rotate signing key", "rotator", [("rotator", "2026-10-13T03:00:00Z")], [("dan", A, "2026-10-13T06:00:00Z", 0)], "2026-10-13T06:10:00Z", "dan"),
        (13, "Widen subnet", "provisioner", [("provisioner", "2026-10-20T03:00:00Z")], [("cat", A, "2026-10-20T08:00:00Z", 0)], "2026-10-20T08:10:00Z", "bob"),
        (14, "Pin provider versions", "ann", [("ann", "2026-10-27T08:00:00Z"), ("ann", "2026-10-27T09:00:00Z")], [("cat", "COMMENTED", "2026-10-27T09:30:00Z", 1), ("cat", A, "2026-10-27T10:00:00Z", 1)], "2026-10-27T10:10:00Z", "ann"),
    ]
    listed = [rest_pull(infra, n, title, author, commits, merged, by, False) for n, title, author, commits, _, merged, by in rest]
    # `gh api --paginate` prints one array after the other.
    pages = [listed[:2], listed[2:]]
    write("acme/exports/github/infra/pulls.json", "".join(json.dumps(page) for page in pages))
    for n, title, author, commits, reviews, merged, by in rest:
        write_json(f"acme/exports/github/infra/pull-{n}.json", rest_pull(infra, n, title, author, commits, merged, by, True))
        write_json(f"acme/exports/github/infra/commits-{n}.json", [rest_commit(infra, n, i, *c) for i, c in enumerate(commits)])
        write_json(f"acme/exports/github/infra/reviews-{n}.json", [rest_review(infra, n, *review) for review in reviews])

    # A Friday's copy of the audit log, two days before the month ended.
    audit = [
        audit_event("2026-10-21T15:00:00Z", "protected_branch.rejected_ref_update", "gus", pay, "main"),
        audit_event("2026-10-27T19:00:00Z", "protected_branch.policy_override", "bob", pay, "main"),
    ]
    write_json("acme/exports/github/audit-log.json", audit)

    team = {"2026-09-30": ["cat", "dan", "hal"], "2026-11-01": ["cat", "dan", "hal", "ida"]}
    for day, members in team.items():
        write_json(f"acme/exports/github/teams/reviewers-{day}.json", [rest_user(who) for who in members])

    rows = [
        ("ann", "developer", "", "2025-01-07 09:00:00", "", "it-admin@acme.example"),
        ("ann", "change-approver", "", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("bob", "developer", "", "2025-01-07 09:00:00", "", "it-admin@acme.example"),
        ("bob", "change-approver", "", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("bob", "prod-deployer", "", "2026-10-12 08:00:00", "", "it-admin@acme.example"),
        ("cat", "developer", "", "2025-01-07 09:00:00", "", "it-admin@acme.example"),
        ("cat", "change-approver", "acme", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("dan", "change-approver", "", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("dan", "security-auditor", "", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("eve", "developer", "", "2025-01-07 09:00:00", "2026-10-16 18:00:00", "it-admin@acme.example"),
        ("eve", "change-approver", "acme/pay", "2025-06-01 09:00:00", "2026-10-16 18:00:00", "it-admin@acme.example"),
        ("gus", "developer", "", "2025-03-01 09:00:00", "2026-10-09 18:00:00", "it-admin@acme.example"),
        ("gus", "prod-deployer", "", "2026-10-09 18:00:00", "", "it-admin@acme.example"),
        ("hal", "developer", "", "2025-03-01 09:00:00", "", "it-admin@acme.example"),
        ("ida", "developer", "", "2026-10-05 09:00:00", "", "it-admin@acme.example"),
        ("fay", "compliance", "", "2024-01-01 09:00:00", "", "it-admin@acme.example"),
        # Jón left on 16 October; nobody took his role away.
        ("jon", "change-approver", "", "2025-06-01 09:00:00", "", "it-admin@acme.example"),
        ("lea", "change-approver", "", "2026-10-20 09:00:00", "", "gus@acme.example"),
        ("max", "access-admin", "", "2026-10-14 08:00:00", "", "max@acme.example"),
        ("svc-provisioner", "prod-deployer", "", "2026-03-02 09:00:00", "", "it-admin@acme.example"),
        ("svc-rotator", "change-approver", "", "2026-03-02 09:00:00", "", "it-admin@acme.example"),
    ]
    lines = ["Login;App role;Limited to;Assigned;Removed;Assigned by"]
    lines += [f"{who}@acme.example;" + ";".join(rest) for who, *rest in rows]
    write("acme/exports/okta/role-assignments.csv", "\ufeff" + "\r\n".join(lines) + "\r\n")

    acme_tickets(pay, infra)
    acme_deployments(pay, pulls)

    records = everyday([1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30])
    prov, rot = "agent-provisioner", "agent-rotator"
    user = f"arn:aws:iam::{ACCOUNT}:user/backdoor"
    records += [
        refusal("2026-10-06T05:01:00Z", prov, "run-6", "iam", "CreateUser", user, SCP),
        refusal("2026-10-14T05:02:00Z", prov, "run-14", "cloudtrail", "StopLogging", f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:trail/main", SCP, "AccessDeniedException"),
        refusal("2026-10-15T04:03:00Z", rot, "rotate-15", "s3", "PutBucketPolicy", "arn:aws:s3:::acme-prod-ledger", NO_IDENTITY.format("s3:PutBucketPolicy")),
        trail("2026-10-20T05:03:00Z", prov, "run-20", "ec2", "AuthorizeSecurityGroupIngress", False, None, "Client.UnauthorizedOperation", "You are not authorized to perform this operation. Encoded authorization failure message: 4GIOHlTkIaWHQD0Q0m6XSnuUMCm-abc123", {"groupId": "sg-0a1b2c"}),
        refusal("2026-10-21T13:00:00Z", "engineer", "gus@acme.example", "kms", "ScheduleKeyDeletion", f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1", "because no resource-based policy allows the kms:ScheduleKeyDeletion action"),
        refusal("2026-10-22T13:00:00Z", "vendor-import", "i-0abc", "s3", "GetObject", "arn:aws:s3:::acme-prod-ledger/2026.csv", NO_IDENTITY.format("s3:GetObject"), read_only=True),
        trail("2026-10-23T04:10:00Z", rot, "rotate-23", "iam", "PutRolePolicy", False, f"arn:aws:iam::{ACCOUNT}:role/agent-rotator", parameters={"roleName": "agent-rotator", "policyName": "wider"}),
        trail("2026-10-26T05:04:00Z", prov, "run-26", "sqs", "CreateQueue", False, f"arn:aws:sqs:eu-central-1:{ACCOUNT}:payouts"),
        trail("2026-11-02T05:00:09Z", prov, "run-2", "ssm", "StartAutomationExecution", False, f"arn:aws:ssm:eu-central-1:{ACCOUNT}:document/patch-hosts"),
    ]
    records.append(BEFORE)
    deliver("acme", records)
    deliver("acme", acme_drills(), DRILLS_IN)


def acme_tickets(pay, infra):
    """What agents change needs a ticket: `policy.toml`."""
    I = jira_issue
    issues = [
        I("CHG-201", "Replica for the ledger", "hal", "2026-09-29T08:00:00Z", [("fay", "2026-10-01T08:00:00Z")], "2026-10-02T09:00:00Z"),
        # Ann answers for the provisioning agent.
        I("CHG-202", "Queue for payouts", "provisioner", "2026-10-12T06:00:00Z", [("ann", "2026-10-12T09:00:00Z")], "2026-10-13T08:00:00Z"),
        I("CHG-203", "Dashboards", "provisioner", "2026-10-14T06:00:00Z", [("fay", "2026-10-15T12:00:00Z")], "2026-10-15T13:00:00Z"),
        # Nothing but the pull request's title says what this one is about.
        I("CHG-205", "New API clients", "claude", "2026-10-27T06:00:00Z", [("hal", "2026-10-28T08:00:00Z")], "2026-10-29T07:00:00Z"),
        I("CHG-206", "Archive bucket", "provisioner", "2026-10-20T05:00:00Z", [("fay", "2026-10-21T08:00:00Z")], "2026-10-22T09:00:00Z"),
        I("CHG-207", "Rotate the database secret", "rotator", "2026-10-05T03:00:00Z", [("fay", "2026-10-05T08:00:00Z")], "2026-10-06T08:00:00Z"),
        I("CHG-208", "Rotate the signing key", "rotator", "2026-10-12T03:00:00Z", [("hal", "2026-10-12T08:00:00Z")], "2026-10-13T08:00:00Z"),
        I("CHG-209", "Wider subnet", "provisioner", "2026-10-19T03:00:00Z", [("fay", "2026-10-19T08:00:00Z")], "2026-10-20T09:00:00Z"),
    ]
    links = [("CHG-201", pay, 102), ("CHG-202", pay, 109), ("CHG-203", pay, 113), ("CHG-206", pay, 133), ("CHG-207", infra, 11), ("CHG-208", infra, 12), ("CHG-209", infra, 13)]
    # Of this ticket the export holds nothing but the link.
    links.append(("OPS-17", pay, 126))
    tickets("acme", issues, [jira_link(*link) for link in links])


def acme_deployments(pay, pulls):
    made = continuous(pay, [p for p in pulls if p["number"] != 121], {122: "gus", 125: "hal"})
    head = lambda n, index: sha(f"{pay}#{n}/{index}")
    made += [
        deployment(pay, 8001, sha("direct push"), "pipeline", "2026-10-27T19:02:00Z"),
        deployment(pay, 8002, head(118, 0), "provisioner", "2026-10-20T09:00:00Z"),
        deployment(pay, 8003, head(118, 0), "gus", "2026-10-20T08:00:00Z", "staging"),
        deployment(pay, 8004, head(134, 1), "pipeline", "2026-10-29T10:10:00Z"),
        deployment(pay, 8005, head(106, 0), "hal", "2026-10-08T14:00:00Z"),
    ]
    deployments("acme", sorted(made, key=lambda d: (d["created_at"], d["id"])), failed={8005})


def acme_safeguards():
    """Playbooks, edits of controls, emergencies and access requests, in exports of their own."""
    ledger, A = "acme/ledger", "APPROVED"
    P = lambda *a, **k: gh_pull(ledger, *a, **k)
    pulls = [
        P(1, "Archive closed accounts", "hal", [("hal", "2026-10-05T07:00:00Z")], [("cat", A, "2026-10-05T10:00:00Z", 0)], "2026-10-05T10:30:00Z", "hal"),
        P(2, "Widen the posting window", "gus", [("gus", "2026-10-14T06:00:00Z")], [("cat", A, "2026-10-14T09:50:00Z", 0)], "2026-10-14T10:20:00Z", "gus"),
        P(3, "Drop the nightly checksum", "hal", [("hal", "2026-10-21T07:00:00Z")], [("cat", A, "2026-10-21T10:00:00Z", 0)], "2026-10-21T10:30:00Z", "hal"),
        P(4, "Stop double postings", "ann", [("ann", "2026-10-16T21:30:00Z")], [("cat", A, "2026-10-17T09:00:00Z", 0)], "2026-10-16T22:00:00Z", "hal"),
        P(5, "Raise the connection limit", "ann", [("ann", "2026-10-20T21:30:00Z")], [("cat", A, "2026-10-25T09:00:00Z", 0)], "2026-10-20T22:00:00Z", "hal"),
        P(6, "Skip the sanctions check", "ann", [("ann", "2026-10-27T21:30:00Z")], [], "2026-10-27T22:00:00Z", "hal"),
    ]
    write_json("acme/exports/ledger/pulls.json", pulls)
    # What #3 became is not on the branch: somebody rewrote it.
    write("acme/exports/ledger/main.log", history(ledger, [p for p in pulls if p["number"] != 3]))
    review = "pull_request_review.submit"
    events = [
        audit_event("2026-10-05T10:00:02Z", review, "cat", ledger, "main"),
        audit_event("2026-10-08T08:00:00Z", "repository_ruleset.update", "ida", ledger, "main"),
        {**audit_event("2026-10-14T09:50:01Z", review, "cat", ledger, "main"), "programmatic_access_type": "Personal access token (classic)"},
        audit_event("2026-10-14T10:00:00Z", "protected_branch.destroy", "gus", ledger, "main"),
        audit_event("2026-10-14T11:00:00Z", "protected_branch.create", "gus", ledger, "main"),
    ]
    write_json("acme/exports/github/audit-log/ledger.json", events)

    document = lambda name: f"arn:aws:ssm:eu-central-1:{ACCOUNT}:document/{name}"
    run = lambda at, role, name: trail(at, role, f"run-{name}", "ssm", "StartAutomationExecution", False, document(name), parameters={"documentName": name})
    change = lambda at, who, name: trail(at, "engineer", f"{who}@acme.example", "ssm", "UpdateDocument", False, document(name), parameters={"name": name})
    records = [
        change("2026-10-06T08:00:00Z", "ann", "resize-pool"),
        run("2026-10-08T05:10:00Z", "agent-provisioner", "resize-pool"),
        run("2026-10-07T05:10:00Z", "agent-provisioner", "rotate-certs"),
        change("2026-10-08T14:00:00Z", "hal", "rotate-certs"),
        run("2026-10-09T05:10:00Z", "agent-provisioner", "rotate-certs"),
        run("2026-10-13T05:20:00Z", "agent-rotator", "reset-ledger"),
    ]
    write_json("acme/exports/playbooks/cloudtrail.json", {"Records": records})

    teleport = lambda at, event, code, **more: {"cluster_name": "acme.teleport.example", "code": code, "ei": 0, "event": event, "time": at, "uid": sha(f"{at}/{event}")[:32], **more}
    audit = [
        teleport("2026-10-12T07:00:00Z", "access_request.create", "T5000I", id="0198-hal", user="hal@acme.example", state="PENDING", roles=["prod-runner"], reason="Month-end run, OPS-2200"),
        teleport("2026-10-12T07:30:00Z", "access_request.review", "T5002I", id="0198-hal", reviewer="dan@acme.example", proposed_state="APPROVED", state="APPROVED"),
        teleport("2026-10-19T09:00:00Z", "user.update", "T1003I", name="ida@acme.example", user="max@acme.example", roles=["prod-runner"]),
    ]
    write("acme/exports/teleport/audit.ndjson", "".join(json.dumps(event) + "\n" for event in audit))
    rows = ["principal,role,scope,from,until,granted_by", "hal@acme.example,incident-commander,,2025-06-01T07:00:00Z,,it-admin@acme.example"]
    write("acme/exports/pager/emergency-roles.csv", "\n".join(rows) + "\n")


def acme_other_tools():
    """What the SIEM kept, in Splunk's envelope, and the table of a tool that Acme wrote itself."""
    kept = refusal("2026-10-28T05:06:00Z", "agent-provisioner", "run-28", "iam", "AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/agent-provisioner", SCP)
    raw = json.dumps(kept, separators=(",", ":"))
    row = {"_raw": raw, "sourcetype": "aws:cloudtrail", "index": "audit", "_time": "2026-10-28T06:06:00.000+01:00"}
    write("acme/exports/splunk/refused.ndjson", json.dumps({"preview": False, "offset": 0, "lastrow": True, "result": row}) + "\n")
    rows = [
        "Nr;Wann;Wer;Was;Schalter;Ergebnis",
        "1;08.10.2026 11:00;hal@acme.example;enable;instant-payouts;ok",
        "2;08.10.2026 11:04;hal@acme.example;disable;sanctions-check;refused",
        "3;21.10.2026 15:30;cat@acme.example;enable;new-statements;ok",
    ]
    write("acme/exports/flags/switches.csv", "\r\n".join(rows) + "\r\n")


# --- clean ----------------------------------------------------------------------------------------
def clean():
    shutil.rmtree(HERE / "clean/exports", ignore_errors=True)
    repo, A = "acme/shop", "APPROVED"
    P = lambda *a, **k: gh_pull(repo, *a, **k)
    pulls = [
        P(1, "Add gift cards", "gus", [("gus", "2026-10-05T07:00:00Z")], [("cat", A, "2026-10-05T09:00:00Z", 0)], "2026-10-05T09:30:00Z", "cat"),
        P(2, "Provision image cache", "provisioner", [("provisioner", "2026-10-12T05:00:00Z")], [("cat", A, "2026-10-12T08:00:00Z", 0)], "2026-10-12T08:30:00Z", "cat"),
        P(3, "Fix currency symbol", "gus", [("gus", "2026-10-19T07:00:00Z"), ("gus", "2026-10-19T09:00:00Z")], [("cat", "CHANGES_REQUESTED", "2026-10-19T08:00:00Z", 0), ("cat", A, "2026-10-19T10:00:00Z", 1)], "2026-10-19T10:30:00Z", "gus"),
    ]
    write_json("clean/exports/github/pulls.json", pulls)
    write("clean/exports/git/shop-main.log", history(repo, pulls))
    deployments("clean", continuous(repo, pulls))
    ticket = jira_issue("SHOP-12", "Image cache", "provisioner", "2026-10-08T06:00:00Z", [("fay", "2026-10-09T08:00:00Z")], "2026-10-12T09:00:00Z")
    tickets("clean", [ticket], [jira_link("SHOP-12", repo, 2)])
    audit = [
        audit_event("2026-10-07T09:00:00Z", "repo.rename_branch", "gus", repo, "topic"),
        audit_event("2026-10-20T09:00:00Z", "protected_branch.update_required_approving_review_count", "ann", repo, "main"),
    ]
    write_json("clean/exports/github/audit-log.json", audit)
    rows = ["principal,role,scope,from,until,granted_by"]
    rows += [f"{who}@acme.example,{role},,2025-01-07T09:00:00Z,,it-admin@acme.example" for who, role in [("ann", "developer"), ("cat", "change-approver"), ("gus", "developer"), ("fay", "compliance")]]
    rows.append("gus@acme.example,on-call,,2026-10-02T08:00:00Z,,it-admin@acme.example")
    write("clean/exports/okta/roles.csv", "\n".join(rows) + "\n")
    days = [1, 5, 12, 19, 26, 30]
    keep = lambda r: "engineer" not in r["userIdentity"]["arn"] and "rotator" not in r["userIdentity"]["arn"]
    records = [r for r in everyday(days) if keep(r)]
    records.append(refusal("2026-10-12T05:01:00Z", "agent-provisioner", "run-12", "iam", "CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x", SCP))
    records.append(BEFORE)
    deliver("clean", records)
    deliver("clean", clean_drills(), DRILLS_IN)


# --- messy ----------------------------------------------------------------------------------------
def messy():
    shutil.rmtree(HERE / "messy/exports", ignore_errors=True)
    repo, A = "acme/shop", "APPROVED"
    P = lambda *a, **k: gh_pull(repo, *a, **k)
    pulls = [
        P(1, "Add gift cards", "gus", [("gus", "2026-10-05T07:00:00Z")], [("cat", A, "2026-10-05T09:00:00Z", 0)], "2026-10-05T09:30:00Z", "cat"),
        P(2, "Nobody knows the reviewer's roles then", "gus", [("gus", "2026-10-06T07:00:00Z")], [("hal", A, "2026-10-06T09:00:00Z", 0)], "2026-10-06T09:30:00Z", "cat"),
        P(3, "The export has no commits", "gus", [("gus", "2026-10-07T07:00:00Z")], [("cat", A, "2026-10-07T09:00:00Z", 0)], "2026-10-07T09:30:00Z", "cat"),
        P(4, "The author left GitHub", "gus", [("gus", "2026-10-08T07:00:00Z")], [("cat", A, "2026-10-08T09:00:00Z", 0)], "2026-10-08T09:30:00Z", "cat"),
    ]
    del pulls[2]["commits"]
    broken = dict(pulls[3], createdAt="last Thursday", number=4)
    # What Windows PowerShell makes of `gh … > pulls.json`: UTF-16 with a byte order mark.
    text = json.dumps(pulls[:3] + [broken, "not a pull request"], ensure_ascii=False)
    write("messy/exports/github/pulls.json", b"\xff\xfe" + text.encode("utf-16-le"))
    rows = [
        "Principal;Role;Scope;From;Until",
        "cat@acme.example;change-approver;;2025-01-07T09:00:00Z;",
        "gus@acme.example;developer;;2025-01-07T09:00:00Z;",
        "gus@acme.example;developer;;07/01/2025;",
        "cat@acme.example;reader",
        "fay@acme.example;compliance;;2026-03-01T00:00:00Z;2025-03-01T00:00:00Z",
    ]
    write("messy/exports/okta/roles.csv", "\r\n".join(rows) + "\r\n")
    keep = lambda r: "agent-provisioner" in r["userIdentity"]["arn"]
    records = [r for r in everyday([1, 5]) if keep(r)]
    undated = dict(records[1], eventTime="soon")
    lines = [json.dumps(record, separators=(",", ":")) for record in [*records, undated]]
    lines.insert(1, '{"eventVersion":"1.11","eventTime":"2026-10-01T05:')
    write("messy/exports/aws/cloudtrail.ndjson", "\n".join(lines) + "\n")


if __name__ == "__main__":
    acme()
    acme_safeguards()
    acme_other_tools()
    clean()
    messy()
