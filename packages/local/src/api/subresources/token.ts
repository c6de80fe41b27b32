import { PODS, SECRETS } from "@outrigger/kube";
import type { Resource } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { ISSUER } from "../../auth/token-issuer.ts";
import type { BoundObject } from "../../auth/token-issuer.ts";
import { invalidValue } from "../../errors/field-error.ts";
import { conflict, invalid, notFound } from "../../errors/refusals.ts";
import { listAt, numberAt, objectAt, textAt } from "../../json/at.ts";
import { findObject, getObject } from "../../objects/cluster-state.ts";
import { decodeBuiltIn } from "../../kinds/decode-built-in.ts";
import type { Answer } from "../answer.ts";
import { jsonAnswer } from "../answer.ts";
import { readObject } from "../body.ts";
import { target } from "../call.ts";
import type { Call } from "../call.ts";

const TOKEN_REQUEST: Resource = {
  group: "authentication.k8s.io",
  version: "v1",
  plural: "tokenrequests",
  kind: "TokenRequest",
  namespaced: true,
};
const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;

/** Issues a token for a service account. */
export async function handleToken(call: Call): Promise<Answer> {
  const body = await readObject(call.request, TOKEN_REQUEST.kind, TOKEN_REQUEST.kind);
  const { object } = decodeBuiltIn(body, TOKEN_REQUEST, TOKEN_REQUEST.kind);
  const account = getObject(call.state, call.kind, target(call)).object;
  const spec = objectAt(object, "spec");
  const seconds = checkedSeconds(spec);
  const boundTo = boundObject(call, objectAt(spec, "boundObjectRef"));
  const asked = listAt(spec, "audiences").map(String);
  const audiences = asked.length === 0 ? [ISSUER] : asked;
  const { name = "", namespace = "", uid = "", creationTimestamp } = account.metadata;
  const subject = { namespace, serviceAccount: name, uid, ...(boundTo === undefined ? {} : { boundTo }) };
  const issued = call.services.issuer.issue(subject, audiences, seconds);
  return jsonAnswer(201, {
    kind: TOKEN_REQUEST.kind,
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, uid, creationTimestamp },
    spec: { ...spec, audiences, expirationSeconds: seconds, boundObjectRef: spec["boundObjectRef"] ?? null },
    status: { token: issued.token, expirationTimestamp: `${new Date(issued.expiresAtMs).toISOString().slice(0, 19)}Z` },
  });
}

function checkedSeconds(spec: JsonObject): number {
  const seconds = numberAt(spec, "expirationSeconds") ?? DEFAULT_SECONDS;
  const refuse = (rule: string): Error =>
    invalid({ group: TOKEN_REQUEST.group, name: TOKEN_REQUEST.kind }, "", [
      invalidValue("spec.expirationSeconds", seconds, rule),
    ]);
  if (seconds < SHORTEST_SECONDS) throw refuse("may not specify a duration less than 10 minutes");
  if (seconds > LONGEST_SECONDS) throw refuse("may not specify a duration larger than 2^32 seconds");
  return seconds;
}

const BOUND: Readonly<Record<string, Resource>> = { Pod: PODS, Secret: SECRETS };

function boundObject(call: Call, reference: JsonObject): BoundObject | undefined {
  const kind = textAt(reference, "kind");
  if (kind === "") return undefined;
  const name = textAt(reference, "name");
  const uid = uidOf(call, BOUND[kind], name);
  if (uid === undefined) throw notFound({ group: "", name: BOUND[kind]?.plural ?? kind.toLowerCase() }, name);
  const asked = textAt(reference, "uid") || uid;
  if (asked === uid) return { kind, name, uid };
  const why = `the UID in the bound object reference (${asked}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict({ group: "", name: kind }, name, why);
}

function uidOf(call: Call, resource: Resource | undefined, name: string): string | undefined {
  const kind = resource === undefined ? undefined : call.state.kinds.find(resource);
  if (kind === undefined) return undefined;
  return findObject(call.state, kind, { namespace: call.namespace, name })?.object.metadata.uid;
}
