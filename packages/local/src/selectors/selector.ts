import type { KubeObject } from "@outrigger/types";
import type { Kind } from "../kinds/kind.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";

/** Which objects of a collection a request is about. */
export type Selector = (object: KubeObject) => boolean;

export interface SelectorTexts {
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** Undefined where everything is selected. */
export function parseSelector(texts: SelectorTexts, kind: Kind): Selector | undefined {
  if (texts.labelSelector === "" && texts.fieldSelector === "") return undefined;
  const byLabels = parseLabelSelector(texts.labelSelector);
  const byFields = parseFieldSelector(texts.fieldSelector, kind);
  return (object) => byLabels(object.metadata.labels ?? {}) && byFields(object);
}
