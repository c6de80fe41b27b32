import {
  ANNOTATION_DEFAULT_CONTAINER,
  ARGO_API_VERSION,
  COMPONENT_AGENT,
  ENV_WORKFLOW_NAME,
  ENV_WORKFLOW_UID,
  LABEL_COMPLETED,
  LABEL_COMPONENT,
  LABEL_INSTANCE_ID,
  LABEL_WORKFLOW,
  agentPodName,
} from "@outrigger/types";
import type { EnvVar, JsonObject, KubeObject, OwnerReference, TemplateMetadata, Workflow } from "@outrigger/types";
import { CA_CERTIFICATES_SECRET } from "../plugins/tokens.ts";
import type { InstalledPlugin, World } from "../world.ts";
import { agentContainer } from "./agent-container.ts";
import { pluginSidecar } from "./plugin-sidecar.ts";
import { VAR_RUN_ARGO, VAR_RUN_ARGO_PATH, defined } from "./pod-json.ts";
import type { Volume } from "./pod-json.ts";
import { patchPodSpec } from "./pod-spec-patch.ts";
import { POD_SECURITY_CONTEXT } from "./security-context.ts";
import { tokenVolume } from "./token-volume.ts";
import { workflowFields } from "./workflow-fields.ts";

/**
 * The pod that serves the plugin steps of one Workflow: a container for each plugin, `main` which calls them, and before them
 * `init`, which makes a token for each plugin. A plugin sees its own token only, `main` sees all.
 */
export function agentPod(workflow: Workflow, plugins: readonly InstalledPlugin[], world: World): KubeObject {
  const { name = "", namespace, uid = "" } = workflow.metadata;
  const identity = [
    { name: ENV_WORKFLOW_NAME, value: name },
    { name: ENV_WORKFLOW_UID, value: uid },
  ];
  const { metadata, spec } = podParts(workflow, plugins, { world, identity });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: agentPodName(name),
      ...(namespace === undefined ? {} : { namespace }),
      ...metadata,
      labels: { ...metadata.labels, [LABEL_WORKFLOW]: name },
      ownerReferences: [podOwner(workflow)],
    },
    spec,
  };
}

export interface PodSurroundings {
  readonly world: World;
  /** How the agent knows its Workflow. */
  readonly identity: readonly EnvVar[];
}

export interface PodParts {
  readonly metadata: Readonly<Record<"labels" | "annotations", Readonly<Record<string, string>>>>;
  readonly spec: JsonObject;
}

/** All of an agent pod but what ties it to its Workflow. */
export function podParts(
  workflow: Workflow,
  plugins: readonly InstalledPlugin[],
  { world, identity }: PodSurroundings,
): PodParts {
  const sidecars = plugins.map((plugin) => pluginSidecar(workflow, plugin, world));
  const ownToken = tokenVolume(workflow, "main", { kind: "podAccount" });
  const certificates = world.secrets.has(CA_CERTIFICATES_SECRET) ? [CA_CERTIFICATES_SECRET] : [];
  const agent = agentContainer({
    config: world.config.agent,
    plugins,
    identity,
    mounts: [
      { name: VAR_RUN_ARGO, mountPath: VAR_RUN_ARGO_PATH },
      ownToken.mount,
      ...certificates.map((secret) => ({ name: secret, mountPath: "/etc/ssl/certs/ca-certificates/", readOnly: true })),
    ],
  });
  const { podMetadata, ...fields } = workflowFields(workflow);
  const spec = patched(workflow, {
    restartPolicy: "OnFailure",
    securityContext: POD_SECURITY_CONTEXT,
    serviceAccountName: workflow.spec.serviceAccountName,
    automountServiceAccountToken: false,
    ...fields,
    volumes: [
      ...sidecars.flatMap(({ volumes }) => volumes),
      { name: VAR_RUN_ARGO, emptyDir: {} },
      ownToken.volume,
      ...certificates.map((secret): Volume => ({ name: secret, secret: { secretName: secret } })),
    ],
    // It makes tokens for plugins: without any, it has nothing to do.
    initContainers: plugins.length === 0 ? undefined : [{ name: "init", ...agent, args: ["agent", "init"] }],
    containers: [...sidecars.map(({ container }) => container), { name: "main", ...agent, args: ["agent", "main"] }],
  });
  return { metadata: metadataOf(podMetadata, world), spec };
}

// A broken patch never comes here: choosePlugins answers it.
function patched(workflow: Workflow, podSpec: Readonly<Record<string, unknown>>): JsonObject {
  const written = defined(podSpec);
  const patch = patchPodSpec(workflow, written);
  return patch.ok ? patch.value : written;
}

function metadataOf({ labels, annotations }: TemplateMetadata, world: World): PodParts["metadata"] {
  const { instanceId } = world.config;
  return {
    labels: {
      ...labels,
      [LABEL_COMPLETED]: "false",
      [LABEL_COMPONENT]: COMPONENT_AGENT,
      ...(instanceId === undefined ? {} : { [LABEL_INSTANCE_ID]: instanceId }),
    },
    annotations: { [ANNOTATION_DEFAULT_CONTAINER]: "main", ...annotations },
  };
}

/** What makes an agent pod go with its Workflow. */
export function podOwner({ metadata }: Workflow): OwnerReference {
  return {
    apiVersion: ARGO_API_VERSION,
    kind: "Workflow",
    name: metadata.name ?? "",
    uid: metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}
