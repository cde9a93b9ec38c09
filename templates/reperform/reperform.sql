-- Re-performs the verdicts on changes and commits from the pack's tables, and lists every
-- difference from what the program stated. No row: the two agree.
--
-- One statement of plain SQL, without what engines read differently. Load the tables first, every
-- column as text (load-sqlite.sql, load-duckdb.sql, README.md). An empty cell may be '' or NULL.
--
--   test          a rule of verdicts.csv, or a column: approvals.counts, changes.by_agent ...
--   subject       the change, commit or approval
--   stated        what the table says; NULL: it says nothing
--   reperformed   what follows from the facts; NULL: nothing does
--
-- Read from the tables: who did what when (duties), whose account it is (identities), who held
-- which role when (role-assignments), what was merged (changes), what policy asks (policy), what
-- the exports reach (sources), how commits are linked to changes (commits). What the program
-- concluded (approvals.counts, changes.enough, verdicts ...) is read in `stated` alone.

WITH

-- ---------------------------------------------------------------- facts

-- Times are text of one width here, with six decimals, so that their order is that of time.
-- A pattern's * and ? become the % and _ of LIKE, and its own % and _ are escaped by !.
asked AS (
  SELECT
    MAX(CASE WHEN p.setting = 'sponsor-approval' THEN p.value END) AS sponsor_approval,
    MAX(CASE WHEN p.setting = 'people' THEN CAST(p.value AS INTEGER) END) AS people,
    MAX(CASE WHEN p.setting = 'agents' THEN CAST(p.value AS INTEGER) END) AS agents,
    MAX(CASE WHEN p.setting = 'protects' THEN p.value END) AS protects,
    SUM(CASE WHEN p.setting = 'approving-role' THEN 1 ELSE 0 END) AS approving_roles
  FROM policy p
),

pattern AS (
  SELECT p.setting AS setting, p.value AS written,
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(p.value,
      '!', '!!'), '%', '!%'), '_', '!_'), '*', '%'), '?', '_') AS name_like,
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(COALESCE(p.branch, ''),
      '!', '!!'), '%', '!%'), '_', '!_'), '*', '%'), '?', '_') AS branch_like
  FROM policy p
  WHERE p.setting IN ('approving-role', 'protected')
),

merged_change AS (
  SELECT c.change AS change_id,
    COALESCE(c.repository, '') AS repository,
    COALESCE(c.target, '') AS target,
    COALESCE(c.revision, '') AS revision,
    SUBSTR(REPLACE(c.merged, 'Z', CASE WHEN LENGTH(c.merged) = 20 THEN '.' ELSE '' END)
      || '000000', 1, 26) AS merged,
    c.reviews_known AS reviews_known,
    c.commits_known AS commits_known
  FROM changes c
),

-- A repository or branch that is not known counts as protected.
protected_change AS (
  SELECT DISTINCT c.change_id AS change_id
  FROM merged_change c
  CROSS JOIN asked
  LEFT JOIN pattern p
    ON p.setting = 'protected'
    AND c.repository LIKE p.name_like ESCAPE '!'
    AND c.target LIKE p.branch_like ESCAPE '!'
  WHERE p.setting IS NOT NULL OR asked.protects = 'everything'
    OR c.repository = '' OR c.target = ''
),

act AS (
  SELECT d.change AS change_id, d.part AS part, d.duty AS duty, d.account AS account,
    d.dismissed AS dismissed, d.place AS place,
    COALESCE(d.revision, '') AS revision,
    COALESCE(d.at, '') AS happened_at,
    CASE WHEN COALESCE(d.at, '') = '' THEN '' ELSE
      SUBSTR(REPLACE(d.at, 'Z', CASE WHEN LENGTH(d.at) = 20 THEN '.' ELSE '' END)
        || '000000', 1, 26) END AS happened,
    COALESCE(i.principal, '') AS principal,
    COALESCE(i.person, 'unknown: ' || d.account) AS person,
    COALESCE(i.kind, 'unknown') AS kind,
    CASE WHEN COALESCE(i.valid_from, '') = '' THEN '' ELSE
      SUBSTR(REPLACE(i.valid_from, 'Z', CASE WHEN LENGTH(i.valid_from) = 20 THEN '.' ELSE '' END)
        || '000000', 1, 26) END AS valid_from,
    CASE WHEN COALESCE(i.valid_until, '') = '' THEN '~' ELSE
      SUBSTR(REPLACE(i.valid_until, 'Z', CASE WHEN LENGTH(i.valid_until) = 20 THEN '.' ELSE '' END)
        || '000000', 1, 26) END AS valid_until
  FROM duties d
  LEFT JOIN identities i ON i.account = d.account
),

role_span AS (
  SELECT r.principal AS principal, r.role AS role, COALESCE(r.scope, '') AS scope,
    REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(COALESCE(r.scope, ''),
      '!', '!!'), '%', '!%'), '_', '!_'), '*', '%'), '?', '_') AS scope_like,
    CASE WHEN COALESCE(r.held_from, '') = '' THEN '' ELSE
      SUBSTR(REPLACE(r.held_from, 'Z', CASE WHEN LENGTH(r.held_from) = 20 THEN '.' ELSE '' END)
        || '000000', 1, 26) END AS held_from,
    -- A span without a recorded end is known up to a moment, and that one is part of it.
    CASE WHEN COALESCE(r.held_until, '') <> '' THEN
        SUBSTR(REPLACE(r.held_until, 'Z', CASE WHEN LENGTH(r.held_until) = 20 THEN '.' ELSE '' END)
          || '000000', 1, 26)
      WHEN COALESCE(r.known_until, '') <> '' THEN
        SUBSTR(REPLACE(r.known_until, 'Z', CASE WHEN LENGTH(r.known_until) = 20 THEN '.' ELSE '' END)
          || '000000', 1, 26) || '~'
      ELSE '~' END AS held_until,
    CASE WHEN SUBSTR(r.how_known, 1, 8) = 'unknown:' THEN 0 ELSE 1 END AS sure,
    CASE WHEN r.told_by = 'snapshot' AND r.how_known = 'proven' THEN 1 ELSE 0 END AS listed
  FROM role_assignments r
),

-- ---------------------------------------------------------------- approvals

-- Who asked for the change, or wrote or committed some of it. opened: they opened the change.
contribution AS (
  SELECT DISTINCT a.change_id AS change_id, a.account AS account, a.principal AS principal,
    a.person AS person, a.kind AS kind,
    CASE WHEN a.duty = 'author' AND a.part = a.change_id THEN 1 ELSE 0 END AS opened
  FROM act a
  WHERE a.duty IN ('request', 'author', 'commit')
),

approval AS (
  SELECT
    ROW_NUMBER() OVER (ORDER BY a.change_id, a.happened, a.account, a.revision, a.dismissed,
      a.place) AS n,
    a.change_id AS change_id, a.account AS account, a.principal AS principal,
    a.person AS person, a.kind AS kind, a.revision AS revision, a.dismissed AS dismissed,
    a.happened_at AS happened_at, a.happened AS happened,
    a.valid_from AS valid_from, a.valid_until AS valid_until,
    c.merged AS merged, c.revision AS merged_revision, c.repository AS repository,
    c.commits_known AS commits_known
  FROM act a
  JOIN merged_change c ON c.change_id = a.change_id
  WHERE a.duty = 'approve' AND a.part = a.change_id
),

-- The same person decided later, up to the merge. Of two at one moment the rejection stands.
superseded AS (
  SELECT DISTINCT p.n AS n
  FROM approval p
  JOIN act d ON d.change_id = p.change_id AND d.person = p.person
  WHERE p.dismissed = 'no' AND p.happened <> '' AND p.happened <= p.merged
    AND d.part = d.change_id AND d.duty IN ('approve', 'reject') AND d.dismissed = 'no'
    AND d.happened <> '' AND d.happened <= p.merged
    AND (d.happened > p.happened OR (d.happened = p.happened AND d.duty = 'reject'))
),

-- Each approval beside each contribution: is the reviewer the contributor? One person may have
-- several accounts; an agent stands with whoever answers for it; the platform is nobody. shared: an
-- agent or service approved, and one human stands behind it and the contributor.
pair AS (
  SELECT p.n AS n, c.principal AS c_principal, c.opened AS opened,
    CASE
      WHEN p.person = 'the platform' OR c.person = 'the platform' THEN 'different'
      WHEN p.person = c.person AND c.principal <> '' AND c.principal <> p.principal
        AND c.person = p.principal THEN 'sponsor'
      WHEN p.person = c.person AND c.principal <> p.principal THEN 'shared'
      WHEN p.person = c.person THEN 'same'
      WHEN p.principal = '' OR c.principal = '' THEN 'unknown'
      ELSE 'different'
    END AS who
  FROM approval p
  JOIN contribution c ON c.change_id = p.change_id
),

party AS (
  SELECT x.n AS n,
    MAX(CASE WHEN x.who = 'same' AND x.opened = 1 THEN 1 ELSE 0 END) AS author,
    MAX(CASE WHEN x.who = 'same' AND x.opened = 0 THEN 1 ELSE 0 END) AS contributor,
    MAX(CASE WHEN x.who = 'sponsor' THEN 1 ELSE 0 END) AS sponsor,
    MAX(CASE WHEN x.who = 'shared' THEN 1 ELSE 0 END) AS shared,
    MAX(CASE WHEN x.who = 'unknown' AND x.c_principal <> '' THEN 1 ELSE 0 END) AS reviewer_unknown,
    MAX(CASE WHEN x.who = 'unknown' AND x.c_principal = '' THEN 1 ELSE 0 END) AS other_unknown
  FROM pair x
  GROUP BY x.n
),

-- Roles that entitle, held at the moment of approving and for the repository.
held AS (
  SELECT p.n AS n, MAX(r.sure) AS sure
  FROM approval p
  JOIN role_span r
    ON r.principal = p.principal AND r.held_from <= p.happened AND p.happened < r.held_until
  JOIN pattern g ON g.setting = 'approving-role' AND r.role LIKE g.name_like ESCAPE '!'
  WHERE p.principal <> '' AND p.happened <> ''
    AND (r.scope = ''
      OR (p.repository <> ''
        AND (p.repository LIKE r.scope_like ESCAPE '!'
          OR SUBSTR(p.repository, 1, LENGTH(r.scope) + 1) = r.scope || '/')))
  GROUP BY p.n
),

-- When would the exports have shown a role, had somebody held it? An export of intervals until
-- it was made; snapshots between the first and the last that list the role.
listing AS (
  SELECT r.role AS role, MIN(r.held_from) AS first_listed, MAX(r.held_from) AS last_listed
  FROM role_span r
  WHERE r.listed = 1
  GROUP BY r.role
),

shown_by_snapshots AS (
  SELECT g.written AS written, MAX(l.first_listed) AS first_listed, MIN(l.last_listed) AS last_listed
  FROM pattern g
  JOIN listing l ON l.role LIKE g.name_like ESCAPE '!'
  WHERE g.setting = 'approving-role'
  GROUP BY g.written
),

shown_by_intervals AS (
  SELECT g.written AS written,
    MAX(CASE WHEN COALESCE(s.exported_at, '') = '' THEN '~' ELSE
      SUBSTR(REPLACE(s.exported_at, 'Z', CASE WHEN LENGTH(s.exported_at) = 20 THEN '.' ELSE '' END)
        || '000000', 1, 26) END) AS made
  FROM pattern g
  JOIN sources s
    ON s.roles = 'interval'
    AND (s.system = g.written
      OR SUBSTR(g.written, 1, LENGTH(s.system) + 1) = s.system || ':')
  WHERE g.setting = 'approving-role'
  GROUP BY g.written
),

not_shown AS (
  SELECT DISTINCT p.n AS n
  FROM approval p
  CROSS JOIN pattern g
  LEFT JOIN shown_by_intervals i ON i.written = g.written
  LEFT JOIN shown_by_snapshots l ON l.written = g.written
  WHERE g.setting = 'approving-role'
    AND NOT (p.happened <= COALESCE(i.made, ''))
    AND NOT (COALESCE(l.first_listed, '~') <= p.happened AND p.happened <= COALESCE(l.last_listed, ''))
),

-- Every reason against an approval, and every doubt.
weighed AS (
  SELECT p.n AS n, p.change_id AS change_id, p.account AS account, p.person AS person,
    p.happened_at AS happened_at, p.kind AS kind,
    CASE WHEN s.n IS NOT NULL OR p.dismissed <> 'no' THEN 1 ELSE 0 END AS withdrawn,
    CASE WHEN p.kind IN ('agent', 'service') THEN 1 ELSE 0 END AS not_human,
    CASE WHEN p.happened > p.merged THEN 1 ELSE 0 END AS late,
    CASE WHEN p.revision <> '' AND p.merged_revision <> '' AND p.revision <> p.merged_revision
      THEN 1 ELSE 0 END AS stale,
    COALESCE(y.author, 0) AS author,
    COALESCE(y.contributor, 0) AS contributor,
    COALESCE(y.sponsor, 0) AS sponsor,
    COALESCE(y.shared, 0) AS shared,
    CASE WHEN p.principal <> '' AND p.happened <> ''
      AND (p.happened < p.valid_from OR p.valid_until <= p.happened) THEN 1 ELSE 0 END AS inactive,
    CASE WHEN p.principal <> '' AND p.happened <> ''
      AND h.n IS NULL AND u.n IS NULL AND asked.approving_roles > 0 THEN 1 ELSE 0 END AS not_entitled,
    CASE WHEN p.principal <> '' AND p.happened <> '' AND COALESCE(h.sure, 0) = 0
      AND (h.n IS NOT NULL OR u.n IS NOT NULL OR asked.approving_roles = 0)
      THEN 1 ELSE 0 END AS role_unknown,
    CASE WHEN p.kind = 'unknown' THEN 1 ELSE COALESCE(y.reviewer_unknown, 0) END AS reviewer_unknown,
    COALESCE(y.other_unknown, 0) AS other_unknown,
    CASE WHEN p.commits_known <> 'yes' THEN 1 ELSE 0 END AS commits_unknown,
    CASE WHEN p.happened = '' THEN 1 ELSE 0 END AS time_unknown,
    CASE WHEN p.revision = '' OR p.merged_revision = '' THEN 1 ELSE 0 END AS revision_unknown
  FROM approval p
  CROSS JOIN asked
  LEFT JOIN superseded s ON s.n = p.n
  LEFT JOIN party y ON y.n = p.n
  LEFT JOIN held h ON h.n = p.n
  LEFT JOIN not_shown u ON u.n = p.n
),

counted AS (
  SELECT w.n AS n, w.change_id AS change_id, w.account AS account, w.person AS person,
    w.happened_at AS happened_at, w.withdrawn AS withdrawn,
    w.not_human AS not_human, w.late AS late, w.stale AS stale, w.author AS author,
    w.contributor AS contributor, w.sponsor AS sponsor, w.shared AS shared,
    w.inactive AS inactive, w.not_entitled AS not_entitled, w.kind AS kind,
    w.role_unknown AS role_unknown, w.reviewer_unknown AS reviewer_unknown,
    w.other_unknown AS other_unknown, w.time_unknown AS time_unknown,
    w.revision_unknown AS revision_unknown,
    CASE
      WHEN w.withdrawn + w.not_human + w.late + w.stale + w.author + w.contributor + w.sponsor
        + w.shared + w.inactive + w.not_entitled > 0 THEN 'no'
      WHEN w.role_unknown + w.reviewer_unknown + w.other_unknown + w.commits_unknown
        + w.time_unknown + w.revision_unknown > 0 THEN 'unknown'
      ELSE 'yes'
    END AS counts
  FROM weighed w
),

-- ---------------------------------------------------------------- changes

-- An approval that was withdrawn stands for nothing, so nothing relied on it.
approvals_of AS (
  SELECT k.change_id AS change_id,
    COUNT(*) AS approvals,
    COUNT(DISTINCT CASE WHEN k.counts = 'yes' THEN k.person END) AS effective,
    COUNT(DISTINCT CASE WHEN k.counts <> 'no' THEN k.person END) AS possible,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.author ELSE 0 END) AS author,
    MAX(CASE WHEN k.withdrawn = 0 AND k.author = 0 THEN k.contributor ELSE 0 END) AS contributor,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.sponsor ELSE 0 END) AS sponsor,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.shared ELSE 0 END) AS shared,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.inactive ELSE 0 END) AS inactive,
    MAX(CASE WHEN k.kind <> 'human' THEN 1 ELSE 0 END) AS machine,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.not_human ELSE 0 END) AS not_human,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.late ELSE 0 END) AS late,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.stale ELSE 0 END) AS stale,
    MAX(CASE WHEN k.withdrawn = 0 THEN k.not_entitled ELSE 0 END) AS not_entitled,
    MAX(CASE WHEN k.reviewer_unknown + k.other_unknown > 0 THEN 1 ELSE 0 END) AS maybe_party,
    MAX(k.reviewer_unknown) AS maybe_not_human,
    MAX(k.time_unknown) AS maybe_late,
    MAX(CASE WHEN k.reviewer_unknown + k.time_unknown > 0 THEN 1 ELSE 0 END) AS maybe_inactive,
    MAX(k.revision_unknown) AS maybe_stale,
    MAX(CASE WHEN k.reviewer_unknown + k.time_unknown + k.role_unknown > 0 THEN 1 ELSE 0 END)
      AS maybe_not_entitled
  FROM counted k
  GROUP BY k.change_id
),

-- Whoever took an approval back, and had given no other that stood at the merge.
withdrew AS (
  SELECT k.change_id AS change_id, k.person AS person
  FROM counted k
  GROUP BY k.change_id, k.person
  HAVING MAX(k.withdrawn) = 1
    AND MAX(CASE WHEN k.withdrawn = 0 AND k.late = 0 THEN 1 ELSE 0 END) = 0
),

-- Reviews that were dismissed, and of which nobody says whether they had approved.
dismissed_reviews AS (
  SELECT d.change AS change_id, COUNT(*) AS reviews
  FROM duties d
  WHERE d.part = d.change AND d.duty = 'review' AND d.dismissed <> 'no'
  GROUP BY d.change
),

agents_of AS (
  SELECT c.change_id AS change_id, MAX(CASE WHEN c.kind = 'agent' THEN 1 ELSE 0 END) AS by_agent
  FROM contribution c
  GROUP BY c.change_id
),

-- gate: why a rule is not tested at all, else ''.
judged AS (
  SELECT c.change_id AS change_id,
    CASE
      WHEN x.change_id IS NULL THEN 'not applicable'
      WHEN COALESCE(t.approvals, 0) = 0 AND c.reviews_known <> 'yes' THEN 'indeterminate'
      ELSE ''
    END AS gate,
    c.commits_known AS commits_known,
    COALESCE(g.by_agent, 0) AS by_agent,
    COALESCE(t.approvals, 0) AS approvals,
    CASE
      WHEN COALESCE(t.effective, 0)
        >= CASE WHEN COALESCE(g.by_agent, 0) = 1 THEN asked.agents ELSE asked.people END THEN 'yes'
      WHEN COALESCE(t.possible, 0)
        >= CASE WHEN COALESCE(g.by_agent, 0) = 1 THEN asked.agents ELSE asked.people END THEN 'unknown'
      ELSE 'no'
    END AS enough,
    CASE WHEN COALESCE(g.by_agent, 0) = 1 THEN asked.agents ELSE asked.people END AS needed,
    COALESCE(t.effective, 0) AS effective,
    COALESCE(t.possible, 0) AS possible,
    CASE WHEN d.change_id IS NULL THEN 0 ELSE 1 END AS taken_back,
    COALESCE(z.reviews, 0) AS dismissed,
    t.shared AS shared, t.inactive AS inactive, t.machine AS machine,
    t.maybe_inactive AS maybe_inactive,
    asked.sponsor_approval AS sponsor_approval,
    t.author AS author, t.contributor AS contributor, t.sponsor AS sponsor,
    t.not_human AS not_human, t.late AS late, t.stale AS stale, t.not_entitled AS not_entitled,
    t.maybe_party AS maybe_party, t.maybe_not_human AS maybe_not_human,
    t.maybe_late AS maybe_late, t.maybe_stale AS maybe_stale,
    t.maybe_not_entitled AS maybe_not_entitled
  FROM merged_change c
  CROSS JOIN asked
  LEFT JOIN protected_change x ON x.change_id = c.change_id
  LEFT JOIN approvals_of t ON t.change_id = c.change_id
  LEFT JOIN agents_of g ON g.change_id = c.change_id
  LEFT JOIN (SELECT DISTINCT w.change_id AS change_id FROM withdrew w) d
    ON d.change_id = c.change_id
  LEFT JOIN dismissed_reviews z ON z.change_id = c.change_id
),

-- The rules on what a change relied on: a fault is a violation only where no other approval
-- suffices, and a doubt matters only there.
relied AS (
  SELECT 'agent-approval' AS test, j.change_id AS change_id, j.gate AS gate,
    j.approvals AS approvals, j.enough AS enough, j.not_human AS fault, j.maybe_not_human AS doubt
  FROM judged j
  UNION ALL
  SELECT 'approver-not-entitled', j.change_id, j.gate, j.approvals, j.enough, j.not_entitled,
    j.maybe_not_entitled
  FROM judged j
  UNION ALL
  SELECT 'late-approval', j.change_id, j.gate, j.approvals, j.enough, j.late, j.maybe_late
  FROM judged j
  UNION ALL
  SELECT 'stale-approval', j.change_id, j.gate, j.approvals, j.enough, j.stale, j.maybe_stale
  FROM judged j
  UNION ALL
  SELECT 'approver-inactive', j.change_id, j.gate, j.approvals, j.enough, j.inactive,
    j.maybe_inactive
  FROM judged j
  UNION ALL
  SELECT 'withdrawn-approval', j.change_id, j.gate, j.approvals + j.dismissed, j.enough, j.taken_back,
    CASE WHEN j.maybe_late = 1 OR j.dismissed > 0 THEN 1 ELSE 0 END
  FROM judged j
),

-- ---------------------------------------------------------------- commits

-- A commit came with a merged change if the change holds it, has it as its head or was merged as
-- it, or if that is so of a commit that it merged.
commit_of AS (
  SELECT m.subject AS subject,
    MAX(COALESCE(m.repository, '')) AS repository,
    MAX(CASE WHEN m.changes_known = 'yes' THEN 1 ELSE 0 END) AS changes_known,
    MAX(CASE WHEN m.link IN ('contains', 'head', 'merged-as') AND COALESCE(m.change_merged, '') <> ''
      THEN 1 ELSE 0 END) AS reviewed
  FROM commits m
  GROUP BY m.subject
),

-- ---------------------------------------------------------------- verdicts

reperformed AS (
  SELECT r.test AS test, r.change_id AS subject,
    CASE
      WHEN r.gate <> '' THEN r.gate
      WHEN r.approvals = 0 THEN 'not applicable'
      WHEN r.fault = 1 AND r.enough = 'no' THEN 'violation'
      WHEN r.fault = 1 AND r.enough = 'unknown' THEN 'indeterminate'
      WHEN r.fault = 0 AND r.doubt = 1 AND r.enough <> 'yes' THEN 'indeterminate'
      ELSE 'pass'
    END AS answer
  FROM relied r
  UNION ALL
  SELECT 'self-approval', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.approvals = 0 THEN 'not applicable'
      WHEN j.author = 1 THEN 'violation'
      WHEN j.maybe_party = 1 THEN 'indeterminate'
      ELSE 'pass'
    END
  FROM judged j
  UNION ALL
  SELECT 'contributor-approval', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.commits_known <> 'yes' THEN 'indeterminate'
      WHEN j.approvals = 0 THEN 'not applicable'
      WHEN j.contributor = 1 THEN 'violation'
      WHEN j.maybe_party = 1 THEN 'indeterminate'
      ELSE 'pass'
    END
  FROM judged j
  UNION ALL
  SELECT 'sponsor-approval', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.by_agent = 0 OR j.approvals = 0 THEN 'not applicable'
      WHEN j.sponsor = 0 AND j.maybe_party = 1 THEN 'indeterminate'
      WHEN j.sponsor = 0 THEN 'pass'
      WHEN j.sponsor_approval = 'never' OR j.enough = 'no' THEN 'violation'
      WHEN j.enough = 'unknown' THEN 'indeterminate'
      ELSE 'pass'
    END
  FROM judged j
  UNION ALL
  SELECT 'common-sponsor-approval', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.approvals = 0 OR j.machine = 0 THEN 'not applicable'
      WHEN j.shared = 0 AND j.maybe_party = 1 THEN 'indeterminate'
      WHEN j.shared = 0 THEN 'pass'
      WHEN j.sponsor_approval = 'never' OR j.enough = 'no' THEN 'violation'
      WHEN j.enough = 'unknown' THEN 'indeterminate'
      ELSE 'pass'
    END
  FROM judged j
  UNION ALL
  SELECT 'no-approval', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.effective > 0 THEN 'pass'
      WHEN j.possible > 0 THEN 'indeterminate'
      ELSE 'violation'
    END
  FROM judged j
  UNION ALL
  SELECT 'too-few-approvals', j.change_id,
    CASE
      WHEN j.gate <> '' THEN j.gate
      WHEN j.needed < 2 OR j.possible = 0 THEN 'not applicable'
      WHEN j.enough = 'yes' THEN 'pass'
      WHEN j.enough = 'no' AND j.effective > 0 THEN 'violation'
      ELSE 'indeterminate'
    END
  FROM judged j
  UNION ALL
  SELECT 'change-without-review', m.subject,
    CASE
      WHEN m.repository = '' THEN 'indeterminate'
      WHEN m.reviewed = 1 THEN 'pass'
      WHEN m.changes_known = 0 THEN 'indeterminate'
      ELSE 'violation'
    END
  FROM commit_of m
  UNION ALL
  SELECT 'approvals.counts', k.change_id || ' by ' || k.account || ' at ' || k.happened_at, k.counts
  FROM counted k
  UNION ALL
  SELECT 'changes.enough', j.change_id, j.enough
  FROM judged j
  UNION ALL
  SELECT 'changes.by_agent', j.change_id, CASE WHEN j.by_agent = 1 THEN 'yes' ELSE 'no' END
  FROM judged j
),

tested AS (
  SELECT 'agent-approval' AS test
  UNION ALL SELECT 'approver-inactive'
  UNION ALL SELECT 'approver-not-entitled'
  UNION ALL SELECT 'change-without-review'
  UNION ALL SELECT 'common-sponsor-approval'
  UNION ALL SELECT 'contributor-approval'
  UNION ALL SELECT 'late-approval'
  UNION ALL SELECT 'no-approval'
  UNION ALL SELECT 'self-approval'
  UNION ALL SELECT 'sponsor-approval'
  UNION ALL SELECT 'stale-approval'
  UNION ALL SELECT 'too-few-approvals'
  UNION ALL SELECT 'withdrawn-approval'
),

-- Where there was nothing to test, the verdict on the empty population is `indeterminate`. So
-- tables that were not loaded cannot pass for agreement.
expected AS (
  SELECT r.test AS test, r.subject AS subject, r.answer AS answer
  FROM reperformed r
  UNION ALL
  SELECT t.test, '', 'indeterminate'
  FROM tested t
  LEFT JOIN (SELECT DISTINCT r.test AS test FROM reperformed r) d ON d.test = t.test
  WHERE d.test IS NULL
),

stated AS (
  SELECT v.rule AS test, COALESCE(v.subject, '') AS subject, v.verdict AS answer
  FROM verdicts v
  JOIN tested t ON t.test = v.rule
  UNION ALL
  SELECT 'approvals.counts', a.change || ' by ' || a.account || ' at ' || COALESCE(a.at, ''), a.counts
  FROM approvals a
  UNION ALL
  SELECT 'changes.enough', c.change, c.enough
  FROM changes c
  UNION ALL
  SELECT 'changes.by_agent', c.change, c.by_agent
  FROM changes c
),

-- ---------------------------------------------------------------- differences

compared AS (
  SELECT b.test AS test, b.subject AS subject, b.answer AS answer, SUM(b.side) AS side
  FROM (
    SELECT s.test AS test, s.subject AS subject, s.answer AS answer, 1 AS side FROM stated s
    UNION ALL
    SELECT e.test, e.subject, e.answer, -1 FROM expected e
  ) b
  GROUP BY b.test, b.subject, b.answer
)

SELECT o.test AS test, o.subject AS subject,
  MAX(CASE WHEN o.side > 0 THEN o.answer END) AS stated,
  MAX(CASE WHEN o.side < 0 THEN o.answer END) AS reperformed
FROM compared o
WHERE o.side <> 0
GROUP BY o.test, o.subject
ORDER BY o.test, o.subject;
