import { ApiError } from "../../errors/api-error.ts";
import { forbiddenValue, unsupportedValue } from "../../errors/field-error.ts";
import { badRequest, invalid } from "../../errors/refusals.ts";
import { listObjects } from "../../objects/list-objects.ts";
import type { ListOptions } from "../../objects/list-objects.ts";
import { parseSelector } from "../../selectors/selector.ts";
import type { Answer } from "../answer.ts";
import { answerList } from "../call.ts";
import type { Call } from "../call.ts";
import { flag, numberOf } from "../request.ts";

export function handleList(call: Call): Answer {
  return answerList(call, listObjects(call.state, call.kind, listOptions(call)));
}

/** The part of the options that lists, watches and deletions of many share. */
export function listOptions(call: Call): ListOptions {
  const { query } = call.request;
  const text = query.get("resourceVersion") ?? "";
  const match = matchOf(query, text);
  numberOf(query, "timeoutSeconds");
  return {
    namespace: call.namespace,
    selector: parseSelector(
      { labelSelector: query.get("labelSelector") ?? "", fieldSelector: query.get("fieldSelector") ?? "" },
      call.kind,
    ),
    limit: numberOf(query, "limit"),
    continueToken: query.get("continue") ?? "",
    resourceVersion: text === "" ? undefined : versionOf(text, query),
    match,
  };
}

function versionOf(text: string, query: URLSearchParams): number {
  if (/^\d+$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  const why = `resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`;
  if (flag(query, "watch")) throw new ApiError({ code: 500, message: why });
  throw badRequest(`invalid resource version: ${why}`);
}

const MATCHES = ["Exact", "NotOlderThan", ""] as const;

function matchOf(query: URLSearchParams, resourceVersion: string): ListOptions["match"] {
  const text = query.get("resourceVersionMatch") ?? "";
  const path = "resourceVersionMatch";
  const refuse = (error: Parameters<typeof invalid>[2][number]): ApiError =>
    invalid({ group: "meta.k8s.io", name: "ListOptions" }, "", [error]);
  const match = MATCHES.find((choice) => choice === text);
  if (match === undefined) throw refuse(unsupportedValue(path, text, MATCHES));
  if (match !== "" && resourceVersion === "" && !flag(query, "sendInitialEvents")) {
    throw refuse(forbiddenValue(path, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
  }
  if (match === "Exact" && resourceVersion === "0") {
    throw refuse(forbiddenValue(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return match;
}
