{{/*
Rules and who gets them, in one namespace, or everywhere where "namespace" is empty:
include "outrigger.grant" (dict "root" $ "name" "…" "namespace" "…" "rules" $rules "accounts" (list "default") "accountNamespace" "…")
*/}}
{{- define "outrigger.grant" -}}
{{- $kind := ternary "ClusterRole" "Role" (empty .namespace) -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "outrigger.labels" .root | nindent 4 }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "outrigger.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ .name }}
subjects:
  {{- range .accounts }}
  - kind: ServiceAccount
    name: {{ . }}
    namespace: {{ $.accountNamespace }}
  {{- end }}
{{- end -}}

{{/* The same for a component, whose reach is that of the release: include "outrigger.componentGrant" (list $ "controller" $rules "name of the ClusterRole") */}}
{{- define "outrigger.componentGrant" -}}
{{- $root := index . 0 -}}
{{- $account := include "outrigger.componentName" . -}}
{{- $grant := dict "root" $root "rules" (index . 2) "accounts" (list $account) "accountNamespace" $root.Release.Namespace -}}
{{- $place := ternary (dict "name" $account "namespace" $root.Release.Namespace) (dict "name" (index . 3)) $root.Values.singleNamespace -}}
{{- include "outrigger.grant" (merge $grant $place) -}}
{{- end -}}

{{/* Made from the source by `npm run generate`: include "outrigger.rules" (list $ "agent") */}}
{{- define "outrigger.rules" -}}
{{- ((index . 0).Files.Get (printf "files/rbac/%s.yaml" (index . 1)) | fromYaml).rules | toJson -}}
{{- end -}}
