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

{{/* What this release runs: {"components": ["controller", "shared-agent"]}, or one of them. */}}
{{- define "outrigger.components" -}}
components:
{{- if eq .Values.mode "controller" }}
  - controller
{{- end }}
{{- if or (eq .Values.mode "agent") .Values.sharedAgent.enabled }}
  - shared-agent
{{- end }}
{{- end -}}

{{- define "outrigger.labels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: outrigger
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* include "outrigger.selectorLabels" (list $ "controller") */}}
{{- define "outrigger.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* The name of a component's objects, its service account among them: include "outrigger.componentName" (list $ "controller") */}}
{{- define "outrigger.componentName" -}}
{{ include "outrigger.fullname" (index . 0) }}-{{ index . 1 }}
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
  "OUTRIGGER_AGENT_PODS" .Values.agent.pods
  "OUTRIGGER_AGENT_LINGER" .Values.agent.linger
  "OUTRIGGER_LEADER_ELECTION" "true"
  "OUTRIGGER_LOG_LEVEL" .Values.controller.logLevel
  "OUTRIGGER_NAMESPACE" .Release.Namespace
-}}
{{- with include "outrigger.warmPools" . | fromJsonArray -}}{{- $_ := set $env "OUTRIGGER_WARM_POOLS" (toJson .) -}}{{- end -}}
{{- include "outrigger.env" (list . $env .Values.controller) -}}
{{- end -}}

{{/* With what both components take: include "outrigger.env" (list $ $env .Values.controller) */}}
{{- define "outrigger.env" -}}
{{- $root := index . 0 -}}
{{- $env := index . 1 -}}
{{- with $root.Values.instanceID -}}{{- $_ := set $env "OUTRIGGER_INSTANCE_ID" . -}}{{- end -}}
{{- if $root.Values.singleNamespace -}}{{- $_ := set $env "OUTRIGGER_WATCH_NAMESPACE" $root.Release.Namespace -}}{{- end -}}
{{- range (index . 2).extraEnv -}}{{- $_ := unset $env .name -}}{{- end -}}
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

{{/* As the controller names it (packages/controller). */}}
{{- define "outrigger.leaseName" -}}
outrigger-controller{{ with .Values.instanceID }}-{{ . }}{{ end }}
{{- end -}}
