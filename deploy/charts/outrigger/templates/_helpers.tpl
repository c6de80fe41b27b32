{{- define "outrigger.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Cluster-wide names say which namespace they serve: two releases of one name do not meet. */}}
{{- define "outrigger.clusterName" -}}
{{ printf "%s-%s" (include "outrigger.fullname" .) .Release.Namespace | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "outrigger.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller
{{- end -}}

{{- define "outrigger.labels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: outrigger
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* include "outrigger.image" (list $ .Values.images.agent) */}}
{{- define "outrigger.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- $images := $root.Values.images -}}
{{- if not (contains "/" $image) -}}{{- $image = printf "%s/%s" (trimSuffix "/" $images.registry) $image -}}{{- end -}}
{{- if not (regexMatch "[:@][^/]*$" $image) -}}{{- $image = printf "%s:%s" $image (default $root.Chart.AppVersion $images.tag) -}}{{- end -}}
{{- $image -}}
{{- end -}}

{{- define "outrigger.serviceAccountName" -}}
{{ include "outrigger.fullname" . }}-controller
{{- end -}}

{{/* What the controller may do: made from its source by `npm run generate`. Cluster-scoped objects are out of a Role's reach. */}}
{{- define "outrigger.controllerRules" -}}
{{- $rules := list -}}
{{- range (.Files.Get "files/rbac/controller.yaml" | fromYaml).rules -}}
{{- if not (and $.Values.singleNamespace (has "clusterworkflowtemplates" .resources)) -}}{{- $rules = append $rules . -}}{{- end -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}

{{/* The environment of the controller, as a map: what extraEnv names is not in it. */}}
{{- define "outrigger.controllerEnv" -}}
{{- $env := dict
  "ARGO_EXECUTOR_PLUGINS" (toString .Values.controller.executorPlugins)
  "ARGO_WORKFLOW_LEVEL_EXECUTOR_PLUGINS" (toString .Values.controller.workflowLevelExecutorPlugins)
  "ARGO_AGENT_CPU_LIMIT" .Values.agent.cpuLimit
  "ARGO_AGENT_MEMORY_LIMIT" .Values.agent.memoryLimit
  "OUTRIGGER_AGENT_IMAGE" (include "outrigger.image" (list . .Values.images.agent))
  "OUTRIGGER_AGENT_IMAGE_PULL_POLICY" .Values.images.pullPolicy
  "OUTRIGGER_AGENT_PLUGINS" .Values.agent.plugins
  "OUTRIGGER_AGENT_LINGER" .Values.agent.linger
  "OUTRIGGER_LEADER_ELECTION" "true"
  "OUTRIGGER_LOG_LEVEL" .Values.controller.logLevel
  "OUTRIGGER_NAMESPACE" .Release.Namespace
-}}
{{- if .Values.instanceID -}}{{- $_ := set $env "OUTRIGGER_INSTANCE_ID" .Values.instanceID -}}{{- end -}}
{{- if .Values.singleNamespace -}}{{- $_ := set $env "OUTRIGGER_WATCH_NAMESPACE" .Release.Namespace -}}{{- end -}}
{{- with include "outrigger.warmPools" . | fromJsonArray -}}{{- $_ := set $env "OUTRIGGER_WARM_POOLS" (toJson .) -}}{{- end -}}
{{- range .Values.controller.extraEnv -}}{{- $_ := unset $env .name -}}{{- end -}}
{{- toYaml $env -}}
{{- end -}}

{{/* Each with its namespace and account. */}}
{{- define "outrigger.warmPools" -}}
{{- $pools := list -}}
{{- range .Values.agent.warmPools -}}
{{- $place := dict "namespace" (default $.Release.Namespace .namespace) "serviceAccountName" (default "default" .serviceAccountName) -}}
{{- $pools = append $pools (merge $place (pick . "plugins" "size")) -}}
{{- end -}}
{{- toJson $pools -}}
{{- end -}}

{{- define "outrigger.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* As the controller names it (packages/controller). */}}
{{- define "outrigger.leaseName" -}}
outrigger-controller{{ with .Values.instanceID }}-{{ . }}{{ end }}
{{- end -}}
