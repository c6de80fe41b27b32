/** A kind of the API: where it lives in the URL space. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function core(plural: string, kind: string, namespaced = true): Resource {
  return { group: "", version: "v1", plural, kind, namespaced };
}

function argo(plural: string, kind: string, namespaced = true): Resource {
  return { group: "argoproj.io", version: "v1alpha1", plural, kind, namespaced };
}

export const PODS = core("pods", "Pod");
export const CONFIG_MAPS = core("configmaps", "ConfigMap");
export const SECRETS = core("secrets", "Secret");
export const SERVICE_ACCOUNTS = core("serviceaccounts", "ServiceAccount");
export const NAMESPACES = core("namespaces", "Namespace", false);
export const EVENTS = core("events", "Event");
export const DEPLOYMENTS: Resource = {
  group: "apps",
  version: "v1",
  plural: "deployments",
  kind: "Deployment",
  namespaced: true,
};
export const LEASES: Resource = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};
/** Answered, not stored. */
export const LOCAL_SUBJECT_ACCESS_REVIEWS: Resource = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "localsubjectaccessreviews",
  kind: "LocalSubjectAccessReview",
  namespaced: true,
};
/** What whoever asks may do. */
export const SELF_SUBJECT_ACCESS_REVIEWS: Resource = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "selfsubjectaccessreviews",
  kind: "SelfSubjectAccessReview",
  namespaced: false,
};
export const WORKFLOWS = argo("workflows", "Workflow");
export const WORKFLOW_TEMPLATES = argo("workflowtemplates", "WorkflowTemplate");
export const CLUSTER_WORKFLOW_TEMPLATES = argo("clusterworkflowtemplates", "ClusterWorkflowTemplate", false);
export const WORKFLOW_TASK_SETS = argo("workflowtasksets", "WorkflowTaskSet");
export const CUSTOM_RESOURCE_DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}
