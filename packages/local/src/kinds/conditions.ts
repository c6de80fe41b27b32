import type { KubeObject } from "@outrigger/types";
import { listAt, objectAt, textAt } from "../json/at.ts";

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

/** The object with the condition in its status, instead of the one of its type. */
export function withCondition(object: KubeObject, condition: Condition): KubeObject {
  const status = objectAt(object, "status");
  const others = listAt(status, "conditions").filter((each) => textAt(each, "type") !== condition.type);
  return { ...object, status: { ...status, conditions: [...others, { ...condition }] } };
}
