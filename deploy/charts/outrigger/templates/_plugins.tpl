{{/* The plugins that come with Outrigger. */}}
{{- define "outrigger.ownPlugins" -}}
hello: {port: 14355, image: {{ .Values.images.pluginHello | quote }}, description: "Says hello, and shows how little a plugin takes"}
http-poll: {port: 14610, image: {{ .Values.images.pluginHttpPoll | quote }}, secretKeys: [JOBS_TOKEN, JOBS_TOKEN_HOSTS], description: "Starts a job by HTTP, polls it until it has ended, and cancels it"}
slack: {port: 14522, image: {{ .Values.images.pluginSlack | quote }}, secretKeys: [URL, TOKEN], atMostOnce: true, description: "Posts messages to Slack"}
{{- end -}}

{{/* The container of one: include "outrigger.pluginContainer" (list $ "hello") */}}
{{- define "outrigger.pluginContainer" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $plugin := index (include "outrigger.ownPlugins" $root | fromYaml) $name -}}
name: {{ $name }}-executor-plugin
image: {{ include "outrigger.image" (list $root $plugin.image) }}
imagePullPolicy: {{ $root.Values.images.pullPolicy }}
ports:
  - containerPort: {{ $plugin.port }}
env:
  - name: OUTRIGGER_PORT
    value: "{{ $plugin.port }}"
  {{- range $plugin.secretKeys }}
  - name: {{ . }}
    valueFrom:
      secretKeyRef:
        name: {{ (index $root.Values.plugins $name).secretName }}
        key: {{ . }}
        optional: true
  {{- end }}
resources:
  requests:
    cpu: 10m
    memory: 64Mi
  limits:
    cpu: 250m
    memory: 128Mi
securityContext:
  runAsNonRoot: true
  runAsUser: 8737
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop:
      - ALL
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* All plugins of the shared agent, {"plugins": [{"name", "address"}]}: beside it with their "container", elsewhere with "tokenSecret". */}}
{{- define "outrigger.sharedPlugins" -}}
{{- $containers := list -}}
{{- range $name, $_ := include "outrigger.ownPlugins" . | fromYaml -}}
{{- if (index $.Values.plugins $name).enabled -}}
{{- $containers = append $containers (include "outrigger.pluginContainer" (list $ $name) | fromYaml) -}}
{{- end -}}
{{- end -}}
{{- $elsewhere := list -}}
{{- range .Values.sharedAgent.plugins -}}
{{- if .container -}}{{- $containers = append $containers .container -}}{{- else -}}{{- $elsewhere = append $elsewhere . -}}{{- end -}}
{{- end -}}
{{- $plugins := list -}}
{{- range $containers -}}
{{- $address := printf "http://localhost:%d" (int (first .ports).containerPort) -}}
{{- $plugins = append $plugins (dict "name" .name "address" $address "container" .) -}}
{{- end -}}
{{- toJson (dict "plugins" (concat $plugins $elsewhere)) -}}
{{- end -}}
