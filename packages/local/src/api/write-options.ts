import { tooLong, unsupportedValue } from "../errors/field-error.ts";
import type { FieldError } from "../errors/field-error.ts";
import { invalid } from "../errors/refusals.ts";
import type { DecodedObject, Kind } from "../kinds/kind.ts";
import { cannotBeHandled } from "../kinds/decode-built-in.ts";
import type { ApiRequest } from "./request.ts";

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  readonly fieldValidation: "Ignore" | "Warn" | "Strict";
}

const VALIDATIONS = ["Ignore", "Warn", "Strict"] as const;
const MANAGER_LIMIT = 128;

/** The options that come in the query of every write. */
export function writeOptions(query: URLSearchParams, optionsKind: string): WriteOptions {
  const dryRuns = query.getAll("dryRun").filter((value) => value !== "");
  const asked = query.get("fieldValidation") ?? "";
  const fieldManager = query.get("fieldManager") ?? "";
  const fieldValidation = asked === "" ? "Warn" : VALIDATIONS.find((value) => value === asked);
  const errors: FieldError[] = [];
  if (fieldManager.length > MANAGER_LIMIT)
    errors.push(tooLong("fieldManager", `may not be more than ${MANAGER_LIMIT} bytes`));
  if (dryRuns.some((value) => value !== "All")) errors.push(unsupportedValue("dryRun", dryRuns, ["All"]));
  if (fieldValidation === undefined) {
    errors.push(unsupportedValue("fieldValidation", asked, ["", ...VALIDATIONS].sort()));
  }
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", name: optionsKind }, "", errors);
  return { dryRun: dryRuns.length > 0, fieldManager, fieldValidation: fieldValidation ?? "Warn" };
}

/** Fields that a kind does not have are dropped: silently, with a warning, or not at all. */
export function acceptUnknown(
  request: ApiRequest,
  decoded: DecodedObject,
  options: WriteOptions,
  refuse: (why: string) => Error,
): void {
  const problems = decoded.unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (problems.length === 0 || options.fieldValidation === "Ignore") return;
  if (options.fieldValidation === "Warn") return void request.warnings.push(...problems);
  throw refuse(`strict decoding error: ${problems.join(", ")}`);
}

/** How a body is refused that is not quite of its kind. */
export function refuseBody(kind: Kind, { object }: DecodedObject): (why: string) => Error {
  return (why) => cannotBeHandled(kind.resource, { kind: object.kind, apiVersion: object.apiVersion }, why);
}
