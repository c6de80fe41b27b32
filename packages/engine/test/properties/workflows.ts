import type { JsonObject, JsonValue, KubeObject } from "@outrigger/types";
import fc from "fast-check";

/** Random Workflows that are sound, over one plugin whose answers are told by the task. */
export const workflows: fc.Arbitrary<KubeObject> = fc
  .record({
    templates: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    seeds: fc.infiniteStream(fc.nat({ max: 1_000 })),
    onExit: fc.boolean(),
  })
  .map(({ templates, seeds, onExit }) => {
    const random = new Source(seeds);
    const composites = templates.map((_, index) => composite(index, templates.length, random));
    return {
      metadata: { name: "wf" },
      spec: {
        entrypoint: "t0",
        ...(onExit ? { onExit: "leaf" } : {}),
        ...random.oneOf<JsonObject>({}, {}, { parallelism: 1 + random.below(3) }),
        templates: [...composites, LEAF, FLAKY, PAUSE],
      },
    };
  });

const LEAF: JsonObject = {
  name: "leaf",
  inputs: { parameters: [{ name: "v", default: "none" }] },
  outputs: { parameters: [{ name: "o", valueFrom: { path: "p", default: "fallback" } }] },
  plugin: { echo: { text: "{{inputs.parameters.v}} of {{node.name}}" } },
};
const FLAKY: JsonObject = {
  ...LEAF,
  name: "flaky",
  retryStrategy: { limit: "2", retryPolicy: "Always", backoff: { duration: "4", factor: "2" } },
};
const PAUSE: JsonObject = { name: "pause", suspend: { duration: "5" } };

class Source {
  readonly #numbers: Iterator<number>;

  constructor(numbers: Iterable<number>) {
    this.#numbers = numbers[Symbol.iterator]();
  }

  below(limit: number): number {
    return Number(this.#numbers.next().value ?? 0) % limit;
  }

  oneOf<T>(...options: readonly [T, ...T[]]): T {
    return options[this.below(options.length)] ?? options[0];
  }
}

// Calls only templates that come later: no recursion.
function composite(index: number, count: number, random: Source): JsonObject {
  const callees = ["leaf", "leaf", "leaf", "flaky", "pause"];
  for (let later = index + 1; later < count; later += 1) callees.push(`t${later}`);
  const name = `t${index}`;
  const body = random.oneOf(true, false) ? { steps: steps(callees, random) } : { dag: dag(callees, random) };
  return {
    name,
    ...body,
    ...random.oneOf<JsonObject>({}, {}, { parallelism: 1 + random.below(2) }),
    ...random.oneOf<JsonObject>({}, {}, {}, { retryStrategy: { limit: "1", retryPolicy: "Always" } }),
  };
}

function steps(callees: readonly string[], random: Source): JsonValue {
  let number = 0;
  const before: string[] = [];
  return Array.from({ length: 1 + random.below(3) }, () => {
    const group = Array.from({ length: 1 + random.below(3) }, () => {
      number += 1;
      return call(`s${number}`, callees, { root: "steps", before, random });
    });
    before.push(...group.map((step) => step.name));
    return group;
  });
}

function dag(callees: readonly string[], random: Source): JsonObject {
  const tasks: Call[] = [];
  for (let number = 1; number <= 1 + random.below(5); number += 1) {
    const others = tasks.map((task) => task.name).filter(() => random.below(2) === 0);
    const task = call(`d${number}`, callees, { root: "tasks", before: others, random });
    const { continueOn: _notHere, ...rest } = task;
    const depends = others.map((other) => other + random.oneOf("", "", ".Succeeded", ".Failed", ".Skipped"));
    tasks.push(depends.length === 0 ? rest : { ...rest, depends: depends.join(random.oneOf(" && ", " || ")) });
  }
  return { tasks, failFast: random.oneOf(true, false) };
}

type Call = JsonObject & { readonly name: string };

interface CallContext {
  readonly root: "steps" | "tasks";
  readonly before: readonly string[];
  readonly random: Source;
}

function call(name: string, callees: readonly string[], { root, before, random }: CallContext): Call {
  const template = callees[random.below(callees.length)] ?? "leaf";
  const seen = before[random.below(Math.max(before.length, 1))];
  const source = random.oneOf("plain", seen === undefined ? "plain" : `{{${root}.${seen}.status}}`, "{{item}}");
  const loop: JsonObject = random.oneOf<JsonObject>(
    {},
    {},
    { withItems: ["a", "b"] },
    { withSequence: { count: "3" } },
    { withParam: "[]" },
  );
  const isLoop = Object.keys(loop).length > 0;
  const value = source === "{{item}}" && !isLoop ? "plain" : source;
  return {
    name,
    template,
    ...(template === "leaf" ? { arguments: { parameters: [{ name: "v", value }] } } : {}),
    ...loop,
    ...random.oneOf<JsonObject>({}, {}, { when: "1 == 2" }, isLoop ? { when: "{{item}} != a" } : {}),
    ...hooks(name, root, random),
    ...random.oneOf<JsonObject>({}, { continueOn: { failed: true, error: true } }),
  };
}

// Only such whose time does not depend on the order of events.
function hooks(name: string, root: "steps" | "tasks", random: Source): JsonObject {
  const exit = { exit: { template: "leaf" } };
  const late = { late: { template: "leaf", expression: `${root}["${name}"].status == "Succeeded"` } };
  return random.oneOf<JsonObject>({}, {}, {}, { hooks: exit }, { hooks: { ...exit, ...late } });
}
