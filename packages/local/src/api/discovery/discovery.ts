import type { KindRegistry } from "../../kinds/kind-registry.ts";
import { jsonAnswer } from "../answer.ts";
import type { Answer } from "../answer.ts";
import { mediaRanges } from "../media-type.ts";
import { AGGREGATED_TYPE, aggregatedDiscovery } from "./aggregated.ts";
import { groupsOf, kindsOf } from "./groups.ts";
import type { GroupVersions } from "./groups.ts";
import { resourcesOf } from "./resource-list.ts";

export interface DiscoveryRequest {
  readonly path: string;
  readonly accept: string;
}

/** Answers what is served: `/api`, `/apis` and what is one and two steps below; undefined for any other path. */
export function discover(kinds: KindRegistry, request: DiscoveryRequest, address: string): Answer | undefined {
  const segments = request.path.split("/").filter((segment) => segment !== "");
  const [root, first, second, ...more] = segments;
  if (more.length > 0 || (root !== "api" && root !== "apis")) return undefined;
  if (first === undefined) return discoverRoot(kinds, request, root, address);
  if (root === "api") return second === undefined && first === "v1" ? resourceList(kinds, "", first) : undefined;
  return second === undefined ? oneGroup(kinds, first) : resourceList(kinds, first, second);
}

function discoverRoot(kinds: KindRegistry, request: DiscoveryRequest, root: "api" | "apis", address: string): Answer {
  if (wantsAggregated(request.accept)) {
    const groups = root === "api" ? [{ group: "", versions: ["v1"] }] : groupsOf(kinds);
    const answer = jsonAnswer(200, aggregatedDiscovery(kinds, groups));
    return { ...answer, contentType: AGGREGATED_TYPE, headers: { vary: "Accept" } };
  }
  if (root === "apis") {
    const groups = groupsOf(kinds).map(groupJson);
    return jsonAnswer(200, { kind: "APIGroupList", apiVersion: "v1", groups });
  }
  const addresses = [{ clientCIDR: "0.0.0.0/0", serverAddress: address }];
  return jsonAnswer(200, { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: addresses });
}

function wantsAggregated(accept: string): boolean {
  const first = mediaRanges(accept).find(({ type }) => type === "application/json" || type === "*/*");
  const { parameters } = first ?? { parameters: new Map<string, string>() };
  return parameters.get("as") === "APIGroupDiscoveryList" && parameters.get("v") === "v2";
}

function groupJson({ group, versions }: GroupVersions): object {
  const each = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: each, preferredVersion: each[0] };
}

function oneGroup(kinds: KindRegistry, name: string): Answer | undefined {
  const found = groupsOf(kinds).find(({ group }) => group === name);
  return found === undefined ? undefined : jsonAnswer(200, { kind: "APIGroup", apiVersion: "v1", ...groupJson(found) });
}

function resourceList(kinds: KindRegistry, group: string, version: string): Answer | undefined {
  const resources = resourcesOf(kindsOf(kinds, group, version), group);
  if (resources.length === 0) return undefined;
  if (group === "") return jsonAnswer(200, { kind: "APIResourceList", groupVersion: version, resources });
  return jsonAnswer(200, { kind: "APIResourceList", apiVersion: "v1", groupVersion: `${group}/${version}`, resources });
}
