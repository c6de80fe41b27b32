import { ApiError } from "../errors/api-error.ts";
import { internalError, noSuchResource } from "../errors/refusals.ts";
import type { ClusterState } from "../objects/cluster-state.ts";
import { PATH_NOT_FOUND, statusAnswer, textAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { discover } from "./discovery/discovery.ts";
import { groupsOf } from "./discovery/groups.ts";
import { handleResource } from "./handle-resource.ts";
import { handleOpenApi } from "./openapi/openapi.ts";
import type { ApiRequest } from "./request.ts";
import { parseResourcePath } from "./resource-path.ts";
import type { ResourcePath } from "./resource-path.ts";
import { handleReview } from "./reviews/reviews.ts";
import type { ApiServices } from "./services.ts";
import { VERSION } from "./version.ts";

export interface Router {
  readonly state: ClusterState;
  readonly services: ApiServices;
  /** `127.0.0.1:6443`, for clients that ask where the server is. */
  readonly address: () => string;
}

const HEALTH: ReadonlySet<string> = new Set(["/healthz", "/readyz", "/livez"]);

/** Answers that nobody needs a token for. */
export function publicAnswer(path: string): Answer | undefined {
  if (HEALTH.has(path)) return textAnswer(200, "ok");
  return path === "/version"
    ? { status: 200, contentType: "application/json", body: JSON.stringify(VERSION) }
    : undefined;
}

/** Answers a request; whatever goes wrong becomes a Status. */
export async function route(router: Router, request: ApiRequest): Promise<Answer> {
  try {
    return await dispatch(router, request);
  } catch (error) {
    if (error instanceof ApiError) return statusAnswer(error.status);
    return statusAnswer(internalError(error instanceof Error ? error.message : String(error)).status);
  }
}

async function dispatch(router: Router, request: ApiRequest): Promise<Answer> {
  const { kinds } = router.state;
  const discovered = discover(kinds, request, router.address());
  if (discovered !== undefined) return discovered;
  if (request.path.startsWith("/openapi/")) return handleOpenApi(kinds, request) ?? PATH_NOT_FOUND;
  const path = parseResourcePath(request.path);
  if (path === undefined) return request.path === "/" ? rootPaths(router) : PATH_NOT_FOUND;
  return dispatchResource(router, request, path);
}

async function dispatchResource(router: Router, request: ApiRequest, path: ResourcePath): Promise<Answer> {
  const { state, services } = router;
  const review = await handleReview(request, path, services);
  if (review !== undefined) return review;
  const kind = state.kinds.find(path);
  if (kind !== undefined) {
    const { name, subresource, namespace } = path;
    return handleResource({ request, state, services, kind, name, subresource, namespace });
  }
  if (isOwnGroup(router, path)) throw noSuchResource();
  return PATH_NOT_FOUND;
}

/** Paths below Kubernetes' own groups are answered by another part of a real server than those of custom kinds. */
function isOwnGroup(router: Router, path: ResourcePath): boolean {
  const { group, version } = path;
  if (group === "") return true;
  const own = router.state.kinds.all().filter(({ shape }) => shape.from === "struct");
  return own.some(({ resource }) => resource.group === group && resource.version === version);
}

function rootPaths(router: Router): Answer {
  const groups = groupsOf(router.state.kinds).flatMap(({ group, versions }) => [
    `/apis/${group}`,
    ...versions.map((version) => `/apis/${group}/${version}`),
  ]);
  const paths = ["/api", "/api/v1", "/apis", ...groups, ...HEALTH, "/openapi/v2", "/openapi/v3", "/version"];
  return { status: 200, contentType: "application/json", body: JSON.stringify({ paths }) };
}
