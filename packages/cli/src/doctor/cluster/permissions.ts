import {
  CONFIG_MAPS,
  LOCAL_SUBJECT_ACCESS_REVIEWS,
  PODS,
  SELF_SUBJECT_ACCESS_REVIEWS,
  SERVICE_ACCOUNTS,
  TASK_SET_PERMISSIONS,
  WORKFLOWS,
  WORKFLOW_TASK_SETS,
  hasReason,
} from "@outrigger/kube";
import type { Permission } from "@outrigger/kube";
import { isJsonObject } from "@outrigger/types";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { look } from "./patient.ts";
import type { Patient } from "./patient.ts";

/** What the commands of this program ask the API for. */
const OWN_PERMISSIONS: readonly Permission[] = [
  { resource: WORKFLOWS, verbs: ["create"], why: "submit, resubmit" },
  { resource: WORKFLOWS, verbs: ["get", "list", "watch"], why: "list, get, watch, wait" },
  { resource: WORKFLOWS, verbs: ["patch"], why: "stop, terminate, suspend" },
  { resource: WORKFLOWS, verbs: ["update"], why: "resume, retry" },
  { resource: WORKFLOWS, verbs: ["delete"], why: "delete" },
  { resource: PODS, verbs: ["list", "watch"], why: "logs" },
  { resource: PODS, subresource: "log", verbs: ["get"], why: "logs" },
  { resource: WORKFLOW_TASK_SETS, verbs: ["get"], why: "logs" },
  { resource: CONFIG_MAPS, verbs: ["list"], why: "plugins list, lint --cluster" },
];

/** Whether the cluster answers, and what it lets you do. */
export async function checkOwnPermissions(patient: Patient): Promise<readonly Finding[]> {
  const { client, namespace, server } = patient;
  const { ok, warn } = findings("you");
  const denied = await deniedOf(OWN_PERMISSIONS, async (attributes) => {
    const spec = { resourceAttributes: { namespace, ...attributes } };
    return client.create(SELF_SUBJECT_ACCESS_REVIEWS, undefined, review(SELF_SUBJECT_ACCESS_REVIEWS.kind, {}, spec));
  });
  const reached = findings("cluster").ok(server, "answers");
  if (denied.length === 0) return [reached, ok(namespace, "you may do all that the commands for Workflows ask for")];
  return [
    reached,
    ...denied.map(({ what, why }) => warn(namespace, `you may not ${what} (${why})`, "ask whoever runs the cluster")),
  ];
}

/** Whether the agents of Workflows may do their work. */
export async function checkAccounts(patient: Patient): Promise<readonly Finding[]> {
  const all = await Promise.all(patient.accounts.map((account) => checkAccount(patient, account)));
  return all.flat();
}

async function checkAccount(patient: Patient, account: string): Promise<readonly Finding[]> {
  const { client, namespace } = patient;
  const { ok, warn, fail } = findings("agents");
  const where = `${namespace}/${account}`;
  if ((await look(patient, SERVICE_ACCOUNTS, { namespace, name: account })).kind === "absent") {
    return [
      fail(where, "there is no such service account", `kubectl create serviceaccount ${account} -n ${namespace}`),
    ];
  }
  try {
    const denied = await deniedOf(TASK_SET_PERMISSIONS, async (attributes) => {
      const spec = { ...subjectOf(namespace, account), resourceAttributes: { namespace, ...attributes } };
      const body = review(LOCAL_SUBJECT_ACCESS_REVIEWS.kind, { namespace }, spec);
      return client.create(LOCAL_SUBJECT_ACCESS_REVIEWS, namespace, body);
    });
    if (denied.length === 0) return [ok(where, "an agent may do its work under this service account")];
    const next = `name it in the chart's workflowNamespaces (docs/operate.md), or bind the Role of docs/reference/permissions.md to it`;
    return [fail(where, `an agent may not ${denied.map(({ what }) => what).join(" and ")}`, next)];
  } catch (error) {
    if (!hasReason(error, "Forbidden")) throw error;
    return [
      warn(where, "you may not ask what this service account may do", "needs create on localsubjectaccessreviews"),
    ];
  }
}

function subjectOf(namespace: string, account: string): object {
  return {
    user: `system:serviceaccount:${namespace}:${account}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}

function review(kind: string, metadata: object, spec: object): object {
  return { apiVersion: "authorization.k8s.io/v1", kind, metadata, spec };
}

interface Denied {
  /** `list, watch workflows`. */
  readonly what: string;
  readonly why: string;
}

/** The permissions of which something is missing. */
async function deniedOf(
  permissions: readonly Permission[],
  ask: (attributes: object) => Promise<{ readonly [field: string]: unknown }>,
): Promise<readonly Denied[]> {
  const found = await Promise.all(
    permissions.map(async ({ resource, subresource, verbs, why }) => {
      const { group, plural } = resource;
      const attributes = { group, resource: plural, ...(subresource === undefined ? {} : { subresource }) };
      const answers = await Promise.all(verbs.map((verb) => ask({ verb, ...attributes })));
      const denied = verbs.filter((_, index) => isDenied(answers[index]?.["status"]));
      const name = subresource === undefined ? plural : `${plural}/${subresource}`;
      return { what: `${denied.join(", ")} ${name}`, why, count: denied.length };
    }),
  );
  return found.filter(({ count }) => count > 0);
}

function isDenied(status: unknown): boolean {
  return isJsonObject(status) && status["allowed"] === false;
}
