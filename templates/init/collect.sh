#!/usr/bin/env bash
# Collects exports with the vendors' own command-line tools, and notes in exports/collected.csv who
# exported each file, when, with which command, and what it then was.
#
#   bash collect.sh            the month that ended last, and what `nightly` collects
#   bash collect.sh 2026-10    that month, and the same
#   bash collect.sh nightly    what shows one moment or is soon gone: let cron do it each night
#
# Set what you have, here or in the environment; what is empty is passed over. Every command only
# reads. Tokens belong to the tools (`gh auth login`, `aws configure sso`, …) or, for curl, into a
# file of its own (a line such as `header = "Authorization: SSWS …"`), never on a command line:
# command lines are noted. What could not be collected is told, and the script then exits with 1.
# What was is told on a terminal, or with -v before the month.
set -fuo pipefail
cd "$(dirname "$0")" || exit 2

: "${COLLECTOR:=$(id -un)}"        # id in principals.csv of whoever answers for the collection
: "${GITHUB_ORG:=}"                # acme
: "${GITHUB_REPOSITORIES:=}"       # acme/pay acme/infra
: "${GITHUB_TEAMS:=}"              # reviewers platform
: "${GIT_CLONES:=}"                # clones/pay=main, folder and branch; the script fetches
: "${GITLAB_PROJECTS:=}"           # acme/pay
: "${GITLAB_GROUP:=}"              # acme
: "${OKTA_DOMAIN:=}"               # acme.okta.com
: "${OKTA_CURL:=}"                 # file of curl options with the token
: "${OKTA_GROUPS:=}"               # change-approver=00g1abcd, name and id
: "${AWS_TRAIL:=}"                 # s3://acme-trail/AWSLogs/111122223333/CloudTrail
: "${AWS_ACCOUNTS:=}"              # names of profiles: prod shared
: "${AZURE_SUBSCRIPTIONS:=}"       # ids
: "${ENTRA:=}"                     # yes
: "${GCP_ORGANIZATION:=}"          # 123456789012, with all its folders and projects
: "${KUBERNETES_CONTEXTS:=}"       # prod-eu
: "${JIRA_SITE:=}"                 # acme.atlassian.net
: "${JIRA_CURL:=}"                 # file of curl options with user and token
: "${JIRA_PROJECTS:=}"             # CHG

verbose=
if [ "${1-}" = -v ]; then
  verbose=yes
  shift
fi
if ! command -v jq >/dev/null; then
  printf 'collect.sh: jq is not on the PATH, which is %s\n' "$PATH" >&2
  exit 2
fi
mkdir -p exports || exit 2
work=$(mktemp -d exports/.collecting.XXXXXX) || exit 2
trap 'rm -rf "$work"' EXIT
reply=$work/reply headers=$work/headers part=$work/part
log=exports/collected.csv
failed=0 missed=' ' fault='' today=$(date -u +%Y-%m-%d)

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
# The day so many days ago, as GNU's date says it, or BSD's
days_ago() { date -u -d "-$1 days" +%Y-%m-%d 2>/dev/null || date -u -v-"$1"d +%Y-%m-%d; }
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
  if [ -n "$verbose" ] || [ -t 1 ]; then printf 'collected %s\n' "$1"; fi
}

# keep FILE TIME COMMAND FROM: what was collected takes its place, whole
keep() {
  mkdir -p "$(dirname "$1")" && mv "$4" "$1" && note "$1" "$2" "$3" && return
  fault='it cannot be written'
  miss "$1"
}

# miss FILE: says that it was not collected, and why
miss() {
  printf 'NOT collected %s: %s\n' "$1" "$fault" >&2
  missed="$missed$1 "
  failed=1
}

# run COMMAND…: its reply, or why it has none. curl by itself takes a redirect for a reply.
run() {
  local status answer
  : >"$headers"
  if [ "$1" = curl ]; then set -- "$@" --dump-header "$headers"; fi
  "$@" >"$reply"
  status=$?
  answer=$(sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$headers" | tail -n 1)
  fault="$1 ended with $status"
  [ $status -eq 0 ] || return
  fault="the server answered $answer in place of 200"
  [ "${answer:-200}" = 200 ] || return
  fault="$1 printed nothing"
  [ -s "$reply" ]
}

# Whether the reply begins and ends as JSON does: a page that asks to log in does not
json() {
  local begin end
  begin=$(head -c 1000 "$reply" | tr -d '\000[:space:]' | cut -c 1)
  end=$(tail -c 1000 "$reply" | tr -d '\000[:space:]')
  case $begin${end: -1} in '{}' | '[]' | '{]' | '[}') return ;; esac
  fault="the reply is not JSON: it begins $(head -c 40 "$reply" | tr -cd '[:print:]')"
  return 1
}

# collect FILE COMMAND…: keeps what the command prints, or nothing if it fails
collect() {
  local file="$folder/$1" began
  shift
  began=$(now)
  if run "$@" && { [[ $file != *.json ]] || json; }; then
    keep "$file" "$began" "$(command_line "$@")" "$reply"
  else
    miss "$file"
  fi
}

# follow FILE NEXT ADDRESS COMMAND…: what the command prints of the address and of every address that
# NEXT finds after it, one reply after the other in one file, or nothing if one of them fails
follow() {
  local file="$folder/$1" next=$2 address=$3 began command seen
  shift 3
  page_one=$address
  began=$(now)
  command="$(command_line "$@" "$address"), and each page after it"
  : >"$part"
  while [ -n "$address" ]; do
    seen=$address
    if ! run "$@" "$address" || ! json || ! address=$("$next"); then
      fault="$fault, on $seen"
      miss "$file"
      return
    fi
    if [ "$address" = "$seen" ]; then
      fault="the page after $seen is said to be that page"
      miss "$file"
      return
    fi
    cat "$reply" >>"$part"
  done
  keep "$file" "$began" "$command" "$part"
}

# Where the next page is: in a header (Okta), in the reply (Graph), or by a token in it (Jira). One
# header may hold several links.
by_header() {
  awk 'tolower($0) ~ /^link:/ {
    links = split($0, link, "<")
    for (i = 2; i <= links; i++) {
      end = index(link[i], ">")
      if (tolower(substr(link[i], end)) ~ /; *rel="?next"?/) print substr(link[i], 1, end - 1)
    }
  }' "$headers" | head -n 1
}
by_link() { jq -r '."@odata.nextLink" // empty' "$reply"; }
by_token() { jq -r --arg page "$page_one" '.nextPageToken // empty | "\($page)&nextPageToken=\(@uri)"' "$reply"; }

# filtered ID FILTER: the reply, through the jq filter if there is one
filtered() {
  fault="jq cannot read the reply"
  if [ -z "$2" ]; then cat "$reply"; else jq -c --arg id "$1" "$2" "$reply"; fi
}

# each FILE LIST WHICH FILTER COMMAND…: what the command prints for every id that the jq filter WHICH
# finds in LIST; {} stands for it. In one file, each reply through FILTER if there is one, which has
# the id as $id; or in a file for each, where {} stands in FILE. Where there is no id, `[]`: that there
# was nothing is evidence too.
each() {
  local file="$folder/$1" list="$folder/$2" which=$3 filter=$4 began command ids id
  local named=$1
  shift 4
  began=$(now)
  fault="it is not known of what, without $list"
  ids=
  if [[ $missed = *" $list "* ]] ||
    ! ids=$(jq -r --arg first "${first-}" --arg last "${last-}" "$which" "$list"); then
    miss "$file"
    return
  fi
  if [[ $named = *'{}'* && $ids ]]; then
    for id in $ids; do collect "${named//\{\}/$id}" "${@//\{\}/$id}"; done
    return
  fi
  file=${file//\{\}/none}
  command="$(command_line "$@"), for each id${filter:+, through jq '$filter'}"
  : >"$part"
  for id in $ids; do
    if ! run "${@//\{\}/$id}" || ! json || ! filtered "$id" "$filter" >>"$part"; then
      fault="$fault, for $id"
      miss "$file"
      return
    fi
  done
  [ -s "$part" ] || printf '[]\n' >"$part"
  keep "$file" "$began" "$command" "$part"
}

# What happened in the month. The span begins days before it and ends a day after, for time zones
# and for events that arrive late: what lies outside the period is counted, and judged by nobody.
events() {
  local repository name project suites
  for repository in $GITHUB_REPOSITORIES; do
    name=github/${repository//\//-}
    collect "$name-pulls.json" gh pr list --repo "$repository" --state all --limit 100000 \
      --json number,title,url,state,author,createdAt,updatedAt,mergedAt,mergedBy,mergeCommit,headRefOid,baseRefName,reviews,commits
    collect "$name-deployments.json" gh api --paginate "repos/$repository/deployments?per_page=100"
    each "$name-deployment-statuses.json" "$name-deployments.json" \
      '.[] | select(.created_at >= $first and .created_at < $last) | .id' '' \
      gh api --paginate "repos/$repository/deployments/{}/statuses?per_page=100"
  done
  if [ -n "$GITHUB_ORG" ]; then
    kept 180 github/audit-log.json
    collect github/audit-log.json gh api --paginate \
      "orgs/$GITHUB_ORG/audit-log?include=all&per_page=100&phrase=created:$first..$last"
  fi
  for project in $GIT_CLONES; do branch_history "${project%%=*}" "${project#*=}"; done
  for project in $GITLAB_PROJECTS; do
    name=gitlab/${project//\//-} project=projects/${project//\//%2F}/merge_requests
    collect "$name-merge-requests.json" glab api --paginate \
      "$project?state=all&updated_after=${first}T00:00:00Z&per_page=100"
    each "$name-approvals.json" "$name-merge-requests.json" '.[].iid' '. + {iid: ($id | tonumber)}' \
      glab api "$project/{}/approvals"
    each "$name-commits-{}.json" "$name-merge-requests.json" '.[].iid' '' \
      glab api --paginate "$project/{}/commits?per_page=100"
  done
  [ -z "$GITLAB_GROUP" ] || collect gitlab/audit.json glab api --paginate \
    "groups/${GITLAB_GROUP//\//%2F}/audit_events?created_after=${first}T00:00:00Z&created_before=${last}T00:00:00Z&per_page=100"
  if [ -n "$OKTA_DOMAIN" ]; then
    kept 90 okta/system-log.json
    follow okta/system-log.json by_header \
      "https://$OKTA_DOMAIN/api/v1/logs?since=${first}T00:00:00Z&until=${last}T00:00:00Z&limit=1000" \
      curl --fail --silent --show-error --config "$OKTA_CURL"
  fi
  [ -z "$AWS_TRAIL" ] || trail
  for name in $AZURE_SUBSCRIPTIONS; do
    kept 90 "azure/activity-$name.json"
    collect "azure/activity-$name.json" az monitor activity-log list --subscription "$name" \
      --start-time "${first}T00:00:00Z" --end-time "${last}T00:00:00Z" --max-events 100000 --output json
  done
  [ -z "$GCP_ORGANIZATION" ] || cloud_logs
  for project in $JIRA_PROJECTS; do
    follow "jira/$project.json" by_token \
      "https://$JIRA_SITE/rest/api/3/search/jql?jql=project%3D$project%20AND%20updated%3E%3D%22$first%22&fields=*all&expand=changelog&maxResults=100" \
      curl --fail --silent --show-error --config "$JIRA_CURL"
    each "jira/$project-remote-links.json" "jira/$project.json" '.issues[].key' '' \
      curl --fail --silent --show-error --config "$JIRA_CURL" \
      "https://$JIRA_SITE/rest/api/3/issue/{}/remotelink"
  done
}

# kept DAYS FILE: says so if the month began longer ago than its vendor keeps such events
kept() {
  [[ $this-01 < $(days_ago "$1") ]] || return
  printf 'NOT whole %s: its vendor keeps such events for %s days\n' "$folder/$2" "$1" >&2
  failed=1
}

# branch_history FOLDER BRANCH: what the server has as the branch, whatever the clone has
branch_history() {
  local branch=${2#origin/} file
  file=git/$(basename "$1")-${branch//\//-}.log
  if ! GIT_TERMINAL_PROMPT=0 git -C "$1" fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch"; then
    fault="git cannot fetch $branch into $1"
    miss "$folder/$file"
    return
  fi
  collect "$file" git -C "$1" --no-replace-objects --no-pager log --no-notes --no-patch \
    --format='%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%ce%x1f%cI%x1f%D%x1f%B%x1e' "origin/$branch"
}

# The trail's own files of the span, as they are: it keeps a folder for each day in UTC
trail() {
  local began regions region days file found=
  began=$(now)
  fault="aws cannot list the regions in $AWS_TRAIL/"
  regions=$(aws s3 ls "$AWS_TRAIL/" | awk '$1 == "PRE" { print $2 }') && [ -n "$regions" ] ||
    miss "$folder/aws/CloudTrail"
  for region in $regions; do
    for days in "${before/-//}"/{28,29,30,31} "$year/$month" "${after/-//}/01"; do
      aws s3 sync --only-show-errors "$AWS_TRAIL/$region$days/" "$folder/aws/CloudTrail/$region$days/" && continue
      fault="aws cannot copy $AWS_TRAIL/$region$days/"
      miss "$folder/aws/CloudTrail/$region$days"
    done
  done
  while IFS= read -r file; do
    found=yes
    note "$file" "$began" "aws s3 sync $AWS_TRAIL/… $folder/aws/CloudTrail/…"
  done < <(find "$folder/aws/CloudTrail" -type f 2>/dev/null | LC_ALL=C sort)
  fault="$AWS_TRAIL/ has no file of the month"
  [ -n "$found" ] || [[ $missed = *" $folder/aws/"* ]] || miss "$folder/aws/CloudTrail"
}

# The log of an organisation holds what was done to the organisation itself: each folder and each
# project has one of its own
cloud_logs() {
  local resources resource kind
  fault="gcloud cannot list the folders and projects of $GCP_ORGANIZATION"
  resources=$(gcloud asset search-all-resources --scope="organizations/$GCP_ORGANIZATION" \
    --asset-types=cloudresourcemanager.googleapis.com/Folder,cloudresourcemanager.googleapis.com/Project \
    --format='value(name)') || miss "$folder/gcp"
  kept 400 gcp
  for resource in "organizations/$GCP_ORGANIZATION" $resources; do
    resource=${resource#//cloudresourcemanager.googleapis.com/}
    kind=${resource%%s/*}
    collect "gcp/audit-$kind-${resource##*/}.json" gcloud logging read \
      "logName:\"cloudaudit.googleapis.com\" AND timestamp>=\"${first}T00:00:00Z\" AND timestamp<\"${last}T00:00:00Z\"" \
      "--$kind=${resource##*/}" --format=json
  done
}

# Events that their vendors keep for less than the time between two monthly runs, or list only from
# now backwards: the week before this night, so that a night may fail
soon_gone() {
  local repository name suites
  for repository in $GITHUB_REPOSITORIES; do
    name=github/${repository//\//-} suites=repos/$repository/rulesets/rule-suites
    collect "$name-rule-suites-$today.json" gh api --paginate "$suites?time_period=week&per_page=100"
    each "$name-rule-suites-in-full-$today.json" "$name-rule-suites-$today.json" \
      '.[] | select(.result != "pass") | .id' '' gh api --paginate "$suites/{}"
  done
  [ -z "$ENTRA" ] || follow "azure/entra-audit-$today.json" by_link \
    "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?\$filter=activityDateTime ge $(days_ago 7)T00:00:00Z&\$top=999" \
    az rest --url
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
if [ "$wanted" != nightly ]; then
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
  events
fi
folder=exports/${today%-*}
soon_gone
folder=exports/members/$today
members
exit $failed
