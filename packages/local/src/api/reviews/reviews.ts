import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { ISSUER } from "../../auth/token-issuer.ts";
import type { User } from "../../auth/authenticator.ts";
import { listAt, objectAt, textAt } from "../../json/at.ts";
import { jsonAnswer } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { readObject } from "../body.ts";
import { REVIEWS } from "../discovery/resource-list.ts";
import type { ApiRequest } from "../request.ts";
import type { ApiServices } from "../services.ts";

type Review = (body: JsonObject, request: ApiRequest, services: ApiServices) => object;

const EVERYTHING = [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }] as const;

const REVIEW: Readonly<Record<string, Review>> = {
  SelfSubjectReview: (_body, request) => ({ status: { userInfo: userJson(request.user) } }),
  TokenReview: (body, _request, services) => ({ spec: body["spec"] ?? {}, status: reviewToken(body, services) }),
  LocalSubjectAccessReview: (body) => allowed(body),
  SelfSubjectAccessReview: (body) => allowed(body),
  SubjectAccessReview: (body) => allowed(body),
  SelfSubjectRulesReview: (body) => ({
    spec: body["spec"] ?? {},
    status: {
      resourceRules: EVERYTHING,
      nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
      incomplete: false,
    },
  }),
};

/** Answers a question about who asks and what is allowed; undefined where the path is no such question. */
export async function handleReview(
  request: ApiRequest,
  path: { readonly group: string; readonly version: string; readonly plural: string },
  services: ApiServices,
): Promise<Answer | undefined> {
  const found = REVIEWS.find(({ group, plural }) => group === path.group && plural === path.plural);
  const review = found === undefined ? undefined : REVIEW[found.kind];
  if (found === undefined || review === undefined || request.method !== "POST") return undefined;
  const body = await readObject(request, found.kind, found.kind);
  const metadata = isJsonObject(body["metadata"]) ? body["metadata"] : {};
  const answer = review(body, request, services);
  return jsonAnswer(201, { kind: found.kind, apiVersion: `${found.group}/v1`, metadata, ...answer });
}

function allowed(body: JsonObject): object {
  return { spec: body["spec"] ?? {}, status: { allowed: true, reason: "whoever has a token may do everything here" } };
}

function userJson(user: User): object {
  const { username, uid, groups, extra } = user;
  return {
    username,
    ...(uid === "" ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function reviewToken(body: JsonObject, services: ApiServices): object {
  const spec = objectAt(body, "spec");
  const asked = listAt(spec, "audiences").map(String);
  const audiences = asked.length === 0 ? [ISSUER] : asked;
  const account = services.authenticator.authenticateAccount(textAt(spec, "token"), audiences);
  if (account === undefined) return { user: {}, error: "invalid bearer token" };
  return { authenticated: true, user: userJson(account.user), audiences: account.audiences };
}
