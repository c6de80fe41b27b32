import {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  EVENTS,
  LEASES,
  LOCAL_SUBJECT_ACCESS_REVIEWS,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  WORKFLOW_TEMPLATES,
} from "@outrigger/kube";
import type { Permission } from "@outrigger/kube";

/** What it asks for beside that in namespaces with warm pools. */
export const WARM_POOL_PERMISSIONS: readonly Permission[] = [
  { resource: PODS, verbs: ["patch"], why: "`OUTRIGGER_WARM_POOLS`: hands an agent pod that waits to a Workflow" },
];

/** All that the controller asks of the API. A test holds it against what it does ask. */
export const CONTROLLER_PERMISSIONS: readonly Permission[] = [
  {
    resource: WORKFLOWS,
    verbs: ["get", "list", "watch", "patch"],
    why: "sees what is to be run, and saves how far it is; reads one again after a conflict",
  },
  { resource: WORKFLOWS, verbs: ["delete"], why: "`ttlStrategy`: deletes an ended Workflow when its time has come" },
  {
    resource: WORKFLOWS,
    subresource: "finalizers",
    verbs: ["update"],
    why: "makes objects that block the deletion of their Workflow, where the API checks that (OpenShift does)",
  },
  {
    resource: WORKFLOW_TASK_SETS,
    verbs: ["get", "list", "watch", "create", "patch"],
    why: "announces tasks to the agent, and takes out what has been answered",
  },
  {
    resource: WORKFLOW_TASK_SETS,
    subresource: "status",
    verbs: ["patch"],
    why: "takes out the agent's answers once they are saved",
  },
  { resource: WORKFLOW_TEMPLATES, verbs: ["get"], why: "`templateRef` and `workflowTemplateRef`" },
  {
    resource: CLUSTER_WORKFLOW_TEMPLATES,
    verbs: ["get"],
    why: "the same with `clusterScope: true`; without it, such a Workflow ends with a message, all others run",
  },
  {
    resource: PODS,
    verbs: ["get", "list", "watch", "create", "delete"],
    why: "the agent pod: makes it, sees what becomes of it, and removes it some time after the end",
  },
  {
    resource: CONFIG_MAPS,
    verbs: ["get", "list", "watch"],
    why: "plugins are ConfigMaps; so are parameters (`configMapKeyRef`) and what is memoized. Only those with the label `workflows.argoproj.io/configmap-type` are watched",
  },
  {
    resource: CONFIG_MAPS,
    verbs: ["create", "patch"],
    why: "`memoize`: remembers outputs; without it, nothing is remembered and an Event says so",
  },
  {
    resource: SECRETS,
    verbs: ["get", "create", "patch"],
    why: "tokens of plugins with `automountServiceAccountToken`, each in a Secret of its Workflow; whether there are certificates for the agent. Secrets are neither listed nor watched",
  },
  {
    resource: SERVICE_ACCOUNTS,
    subresource: "token",
    verbs: ["create"],
    why: "has these tokens issued",
  },
  {
    resource: LEASES,
    verbs: ["get", "create", "update"],
    why: "of several replicas one works, the one that holds the Lease: `outrigger-controller`, in the namespace where it is installed",
  },
  {
    resource: LOCAL_SUBJECT_ACCESS_REVIEWS,
    verbs: ["create"],
    why: "asks what the service account of an agent may do that has said nothing for ten seconds, so that its steps can name what is missing; without it, they say that they hear nothing",
  },
  { resource: EVENTS, verbs: ["create"], why: "tells what happens to a Workflow, and what is wrong with a plugin" },
];
