import type { MergeRules } from "./strategic-merge.ts";

const BY_NAME = { key: "name" };
const PARAMETERS: MergeRules = { lists: { parameters: BY_NAME, artifacts: BY_NAME } };

/** Lists of a template that merge item by item, as Argo's types say. */
export const TEMPLATE_RULES: MergeRules = {
  lists: {
    volumes: BY_NAME,
    initContainers: BY_NAME,
    sidecars: BY_NAME,
    tolerations: { key: "key" },
    hostAliases: { key: "ip" },
  },
  objects: { inputs: PARAMETERS, outputs: PARAMETERS, dag: { lists: { tasks: BY_NAME } } },
};

/** The same of the `spec` of a Workflow. */
export const SPEC_RULES: MergeRules = {
  lists: {
    templates: { key: "name", items: TEMPLATE_RULES },
    volumes: BY_NAME,
    imagePullSecrets: BY_NAME,
    tolerations: { key: "key" },
    hostAliases: { key: "ip" },
  },
  objects: { arguments: PARAMETERS, templateDefaults: TEMPLATE_RULES },
};
