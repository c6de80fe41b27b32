import { isJsonObject } from "@outrigger/types";
import type { JsonValue } from "@outrigger/types";
import { compileExpression } from "../expressions/evaluate.ts";
import { expressionOf } from "../expressions/expression-tag.ts";
import { isExpressionTag } from "../expressions/tags.ts";
import type { Findings } from "./findings.ts";
import { tagsIn } from "./known-names.ts";

/** Reports expressions that cannot be read: those in tags, and those of `valueFrom.expression`. */
export function checkExpressions(value: JsonValue, path: string, findings: Findings): void {
  for (const { name, path: at } of tagsIn(value, path)) {
    if (isExpressionTag(name)) checkTag(name, at, findings);
  }
  for (const { source, at } of outputExpressions(value, path)) checkExpression(source, at, findings);
}

/** Reports an expression that cannot be read, such as that of a hook. */
export function checkExpression(source: string, path: string, findings: Findings): void {
  const compiled = compileExpression(source);
  if (!compiled.ok)
    findings.reportField(path, `has an expression that cannot be read: '${source}': ${compiled.message}`);
}

function checkTag(tag: string, path: string, findings: Findings): void {
  const source = expressionOf(tag);
  if (source.includes("{{")) {
    findings.reportField(
      path,
      `has a tag within an expression: {{${tag}}} (expressions name variables as they are: inputs.parameters.x)`,
    );
    return;
  }
  const compiled = compileExpression(source);
  if (compiled.ok) return;
  const isCut = source.split("{").length > source.split("}").length;
  const hint = isCut ? " (}} ends the tag: write } } within it)" : "";
  findings.reportField(path, `has an expression that cannot be read: {{${tag}}}: ${compiled.message}${hint}`);
}

interface Located {
  readonly source: string;
  readonly at: string;
}

function outputExpressions(value: JsonValue, path: string): readonly Located[] {
  if (Array.isArray(value))
    return value.flatMap((item: JsonValue, index) => outputExpressions(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const at = `${path}.${key}`;
    const source = key === "valueFrom" && isJsonObject(item) ? item["expression"] : undefined;
    return typeof source === "string" ? [{ source, at: `${at}.expression` }] : outputExpressions(item, at);
  });
}
