import type { JsonObject, KubeObject } from "@outrigger/types";
import type { Dice } from "./dice.ts";

/** A Workflow that succeeds in the end, whatever goes wrong on the way; with `once`, it has a step that must not be repeated. */
export function randomWorkflow(name: string, dice: Dice): KubeObject & { readonly spec: JsonObject } {
  const roll = (limit: number): number => dice.below(limit, name);
  const shape = SHAPES[roll(SHAPES.length)] ?? SHAPES[0];
  const templates = [...(shape?.(roll) ?? []), ...LEAVES];
  const spec: JsonObject = {
    entrypoint: "main",
    templates,
    ...(roll(4) === 0 ? { onExit: "quick" } : {}),
    ...(roll(4) === 0 ? { parallelism: 1 + roll(2) } : {}),
  };
  return { apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: { name }, spec };
}

const LEAVES: readonly JsonObject[] = [
  { name: "quick", plugin: { faulty: { result: "done" } } },
  { name: "slow", plugin: { faulty: { delayMs: 30 } } },
  { name: "polled", plugin: { faulty: { polls: 2 } } },
  {
    name: "flaky",
    retryStrategy: { limit: 3, retryPolicy: "Always" },
    plugin: { faulty: { failFirst: 1 } },
  },
  { name: "once", plugin: { once: {} } },
];
const NAMES = ["quick", "slow", "polled", "flaky", "quick", "once"];

type Roll = (limit: number) => number;
type Shape = (roll: Roll) => readonly JsonObject[];

function leaf(roll: Roll): string {
  return NAMES[roll(NAMES.length)] ?? "quick";
}

const SHAPES: readonly [Shape, ...Shape[]] = [
  // a chain
  (roll) => [
    {
      name: "main",
      steps: Array.from({ length: 1 + roll(4) }, (_, index) => [{ name: `s${index}`, template: leaf(roll) }]),
    },
  ],
  // a loop, then one that takes what came of it
  (roll) => [
    {
      name: "main",
      steps: [
        [{ name: "each", template: leaf(roll), withSequence: { count: String(1 + roll(5)) } }],
        [{ name: "last", template: "quick" }],
      ],
    },
  ],
  // a diamond
  (roll) => [
    {
      name: "main",
      dag: {
        tasks: [
          { name: "a", template: leaf(roll) },
          { name: "b", template: leaf(roll), depends: "a" },
          { name: "c", template: "inner", depends: "a" },
          { name: "d", template: leaf(roll), depends: "b && c" },
        ],
      },
    },
    {
      name: "inner",
      steps: [
        [
          { name: "x", template: leaf(roll) },
          { name: "y", template: leaf(roll), hooks: { exit: { template: "quick" } } },
        ],
      ],
    },
  ],
];
