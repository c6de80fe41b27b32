import type { Dice } from "./dice.ts";
import type { Fault, FaultPlan, WatchFault } from "./faulty-api.ts";
import type { CallFault } from "./faulty-plugin.ts";

const REQUEST_FAULTS: readonly (readonly [number, Fault])[] = [
  [0.02, { kind: "refuse", status: 409 }],
  [0.02, { kind: "refuse", status: 500 }],
  [0.01, { kind: "refuse", status: 429, retryAfterS: 0 }],
  [0.02, { kind: "lose", when: "before" }],
  [0.03, { kind: "lose", when: "after" }],
  [0.05, { kind: "pass", delayMs: 30 }],
];
const WATCH_FAULTS: readonly (readonly [number, WatchFault])[] = [
  [0.1, { linesUntilDrop: 3 }],
  [0.1, { linesUntilDrop: 40 }],
  [0.1, { delayMs: 5 }],
  [0.1, { duplicate: true }],
  [0.1, { swap: true }],
];
const CALL_FAULTS: readonly (readonly [number, CallFault])[] = [
  [0.02, "drop before"],
  [0.03, "drop after"],
  [0.03, "503"],
];

/** One request in seven meets a fault, and half of the watches are not what they should be. */
export function randomPlan(dice: Dice, client: string): FaultPlan {
  return {
    request: ({ method, path }) => dice.choose(REQUEST_FAULTS, { kind: "pass" }, `${client} ${method} ${path}`),
    watch: ({ path }) => dice.choose(WATCH_FAULTS, {}, `${client} ${path}`),
  };
}

export function randomCallFault(dice: Dice, nodeId: string): CallFault {
  return dice.choose(CALL_FAULTS, "none", nodeId);
}
