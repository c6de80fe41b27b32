import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogger } from "@outrigger/telemetry";
import { ANNOTATION_ANSWERED, isFulfilled } from "@outrigger/types";
import type { JsonObject, KubeObject, NodeId, WorkflowTaskSet } from "@outrigger/types";
import { PackedLog } from "../src/packed-log.ts";
import type { Packing, SavedNodes } from "../src/packed-log.ts";

const DONE = { phase: "Succeeded", outputs: { parameters: [{ name: "v", value: "1" }] } };
const RUNNING = { phase: "Running", message: "working" };

function template(id: string): JsonObject {
  return { name: "leaf", inputs: { parameters: [{ name: "v", value: id }] }, plugin: { hello: {} } };
}

/** A task set with these tasks; those with a phase have a result. */
function taskSet(nodes: Readonly<Record<string, JsonObject | undefined>>): KubeObject {
  const entries = Object.entries(nodes);
  return {
    metadata: { name: "wf", namespace: "default", uid: "u" },
    spec: { tasks: Object.fromEntries(entries.map(([id]) => [id, template(id)])) },
    status: {
      nodes: Object.fromEntries(entries.flatMap(([id, result]) => (result === undefined ? [] : [[id, result]]))),
    },
  };
}

function start(): { readonly log: PackedLog; readonly lines: JsonObject[] } {
  const lines: JsonObject[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as JsonObject);
  return { log: new PackedLog(createLogger({ component: "controller", level: "debug", write })), lines };
}

function read(log: PackedLog, object: KubeObject, saved?: SavedNodes): WorkflowTaskSet {
  const parsed = log.reader(saved)(object, "");
  if (!parsed.ok) throw new Error("unreadable");
  return parsed.value;
}

interface Raw {
  readonly spec: { readonly tasks: Readonly<Record<string, unknown>> };
  readonly status: { readonly nodes: Readonly<Record<string, unknown>> };
}

/** As the API server applies the write. */
function written(object: KubeObject, packing: Packing | undefined): KubeObject {
  if (packing === undefined) return object;
  const { spec, status } = object as unknown as Raw;
  const tasks = Object.fromEntries(Object.entries(spec.tasks).filter(([id]) => !packing.packed.includes(id as NodeId)));
  const annotations = { [ANNOTATION_ANSWERED]: packing.text };
  return { metadata: { ...object.metadata, annotations }, spec: { tasks }, status };
}

/** As the agent leaves it with its next write. */
function tidied(object: KubeObject): KubeObject {
  const { spec, status } = object as unknown as Raw;
  const nodes = Object.fromEntries(Object.entries(status.nodes).filter(([id]) => Object.hasOwn(spec.tasks, id)));
  return { ...object, status: { nodes } };
}

describe("the packed log", () => {
  it("takes what is answered for good out of its place, once it is worth it", () => {
    const { log } = start();
    expect(log.pack(taskSet({ a: DONE, b: RUNNING, c: undefined }))).toBeUndefined();
    expect(log.pack(taskSet({ a: DONE, b: RUNNING, c: undefined, d: DONE }))?.packed).toEqual(["a", "d"]);
  });

  it("reads the same before and after, whoever reads it, whatever was packed before", () => {
    const result = fc.constantFrom(DONE, RUNNING, undefined, { phase: "Failed", message: "no" });
    const nodes = fc.dictionary(fc.stringMatching(/^[a-z0-9-]{1,12}$/), result, { maxKeys: 12 });
    fc.assert(
      fc.property(fc.array(nodes, { maxLength: 5 }), (waves) => {
        const { log } = start();
        let object = taskSet({});
        for (const wave of waves) {
          const { spec, status } = taskSet(wave) as unknown as Raw;
          const before = object as unknown as Raw;
          object = {
            ...object,
            spec: { tasks: { ...spec.tasks, ...before.spec.tasks } },
            status: { nodes: { ...status.nodes, ...before.status.nodes } },
          };
          const meant = read(log, object);
          object = tidied(written(object, log.pack(object)));
          for (const reader of [log, start().log]) {
            expect(read(reader, object).spec).toEqual(meant.spec);
            // A result whose task has been packed already counts for nothing: it stands in there.
            const known = Object.entries(meant.status.nodes).filter(([id]) => Object.hasOwn(meant.spec.tasks, id));
            expect(read(reader, object).status).toEqual({ nodes: Object.fromEntries(known) });
          }
        }
      }),
    );
  });

  it("is not read for what the saved Workflow holds, and drops it with the next packing", () => {
    const { log } = start();
    const saved = { a: { phase: "Succeeded" }, b: { phase: "Running" } } as unknown as SavedNodes;
    const first = taskSet({ a: DONE, b: DONE });
    const packed = written(first, log.pack(first));
    expect(Object.keys(read(log, packed, saved).spec.tasks)).toEqual(["b"]);
    const second = { ...taskSet({ c: DONE, d: DONE, e: RUNNING }), metadata: packed.metadata };
    const again = written(second, log.pack(second, saved));
    expect(Object.keys(read(log, again).spec.tasks)).toEqual(["b", "c", "d", "e"]);
  });

  it("leaves large answers where they are", () => {
    const { log } = start();
    const large = { phase: "Succeeded", outputs: { result: "x".repeat(5_000) } };
    expect(log.pack(taskSet({ a: large, b: large, c: DONE, d: DONE }))?.packed).toEqual(["c", "d"]);
  });

  it("stays small: a step takes some 50 bytes", () => {
    const { log } = start();
    const many = taskSet(
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`wf-${(i * 2_654_435_761) % 2 ** 32}`, DONE])),
    );
    const packing = log.pack(many);
    expect(packing?.packed).toHaveLength(200);
    expect((packing?.text.length ?? Infinity) / 200).toBeLessThan(50);
  });

  it("says what it cannot read, and does without", () => {
    const { log, lines } = start();
    const spoilt = {
      ...taskSet({ a: RUNNING }),
      metadata: { uid: "u", name: "wf", annotations: { [ANNOTATION_ANSWERED]: "nonsense" } },
    };
    expect(Object.keys(read(log, spoilt).spec.tasks)).toEqual(["a"]);
    expect(lines).toMatchObject([{ level: "error", msg: "Answered steps cannot be read", workflow: "wf" }]);
  });

  it("keeps every end that it was given", () => {
    const { log } = start();
    const object = taskSet({ a: DONE, b: { phase: "Error", message: "x" }, c: { phase: "Skipped" } });
    const { status } = read(log, written(object, log.pack(object)));
    expect(Object.values(status.nodes).every(({ phase }) => isFulfilled(phase))).toBe(true);
  });
});
