import { TEMPLATE_BODIES, childPath, isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { own } from "../own.ts";
import { FIELD_SUPPORT } from "./field-support.ts";
import type { FieldOwner, FieldTable } from "./field-support.ts";
import type { Findings } from "./findings.ts";

/** How objects with a table of their own stand in a field: one, a list of them, a list of lists, or a map. */
type Shape = "one" | "list" | "lists" | "map";
type NestedFields = Readonly<Record<string, readonly [FieldOwner, Shape]>>;

const IN_CALL: NestedFields = {
  inline: ["template", "one"],
  arguments: ["arguments", "one"],
  withSequence: ["withSequence", "one"],
  continueOn: ["continueOn", "one"],
  hooks: ["hook", "map"],
  templateRef: ["templateRef", "one"],
};
const PARAMETERS: NestedFields = { parameters: ["parameter", "list"] };

const NESTED: Readonly<Record<FieldOwner, NestedFields>> = {
  // The templates of `spec` are looked at one by one, and only those that are used.
  spec: {
    arguments: ["arguments", "one"],
    templateDefaults: ["template", "one"],
    hooks: ["hook", "map"],
    retryStrategy: ["retryStrategy", "one"],
    podMetadata: ["podMetadata", "one"],
    workflowMetadata: ["workflowMetadata", "one"],
    workflowTemplateRef: ["workflowTemplateRef", "one"],
  },
  podMetadata: {},
  workflowMetadata: { labelsFrom: ["labelFrom", "map"] },
  labelFrom: {},
  workflowTemplateRef: {},
  templateRef: {},
  template: {
    inputs: ["inputs", "one"],
    outputs: ["outputs", "one"],
    steps: ["step", "lists"],
    dag: ["dag", "one"],
    suspend: ["suspend", "one"],
    retryStrategy: ["retryStrategy", "one"],
    memoize: ["memoize", "one"],
    http: ["http", "one"],
  },
  http: { headers: ["httpHeader", "list"] },
  httpHeader: {},
  dag: { tasks: ["task", "list"] },
  step: IN_CALL,
  task: IN_CALL,
  inputs: PARAMETERS,
  arguments: PARAMETERS,
  outputs: PARAMETERS,
  parameter: { valueFrom: ["valueFrom", "one"] },
  valueFrom: { configMapKeyRef: ["configMapKeyRef", "one"] },
  configMapKeyRef: {},
  memoize: {},
  suspend: {},
  withSequence: {},
  continueOn: {},
  hook: { arguments: ["arguments", "one"], templateRef: ["templateRef", "one"] },
  retryStrategy: { backoff: ["backoff", "one"] },
  backoff: {},
};

/** Refuses the fields of an object, and of all within it, that cannot be honoured or that nobody knows. */
export function checkFields(owner: FieldOwner, value: object, path: string, findings: Findings): void {
  const table: FieldTable = FIELD_SUPPORT[owner];
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (field === undefined || field === null) continue;
    const fieldPath = childPath(path, name);
    const row = own(table, name);
    if (row === undefined) findings.reportField(fieldPath, unknownField(name, table));
    else if (row.support === "refused" && isSet(field) && !isBody(owner, name)) {
      findings.reportField(fieldPath, `is not supported yet: ${row.reason}`);
    }
    checkNested(own(NESTED[owner], name), field, fieldPath, findings);
  }
}

function checkNested(
  nested: readonly [FieldOwner, Shape] | undefined,
  field: unknown,
  path: string,
  findings: Findings,
): void {
  if (nested === undefined) return;
  const [owner, shape] = nested;
  for (const { value, at } of objectsIn(field, shape, path)) checkFields(owner, value, at, findings);
}

interface Located {
  readonly value: object;
  readonly at: string;
}

function objectsIn(field: unknown, shape: Shape, path: string): readonly Located[] {
  if (shape === "one") return isJsonObject(field) ? [{ value: field, at: path }] : [];
  if (shape === "map") return isJsonObject(field) ? objectsInMap(field, path) : [];
  if (!Array.isArray(field)) return [];
  const inner = shape === "lists" ? "list" : "one";
  return field.flatMap((item: unknown, index) => objectsIn(item, inner, `${path}[${index}]`));
}

function objectsInMap(map: JsonObject, path: string): readonly Located[] {
  return Object.entries(map).flatMap(([key, value]) => objectsIn(value, "one", childPath(path, key)));
}

// What a template does is judged with the template as a whole.
function isBody(owner: FieldOwner, name: string): boolean {
  return owner === "template" && TEMPLATE_BODIES.some((body) => body === name);
}

// An empty list, `false` and the like ask for nothing.
function isSet(value: unknown): boolean {
  if (value === false || value === "") return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}

function unknownField(name: string, table: FieldTable): string {
  const near = Object.keys(table).find((known) => known.toLowerCase() === name.toLowerCase());
  return near === undefined ? "is not a known field" : `is not a known field; did you mean ${near}?`;
}
