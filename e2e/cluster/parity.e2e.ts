import { readFileSync, readdirSync } from "node:fs";
import { CONFIG_MAPS, WORKFLOWS, readManifests, storedWorkflowParser } from "@outrigger/kube";
import { LABEL_INSTANCE_ID, formatIssues, isFulfilled } from "@outrigger/types";
import type { JsonObject, Workflow } from "@outrigger/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CASES, differingFields, isAllowed } from "../../packages/engine/test/parity/compare.ts";
import { DIFFERENCES, SYSTEM_DIFFERENCES } from "../../packages/engine/test/parity/differences.ts";
import { buildPlugin } from "./support/build-plugin.ts";
import { INSTANCE_ID } from "./support/install.ts";
import { Scenario } from "./support/scenario.ts";

const names = readdirSync(CASES).map((file) => file.replace(/\.yaml$/, ""));

// Shows in a message.
const RECORDED_NAMESPACE = "parity";

/** `# then: SECONDS PATCH` */
function actionsIn(text: string): readonly { readonly afterMs: number; readonly patch: JsonObject }[] {
  return Array.from(text.matchAll(/^# then: (\S+) (.*)$/gm), ([, seconds = "0", patch = "{}"]) => ({
    afterMs: Number(seconds) * 1_000,
    patch: JSON.parse(patch) as JsonObject,
  }));
}

function manifestIn(text: string, name: string): JsonObject {
  const read = readManifests(text, name);
  const manifest = read.ok ? read.value[0]?.value : undefined;
  if (manifest === undefined) throw new Error(`${name} cannot be read`);
  return manifest;
}

/** Ends of Workflows as Argo 4.1.2 ended them, and as the engine ends them by itself: one list of differences for both. */
describe("on a real cluster a Workflow ends as recorded of Argo 4.1.2", () => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await Scenario.open();
    const plugin = await buildPlugin(new URL("../echo-plugin", CASES).pathname);
    await scenario.client.create(CONFIG_MAPS, scenario.namespace, plugin);
  });
  afterAll(() => scenario[Symbol.asyncDispose]());

  async function play(name: string): Promise<Workflow> {
    const { client, namespace } = scenario;
    const source = readFileSync(new URL(`${name}.yaml`, CASES), "utf8");
    const labels = { [LABEL_INSTANCE_ID]: INSTANCE_ID };
    const manifest = manifestIn(source, name);
    const metadata = { ...(manifest["metadata"] as JsonObject), labels };
    const made = await client.create(WORKFLOWS, namespace, { ...manifest, metadata });
    const ref = { namespace, name: made.metadata.name ?? "" };
    const startMs = Date.now();
    const actions = [...actionsIn(source)];
    return scenario.until(async () => {
      while (actions[0] !== undefined && Date.now() - startMs >= actions[0].afterMs) {
        await client.patch(WORKFLOWS, ref, { type: "merge", body: actions.shift()?.patch ?? {} });
      }
      const text = JSON.stringify(await client.get(WORKFLOWS, ref)).replaceAll(namespace, RECORDED_NAMESPACE);
      const parsed = storedWorkflowParser(JSON.parse(text), "");
      if (!parsed.ok) throw new Error(formatIssues(parsed.issues));
      if (!isFulfilled(parsed.value.status?.phase)) throw new Error(`${ref.name} has not ended`);
      return parsed.value;
    }, 85_000);
  }

  it.concurrent.each(names)("%s", async (name) => {
    const differing = differingFields(name, await play(name));
    const differences = [...DIFFERENCES, ...SYSTEM_DIFFERENCES];
    expect(differing.filter((field) => !isAllowed(name, field, differences))).toEqual([]);
  });
});
