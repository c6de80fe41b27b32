import type { KubeObject } from "@outrigger/types";
import { badRequest } from "../errors/refusals.ts";
import type { Kind } from "../kinds/kind.ts";

export type FieldSelector = (object: KubeObject) => boolean;

type ReadField = (object: KubeObject) => string;

const OF_EVERY_KIND: ReadonlyMap<string, ReadField> = new Map([
  ["metadata.name", (object: KubeObject) => object.metadata.name ?? ""],
  ["metadata.namespace", (object: KubeObject) => object.metadata.namespace ?? ""],
]);

/** Parses `a=b,c!=d` over the fields that the kind offers. */
export function parseFieldSelector(text: string, kind: Kind): FieldSelector {
  const terms = text.split(/(?<!\\),/).filter((term) => term !== "");
  const requirements = terms.map((term) => parseTerm(term, text, kind));
  return (object) => requirements.every((matches) => matches(object));
}

function parseTerm(term: string, whole: string, kind: Kind): FieldSelector {
  const match = /^([^=!]*)(==|!=|=)(.*)$/.exec(term);
  if (match === null) throw badRequest(`invalid selector: '${whole}'; can't understand '${term}'`);
  const [, field = "", operator, escaped = ""] = match;
  const value = escaped.replaceAll(/\\(.)/g, "$1");
  const read = OF_EVERY_KIND.get(field) ?? kind.selectableFields.get(field);
  if (read === undefined) throw unknownField(field, kind);
  return operator === "!=" ? (object) => read(object) !== value : (object) => read(object) === value;
}

function unknownField(field: string, kind: Kind): Error {
  const { kind: name, group } = kind.resource;
  const offered = kind.selectableFields.size > 0;
  if (kind.shape.from === "schema") return badRequest(`field label not supported: ${field}`);
  if (offered && group === "") return badRequest(`field label not supported: ${field}`);
  void name;
  return badRequest(
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
