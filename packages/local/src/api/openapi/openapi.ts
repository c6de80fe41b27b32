import type { KindRegistry } from "../../kinds/kind-registry.ts";
import { jsonAnswer } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { groupsOf, kindsOf } from "../discovery/groups.ts";
import type { ApiRequest } from "../request.ts";
import { documentV2, documentV2Protobuf, OPENAPI_V2_PROTOBUF } from "./document-v2.ts";
import { documentV3 } from "./document-v3.ts";

const V3 = "/openapi/v3";

/** What kinds look like, for clients that check and explain; undefined for paths that say nothing of that. */
export function handleOpenApi(kinds: KindRegistry, request: ApiRequest): Answer | undefined {
  if (request.path === "/openapi/v2") return answerV2(kinds, request.accept);
  if (request.path === V3) return jsonAnswer(200, { paths: documents(kinds) });
  const match = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(request.path);
  const found = match === null ? [] : kindsOf(kinds, match[1] ?? "", match[2] ?? "");
  return found.length === 0 ? undefined : jsonAnswer(200, documentV3(found));
}

function answerV2(kinds: KindRegistry, accept: string): Answer {
  // Old clients write the name with an @, which is no media type to answer with.
  if (!accept.replace("v2@v1", "v2.v1").includes(OPENAPI_V2_PROTOBUF)) return jsonAnswer(200, documentV2(kinds.all()));
  return { status: 200, contentType: OPENAPI_V2_PROTOBUF, body: documentV2Protobuf(kinds.all()) };
}

function documents(kinds: KindRegistry): object {
  const named = groupsOf(kinds).flatMap(({ group, versions }) => versions.map((version) => `apis/${group}/${version}`));
  const described = ["api/v1", ...named].filter((path) => !isReviewsOnly(kinds, path));
  return Object.fromEntries(described.map((path) => [path, { serverRelativeURL: `${V3}/${path}` }]));
}

function isReviewsOnly(kinds: KindRegistry, path: string): boolean {
  const [version = "", group = ""] = path.split("/").reverse();
  return kindsOf(kinds, group === "api" ? "" : group, version).length === 0;
}
