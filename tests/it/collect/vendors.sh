#!/usr/bin/env bash
# Stands in for the vendors' tools, under the name of each: answers as they do.
#
#   BREAK   calls that this regular expression fits answer BODY (curl with STATUS) and end with ENDS
#   QUIET   set: a month in which nothing happened, in an organisation of nobody
tool=$(basename "$0")
call="$tool $*"
printf '%s\n' "$call" >>"$CALLS"
while [ $# -gt 0 ]; do
  case $1 in
    --dump-header) headers=$2; shift ;;
    http*) address=$1 ;;
    s3://*) from=$1 ;;
  esac
  last=$1
  shift
done
status=200
if [[ ${BREAK-} && $call =~ $BREAK ]]; then status=${STATUS-200}; fi
if [ "$tool" = curl ]; then
  [[ $headers ]] || exit 9
  # A proxy answers first; Okta tells all links in one line, as a proxy may join them.
  printf 'HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 %s\r\n' "$status" >"$headers"
  next=", <${address%%\?*}?after=2>; rel=\"next\""
  [[ $address = *after=2* || $address != */v1/* ]] && next=
  printf 'link: <%s>; rel="self"%s\r\n' "$address" "$next" >>"$headers"
fi
if [[ ${BREAK-} && $call =~ $BREAK ]]; then
  printf '%s' "${BODY-}"
  exit "${ENDS-0}"
fi
# some REPLY [NOTHING]
some() { if [ -z "${QUIET-}" ]; then printf '%s\n' "$1"; else printf '%s\n' "${2-[]}"; fi; }
sha=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
user='{"login":"ann","id":1,"type":"User","url":"https://api.github.com/users/ann"}'
suite='"id":42,"actor_id":1,"actor_name":"ann","ref":"refs/heads/main","after_sha":"11","repository_name":"acme/pay","pushed_at":"2026-01-05T09:00:00Z"'
deployment=https://api.github.com/repos/acme/pay/deployments
case $call in
  *'gh pr list'*) some '[{"number":1,"title":"x","url":"https://github.com/acme/pay/pull/1","state":"MERGED","author":{"login":"ann"},"createdAt":"2026-01-05T09:00:00Z","updatedAt":"2026-01-05T10:00:00Z","mergedAt":"2026-01-05T10:00:00Z","mergedBy":{"login":"bob"},"mergeCommit":{"oid":"'$sha'"},"headRefOid":"'$sha'","baseRefName":"main","reviews":[],"commits":[{"oid":"'$sha'","messageHeadline":"m","messageBody":"","authoredDate":"2026-01-05T08:00:00Z","committedDate":"2026-01-05T08:00:00Z","authors":[{"login":"ann","email":"ann@acme.example","name":"Ann"}]}]}]' ;;
  *deployments/7/statuses*) printf '[{"id":1,"state":"success","environment":"production","created_at":"2026-01-05T09:00:05Z","creator":%s,"deployment_url":"%s/7"}]\n' "$user" $deployment ;;
  *deployments\?*) some '[{"url":"'$deployment'/7","id":7,"sha":"'$sha'","ref":"main","task":"deploy","environment":"production","creator":'"$user"',"created_at":"2026-01-05T09:00:00Z","statuses_url":"'$deployment'/7/statuses"},{"url":"'$deployment'/6","id":6,"sha":"'$sha'","ref":"main","task":"deploy","environment":"production","creator":'"$user"',"created_at":"2025-01-05T09:00:00Z","statuses_url":"'$deployment'/6/statuses"}]' ;;
  *'gh api'*/audit-log*) some '[{"action":"team.add_member","actor":"eve","user":"ann","team":"acme/reviewers","org":"acme","created_at":1767600000000,"@timestamp":1767600000000,"_document_id":"x"}]' ;;
  *rule-suites\?*) some '[{"result":"fail",'"$suite"'},{"result":"pass",'"${suite/42/41}"'}]' ;;
  *rule-suites/*) printf '{%s,"result":"fail","rule_evaluations":[{"rule_source":{"name":"Main"},"enforcement":"active","result":"fail","rule_type":"pull_request"}]}\n' "$suite" ;;
  *'gh api'*members*) some "[$user]" ;;
  *merge_requests/*/approvals) printf '{"approved":true,"approvals_required":1,"approvals_left":0,"approved_by":[{"user":{"username":"bob"},"approved_at":"2026-01-05T09:30:00Z"}]}\n' ;;
  *merge_requests/*/commits*) printf '[{"id":"%s","short_id":"aaaaaaaa","parent_ids":[],"title":"x","message":"x","author_name":"Ann","author_email":"ann@acme.example","authored_date":"2026-01-05T09:00:00Z","committer_name":"Ann","committer_email":"ann@acme.example","committed_date":"2026-01-05T09:00:00Z","web_url":"https://gitlab.com/acme/pay/-/commit/%s"}]\n' $sha $sha ;;
  *merge_requests\?*) some '[{"iid":4,"project_id":1,"title":"x","state":"merged","source_branch":"x","target_branch":"main","author":{"username":"ann"},"merge_user":{"username":"bob"},"created_at":"2026-01-05T09:00:00Z","updated_at":"2026-01-05T10:00:00Z","merged_at":"2026-01-05T10:00:00Z","sha":"'$sha'","merge_commit_sha":null,"squash_commit_sha":null,"web_url":"https://gitlab.com/acme/pay/-/merge_requests/4","references":{"full":"acme/pay!4"}}]' ;;
  *'glab api'*audit_events*) some '[{"id":1,"author_id":1,"entity_id":1,"entity_type":"Group","details":{"add":"user_access","as":"Developer","author_name":"Eve","target_id":2,"target_type":"User","target_details":"ann","entity_path":"acme"},"created_at":"2026-01-05T09:00:00Z"}]' ;;
  *'glab api'*members*) some '[{"id":2,"username":"ann","name":"Ann","state":"active","access_level":30,"created_at":"2026-01-01T00:00:00Z","expires_at":null,"web_url":"https://gitlab.com/ann"}]' ;;
  *api/v1/logs*) some '[{"uuid":"u'"${address##*[=]}"'","eventType":"group.user_membership.add","published":"2026-01-05T09:00:00.000Z","actor":{"id":"0","type":"User","alternateId":"eve@acme.example"},"outcome":{"result":"SUCCESS"},"target":[{"id":"1","type":"User","alternateId":"ann@acme.example"},{"id":"2","type":"UserGroup","displayName":"change-approver"}]}]' ;;
  *api/v1/groups*) some '[{"id":"1","status":"ACTIVE","created":"2026-01-01T00:00:00.000Z","profile":{"login":"ann@acme.example","email":"ann@acme.example"}}]' ;;
  *rest/api/3/search*nextPageToken=*) printf '{"isLast":true,"issues":[{"id":"2","key":"CHG-2","self":"https://acme.atlassian.net/rest/api/3/issue/2","fields":{"summary":"y","created":"2026-01-05T09:00:00.000+0000","updated":"2026-01-05T09:00:00.000+0000"},"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}]}\n' ;;
  *rest/api/3/search*) some '{"isLast":false,"nextPageToken":"a+b/c=&d","issues":[{"id":"1","key":"CHG-1","self":"https://acme.atlassian.net/rest/api/3/issue/1","fields":{"summary":"x","created":"2026-01-05T09:00:00.000+0000","updated":"2026-01-05T09:00:00.000+0000"},"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}]}' '{"isLast":true,"issues":[]}' ;;
  *CHG-1/remotelink*) printf '[{"id":1,"self":"https://acme.atlassian.net/rest/api/3/issue/CHG-1/remotelink/1","object":{"url":"https://github.com/acme/pay/pull/1","title":"x"}}]\n' ;;
  *remotelink*) printf '[]\n' ;;
  *'aws s3 ls'*) printf '                           PRE eu-central-1/\n' ;;
  *'aws s3 sync'*)
    if [[ $from = *2026/01/ ]]; then
      mkdir -p "$last/05"
      some '{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","principalId":"x","arn":"arn:aws:iam::111122223333:user/ann","accountId":"111122223333","userName":"ann"},"eventTime":"2026-01-05T09:00:00Z","eventSource":"iam.amazonaws.com","eventName":"AttachUserPolicy","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","errorCode":"AccessDenied","eventID":"e1","requestID":"r1","eventType":"AwsApiCall","recipientAccountId":"111122223333"}]}' '{"Records":[]}' | gzip >"$last/05/x.json.gz"
    fi ;;
  *'aws iam get-account'*) some '{"UserDetailList":[{"UserName":"ann","UserId":"A","Arn":"arn:aws:iam::111122223333:user/ann","Path":"/","CreateDate":"2026-01-01T00:00:00Z","GroupList":[],"AttachedManagedPolicies":[{"PolicyName":"ReadOnlyAccess","PolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}]}],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}' '{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[],"Policies":[]}' ;;
  *'az monitor'*) some '[{"caller":"ann@acme.example","eventTimestamp":"2026-01-05T09:00:00Z","eventDataId":"d","operationName":{"value":"Microsoft.Compute/virtualMachines/write"},"status":{"value":"Failed"},"subStatus":{"value":"Forbidden"},"authorization":{"action":"Microsoft.Compute/virtualMachines/write","scope":"/subscriptions/s"},"resourceId":"/subscriptions/s","correlationId":"c","category":{"value":"Administrative"},"level":"Error"}]' ;;
  *directoryAudits*) some '{"@odata.context":"x","value":[{"id":"a","category":"GroupManagement","activityDisplayName":"Add member to group","activityDateTime":"2026-01-05T09:00:00Z","result":"success","loggedByService":"Core Directory","operationType":"Assign","initiatedBy":{"user":{"id":"0","userPrincipalName":"eve@acme.example"}},"targetResources":[{"id":"1","type":"User","userPrincipalName":"ann@acme.example","modifiedProperties":[{"displayName":"Group.DisplayName","oldValue":null,"newValue":"\"approvers\""}]},{"id":"2","type":"Group","modifiedProperties":[]}],"additionalDetails":[]}]}' '{"@odata.context":"x","value":[]}' ;;
  *roleAssignmentScheduleInstances*) some '{"@odata.context":"x","value":[{"id":"a","principalId":"1","roleDefinitionId":"r","directoryScopeId":"/","startDateTime":"2026-01-01T00:00:00Z","endDateTime":null,"assignmentType":"Assigned","memberType":"Direct","principal":{"@odata.type":"#microsoft.graph.user","id":"1","userPrincipalName":"ann@acme.example"},"roleDefinition":{"id":"r","displayName":"User Administrator"}}]}' '{"@odata.context":"x","value":[]}' ;;
  *'az role assignment'*) some '[{"id":"/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/1","principalId":"1","principalName":"ann@acme.example","principalType":"User","roleDefinitionId":"r","roleDefinitionName":"Reader","scope":"/subscriptions/s","createdOn":"2026-01-01T00:00:00Z"}]' ;;
  *search-all-resources*) printf '//cloudresourcemanager.googleapis.com/folders/77\n//cloudresourcemanager.googleapis.com/projects/pay-prod\n' ;;
  *'gcloud logging read'*) some '[{"insertId":"i'"$(cksum <<<"$call" | cut -d ' ' -f 1)"'","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2026-01-05T09:00:00Z","severity":"ERROR","resource":{"type":"project","labels":{"project_id":"p"}},"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","serviceName":"compute.googleapis.com","methodName":"v1.compute.instances.delete","resourceName":"projects/p/x","authenticationInfo":{"principalEmail":"ann@acme.example"},"status":{"code":7,"message":"Required permission"},"authorizationInfo":[{"permission":"compute.instances.delete","granted":false}]}}]' ;;
  *search-all-iam-policies*) some '[{"resource":"//cloudresourcemanager.googleapis.com/projects/p","project":"projects/1","policy":{"bindings":[{"role":"roles/viewer","members":["user:ann@acme.example"]}]}}]' ;;
  *'kubectl'*) some '{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"b","namespace":"pay","uid":"u","creationTimestamp":"2026-01-01T00:00:00Z"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"ann"}]}]}' '{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":""},"items":[]}' ;;
  *) printf 'no answer to: %s\n' "$call" >&2; exit 8 ;;
esac
