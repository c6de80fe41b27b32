import { ARGO_FUNCTIONS, compile, valueOf } from "@outrigger/expressions";
import type { HttpTemplate, NodeResult } from "@outrigger/types";
import type { HttpAnswer } from "./http-request.ts";
import { failure } from "./report.ts";

/** What an expression reads that is not the same each time. */
export interface Moment {
  readonly nowMs: number;
  readonly random: () => number;
}

/** What an answer makes of the node: its body is the result, whether or not that is a success. */
export function verdictOf(http: HttpTemplate, answer: HttpAnswer, moment: Moment): NodeResult {
  const { successCondition = "" } = http;
  if (answer.tooLarge) {
    return failure(
      `the answer (${answer.status}) has more than the ${Buffer.byteLength(answer.body)} bytes that it may have`,
    );
  }
  const outputs = { result: answer.body };
  if (successCondition === "") {
    const isSuccess = answer.status >= 200 && answer.status < 300;
    return isSuccess
      ? { phase: "Succeeded", outputs }
      : { ...failure(`received non-2xx response code: ${answer.status}`), outputs };
  }
  const holds = evaluate(successCondition, http, answer, moment);
  if (typeof holds === "string") return failure(`successCondition '${successCondition}': ${holds}`);
  return holds
    ? { phase: "Succeeded", outputs }
    : { ...failure(`successCondition '${successCondition}' evaluated false`), outputs };
}

/** Text is what went wrong. */
function evaluate(condition: string, http: HttpTemplate, answer: HttpAnswer, moment: Moment): boolean | string {
  const compiled = compile(condition);
  if (!compiled.ok) return compiled.message;
  const { method = "", url, body = "", headers = [] } = http;
  // What comes from a Secret is not shown.
  const given = headers.filter(({ valueFrom }) => valueFrom === undefined);
  const request = {
    method,
    url,
    body,
    bodyBytes: null,
    headers: Object.fromEntries(given.map(({ name, value = "" }) => [name, [value]])),
  };
  const response = { statusCode: answer.status, body: answer.body, headers: answer.headers };
  const variables = new Map([
    ...ARGO_FUNCTIONS,
    ["request", valueOf(request)] as const,
    ["response", valueOf(response)] as const,
  ]);
  const result = compiled.value.evaluate({ variables, ...moment });
  if (!result.ok) return result.message;
  return typeof result.value === "boolean" ? result.value : "it is not true or false";
}
