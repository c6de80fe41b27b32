import { Document, Scalar, visit } from "yaml";
import { resolvePlain } from "./yaml-scalars.ts";

export interface ToYamlOptions {
  /** Keys in alphabetical order, as kubectl prints them. Default: as they come. */
  readonly sortKeys?: boolean;
}

/** YAML as kubectl writes it. Text that some reader of YAML 1.1 or 1.2 would take for a number, a boolean or null is quoted. */
export function toYaml(value: unknown, options: ToYamlOptions = {}): string {
  const document = new Document(value, {
    compat: "yaml-1.1",
    aliasDuplicateObjects: false,
    sortMapEntries: options.sortKeys ?? false,
  });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === "string" && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0, indentSeq: false, blockQuote: "literal" });
}

// Space at the start of a block of text is taken for indentation, by some readers in part.
function needsQuotes(text: string): boolean {
  return resolvePlain(text) !== text || /^\s*[ \t]/.test(text);
}
