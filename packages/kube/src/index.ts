export { PATCH_CONTENT_TYPES } from "./client.ts";
export type {
  DeleteOptions,
  JsonLike,
  KubeClient,
  KubeList,
  ListOptions,
  LogOptions,
  ObjectRef,
  PatchType,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "./client.ts";
export { LeapingClock, SimulatedClock, sleep, steadyTime, systemClock } from "./clock.ts";
export type { Clock, Timer } from "./clock.ts";
export {
  MAX_WORKFLOW_BYTES,
  WorkflowTooLarge,
  packStatus,
  storedStatusParser,
  storedWorkflowParser,
} from "./compressed-nodes.ts";
export { loadConnection } from "./config.ts";
export type { LoadConnectionOptions } from "./config.ts";
export { ConnectionError, explicitConnection } from "./connection.ts";
export type { Connection, Credentials, ExplicitConnection, TlsSettings } from "./connection.ts";
export { KubeError, hasReason, isTransient } from "./errors.ts";
export type { KubeErrorDetails, KubeErrorReason } from "./errors.ts";
export { HttpKubeClient } from "./http-client.ts";
export type { HttpClientOptions } from "./http-client.ts";
export { Informer } from "./informer.ts";
export type { ChangeListener, InformerOptions, InformerState } from "./informer.ts";
export { leaseSpecParser } from "./lease/lease.ts";
export { LeaderElection } from "./lease/leader-election.ts";
export type { LeaderElectionOptions } from "./lease/leader-election.ts";
export { listAll } from "./list-all.ts";
export type { ListAllOptions } from "./list-all.ts";
export { formatManifestIssue, locateIssues, readManifests } from "./manifests.ts";
export type { Manifest, ManifestIssue, ManifestResult, Position } from "./manifests.ts";
export { objectKey } from "./object-cache.ts";
export type { ChangeSource, ObjectChange } from "./object-cache.ts";
export type { IndexKeys } from "./object-index.ts";
export type { ApiCall, ObserveCall } from "./observe.ts";
export {
  CLUSTER_WORKFLOW_TEMPLATES,
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  EVENTS,
  LEASES,
  LOCAL_SUBJECT_ACCESS_REVIEWS,
  NAMESPACES,
  PODS,
  SECRETS,
  SELF_SUBJECT_ACCESS_REVIEWS,
  SERVICE_ACCOUNTS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  WORKFLOW_TEMPLATES,
  apiVersionOf,
} from "./resources.ts";
export { TASK_SET_PERMISSIONS } from "./permission.ts";
export type { Permission } from "./permission.ts";
export type { Resource } from "./resources.ts";
export { DEFAULT_RETRY_POLICY, retryTransient } from "./retry.ts";
export type { RetryPolicy } from "./retry.ts";
export { selectorMatcher } from "./selectors.ts";
export { toYaml } from "./to-yaml.ts";
export type { ToYamlOptions } from "./to-yaml.ts";
export { UNTRACKED } from "./untracked.ts";
export { WorkQueue } from "./work-queue.ts";
export type { Handled, QueueStats, WorkQueueOptions } from "./work-queue.ts";
