#!/usr/bin/env bash
# Collects the exports of one month with the vendors' own command-line tools, and notes in
# exports/collected.csv who exported each file, when, with which command, and what it then was.
#
#   bash collect.sh            the month that ended last
#   bash collect.sh 2026-10    that month
#   bash collect.sh members    only lists of members, which show one moment: let cron do it nightly
#
# Set what you have, here or in the environment; what is empty is passed over. Every command only
# reads. Tokens belong to the tools (`gh auth login`, `aws configure sso`, …) or, for curl, into a
# file of its own (a line such as `header = "Authorization: SSWS …"`), never on a command line:
# command lines are noted. Exits with 1 if anything could not be collected.
set -uo pipefail
cd "$(dirname "$0")" || exit 2

: "${COLLECTOR:=$(id -un)}"        # id in principals.csv of whoever answers for the collection
: "${GITHUB_ORG:=}"                # acme
: "${GITHUB_REPOSITORIES:=}"       # acme/pay acme/infra
: "${GITHUB_TEAMS:=}"              # reviewers platform
: "${GIT_CLONES:=}"                # clones/pay=main, fetched before
: "${GITLAB_PROJECTS:=}"           # acme/pay
: "${GITLAB_GROUP:=}"              # acme
: "${OKTA_DOMAIN:=}"               # acme.okta.com
: "${OKTA_CURL:=}"                 # file of curl options with the token
: "${OKTA_GROUPS:=}"               # change-approver=00g1abcd, name and id
: "${AWS_TRAIL:=}"                 # s3://acme-trail/AWSLogs/111122223333/CloudTrail
: "${AWS_ACCOUNTS:=}"              # names of profiles: prod shared
: "${AZURE_SUBSCRIPTIONS:=}"       # ids
: "${ENTRA:=}"                     # yes
: "${GCP_ORGANIZATION:=}"          # 123456789012
: "${KUBERNETES_CONTEXTS:=}"       # prod-eu
: "${JIRA_SITE:=}"                 # acme.atlassian.net
: "${JIRA_CURL:=}"                 # file of curl options with user and token
: "${JIRA_PROJECTS:=}"             # CHG

failed=0
log=exports/collected.csv
headers=$(mktemp) reply=$(mktemp)
trap 'rm -f "$headers" "$reply"' EXIT

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi <"$1" | cut -c 1-64; }
cell() { local text=${1//\"/\"\"}; printf '"%s"' "$text"; }

# The arguments as a shell takes them, each on one line with the others
command_line() {
  local argument line=
  for argument in "$@"; do
    [[ $argument =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]] || argument="'${argument//\'/\'\\\'\'}'"
    line="$line $argument"
  done
  printf '%s' "${line# }"
}

# note FILE TIME COMMAND: a row of the log
note() {
  [ -s "$log" ] || printf 'path,sha256,exported_by,exported_at,command\n' >"$log"
  printf '%s,%s,%s,%s,%s\n' \
    "$(cell "$1")" "$(digest "$1")" "$(cell "$COLLECTOR")" "$2" "$(cell "$3")" >>"$log"
}

# collect FILE COMMAND…: keeps what the command prints, or nothing if it fails
collect() {
  local file="$folder/$1" began status
  shift
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  mkdir -p "$(dirname "$file")"
  "$@" >"$file.part"
  status=$?
  if [ $status -eq 0 ] && [ -s "$file.part" ]; then
    mv "$file.part" "$file"
    note "$file" "$began" "$(command_line "$@")"
    printf 'collected %s\n' "$file"
  else
    rm -f "$file.part"
    printf 'NOT collected %s: %s ended with %s\n' "$file" "$1" "$status" >&2
    failed=1
  fi
}

# follow FILE NEXT ADDRESS COMMAND…: what the command prints of the address and of every address that
# NEXT finds after it, one reply after the other in one file, or nothing if one of them fails
follow() {
  local file="$folder/$1" next=$2 address=$3 began command seen=
  shift 3
  page_one=$address
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  command="$(command_line "$@" "$address"), and each page after it"
  if [ "$next" = by_header ]; then set -- "$@" --dump-header "$headers"; fi
  mkdir -p "$(dirname "$file")"
  : >"$file.part"
  while [ -n "$address" ] && [ "$address" != "$seen" ]; do
    : >"$headers"
    if ! "$@" "$address" >"$reply"; then
      rm -f "$file.part"
      printf 'NOT collected %s: %s failed on %s\n' "$file" "$1" "$address" >&2
      failed=1
      return
    fi
    cat "$reply" >>"$file.part"
    seen=$address
    address=$("$next")
  done
  mv "$file.part" "$file"
  note "$file" "$began" "$command"
  printf 'collected %s\n' "$file"
}

# Where the next page is: in a header (Okta), in the reply (Graph), or by a token in it (Jira)
by_header() { tr -d '\r' <"$headers" | sed -n 's/^[Ll]ink: *<\([^>]*\)>.*rel="next".*/\1/p' | head -n 1; }
by_link() { sed -n 's/.*"@odata\.nextLink": *"\([^"]*\)".*/\1/p' "$reply" | head -n 1; }
by_token() {
  local token
  token=$(sed -n 's/.*"nextPageToken": *"\([^"]*\)".*/\1/p' "$reply" | head -n 1)
  [ -z "$token" ] || printf '%s&nextPageToken=%s' "$page_one" "$token"
}

# What happened in the month. The span begins days before it and ends a day after, for time zones
# and for events that arrive late: what lies outside the period is counted, and judged by nobody.
events() {
  local repository name project
  for repository in $GITHUB_REPOSITORIES; do
    name=github/${repository//\//-}
    collect "$name-pulls.json" gh pr list --repo "$repository" --state all --limit 100000 \
      --json number,title,url,state,author,createdAt,updatedAt,mergedAt,mergedBy,mergeCommit,headRefOid,baseRefName,reviews,commits
    collect "$name-rule-suites.json" \
      gh api --paginate "repos/$repository/rulesets/rule-suites?time_period=month&per_page=100"
    collect "$name-deployments.json" gh api --paginate "repos/$repository/deployments?per_page=100"
  done
  [ -z "$GITHUB_ORG" ] || collect github/audit-log.json gh api --paginate \
    "orgs/$GITHUB_ORG/audit-log?include=all&per_page=100&phrase=created:$first..$last"
  for project in $GIT_CLONES; do
    name=${project%%=*}
    collect "git/$(basename "$name")-${project##*=}.log" \
      git -C "$name" --no-replace-objects --no-pager log --no-notes --no-patch \
      --format='%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%D%x1f%B%x1e' "${project##*=}"
  done
  for project in $GITLAB_PROJECTS; do
    collect "gitlab/${project//\//-}-merge-requests.json" glab api --paginate \
      "projects/${project//\//%2F}/merge_requests?state=all&updated_after=${first}T00:00:00Z&per_page=100"
  done
  [ -z "$GITLAB_GROUP" ] || collect gitlab/audit.json glab api --paginate \
    "groups/${GITLAB_GROUP//\//%2F}/audit_events?created_after=${first}T00:00:00Z&created_before=${last}T00:00:00Z&per_page=100"
  [ -z "$OKTA_DOMAIN" ] || follow okta/system-log.json by_header \
    "https://$OKTA_DOMAIN/api/v1/logs?since=${first}T00:00:00Z&until=${last}T00:00:00Z&limit=1000" \
    curl --fail --silent --show-error --config "$OKTA_CURL"
  [ -z "$AWS_TRAIL" ] || trail
  for name in $AZURE_SUBSCRIPTIONS; do
    collect "azure/activity-$name.json" az monitor activity-log list --subscription "$name" \
      --start-time "${first}T00:00:00Z" --end-time "${last}T00:00:00Z" --max-events 100000 --output json
  done
  [ -z "$ENTRA" ] || follow azure/entra-audit.json by_link \
    "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?\$filter=activityDateTime ge ${first}T00:00:00Z and activityDateTime lt ${last}T00:00:00Z&\$top=999" \
    az rest --url
  [ -z "$GCP_ORGANIZATION" ] || collect gcp/audit.json gcloud logging read \
    "logName:\"cloudaudit.googleapis.com\" AND timestamp>=\"${first}T00:00:00Z\" AND timestamp<\"${last}T00:00:00Z\"" \
    --organization="$GCP_ORGANIZATION" --format=json
  for project in $JIRA_PROJECTS; do
    follow "jira/$project.json" by_token \
      "https://$JIRA_SITE/rest/api/3/search/jql?jql=project%3D$project%20AND%20updated%3E%3D%22$first%22&fields=*all&expand=changelog&maxResults=100" \
      curl --fail --silent --show-error --config "$JIRA_CURL"
  done
}

# The trail's own files of the month, as they are
trail() {
  local began region file
  began=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  for region in $(aws s3 ls "$AWS_TRAIL/" | awk '$1 == "PRE" { print $2 }'); do
    if ! aws s3 sync --no-progress "$AWS_TRAIL/$region$year/$month/" "$folder/aws/CloudTrail/$region$year/$month/"; then
      printf 'NOT collected %s: aws failed\n' "$AWS_TRAIL/$region" >&2
      failed=1
    fi
  done
  while IFS= read -r file; do
    note "$file" "$began" "aws s3 sync $AWS_TRAIL/… $folder/aws/CloudTrail/…"
  done < <(find "$folder/aws/CloudTrail" -type f 2>/dev/null | LC_ALL=C sort)
}

# Who holds what at this moment
members() {
  local team group profile context
  for team in $GITHUB_TEAMS; do
    collect "github/team-$team.json" gh api --paginate "orgs/$GITHUB_ORG/teams/$team/members"
  done
  [ -z "$GITHUB_ORG" ] || collect github/owners.json gh api --paginate "orgs/$GITHUB_ORG/members?role=admin"
  [ -z "$GITLAB_GROUP" ] ||
    collect gitlab/members.json glab api --paginate "groups/${GITLAB_GROUP//\//%2F}/members/all"
  for group in $OKTA_GROUPS; do
    follow "okta/group-${group%%=*}.json" by_header \
      "https://$OKTA_DOMAIN/api/v1/groups/${group##*=}/users?limit=200" \
      curl --fail --silent --show-error --config "$OKTA_CURL"
  done
  for profile in $AWS_ACCOUNTS; do
    collect "aws/iam-$profile.json" aws iam get-account-authorization-details --profile "$profile" --output json
  done
  [ -z "$ENTRA" ] || follow azure/entra-roles.json by_link \
    "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances?\$expand=principal,roleDefinition" \
    az rest --url
  for group in $AZURE_SUBSCRIPTIONS; do
    collect "azure/roles-$group.json" az role assignment list --all --subscription "$group" --output json
  done
  [ -z "$GCP_ORGANIZATION" ] || collect gcp/policies.json gcloud asset search-all-iam-policies \
    --scope="organizations/$GCP_ORGANIZATION" --format=json
  for context in $KUBERNETES_CONTEXTS; do
    collect "kubernetes/bindings-$context.json" kubectl --context "$context" get \
      rolebindings,clusterrolebindings --all-namespaces --output json
  done
}

wanted=${1:-$(date -u +%Y-%m)}
if [ "$wanted" != members ]; then
  if ! [[ $wanted =~ ^[0-9]{4}-(0[1-9]|1[0-2])$ ]]; then
    printf 'collect.sh: %s is no month; write it as 2026-10\n' "$wanted" >&2
    exit 2
  fi
  year=${wanted%-*} month=${wanted#*-}
  previous() { if [ "$month" = 01 ]; then year=$((year - 1)) month=12; else month=$(printf %02d $((10#$month - 1))); fi; }
  [ $# -gt 0 ] || previous
  this=$year-$month
  after=$([ "$month" = 12 ] && echo "$((year + 1))-01" || printf '%s-%02d' "$year" $((10#$month + 1)))
  before=$(previous && echo "$year-$month")
  first=$before-28 last=$after-02
  folder=exports/$this
  mkdir -p "$folder"
  events
fi
folder=exports/members/$(date -u +%Y-%m-%d)
mkdir -p "$folder"
members
exit $failed
