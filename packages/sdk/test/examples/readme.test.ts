// What README.md shows, run and compiled; the last test holds that it is the same.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { definePlugin, running, serve, succeeded } from "@outrigger/sdk";
import { testPlugin } from "@outrigger/sdk/testing";

const PACKAGE = join(import.meta.dirname, "../..");

/** A service that builds images. */
const started: string[] = [];
const start = async (repository: string, branch: string, { token }: { token: string; signal: AbortSignal }) => {
  started.push(`${repository} ${branch} ${token}`);
  return "j-1";
};
const look = async (job: string, _signal: AbortSignal) => (job === "j-1" ? "app:1" : undefined);
const stop = async (job: string) => `job ${job} was stopped`;

const build = definePlugin({
  key: "build", // plugin: {build: {repository: …}}
  input: z.object({ repository: z.url(), branch: z.string().default("main") }),
  output: z.object({ image: z.string() }),
  state: z.object({ job: z.string() }),
  execute: async ({ input, secret, signal }) => {
    const job = await start(input.repository, input.branch, { token: secret("CI_TOKEN"), signal });
    return running({ message: "building", requeueAfter: "30s", state: { job } });
  },
  poll: async ({ state, signal }) => {
    const image = await look(state.job, signal);
    return image === undefined ? running({ requeueAfter: "30s", state }) : succeeded({ outputs: { image } });
  },
  cancel: async ({ state }) => (state === undefined ? undefined : stop(state.job)),
});

describe("README.md", () => {
  it("greets", async () => {
    const greet = definePlugin({
      key: "greet", // plugin: {greet: {…}}
      execute: ({ parameters }) => succeeded({ outputs: { greeting: `Hello ${parameters["name"]}!` } }),
    });
    const run = await testPlugin(greet).run({ parameters: { name: "Ada" } });
    expect(run.outputs).toEqual({ greeting: "Hello Ada!" });
    expect(serve).toBeTypeOf("function");
  });

  it("builds, is tested and stopped", async () => {
    const run = await testPlugin(build, { env: { CI_TOKEN: "t" } }).run({
      input: { repository: "https://git.example/app" },
      faults: ["drop", undefined, "timeout"], // of the first, the second, the third call
    });
    expect(run).toMatchObject({ phase: "Succeeded", outputs: { image: "app:1" }, elapsedMs: 62_000 });
    expect(started).toEqual(Array(2).fill("https://git.example/app main t"));
    const bad = await testPlugin(build).run({ input: { repository: "no url" } });
    expect(bad.message).toContain("plugin.build.repository: Invalid URL");
    const stopped = await testPlugin(build, { env: { CI_TOKEN: "t" } }).run({
      input: { repository: "https://git.example/app" },
      faults: ["cancelAfter"],
    });
    expect(stopped.message).toBe("job j-1 was stopped");
  });

  it("shows what tests run", () => {
    const tests = [import.meta.filename, ...globSync(join(PACKAGE, "../../plugins/hello/test/*.test.ts"))];
    const run = tests.map((file) => plain(readFileSync(file, "utf8"))).join("\n");
    const fences = [...readFileSync(join(PACKAGE, "README.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
    expect(fences).toHaveLength(4);
    for (const [, code = ""] of fences) expect(run).toContain(plain(code));
  });
});

/** Without what depends on where the code stands: imports, exports, indents. */
function plain(code: string): string {
  return code
    .split("\n")
    .map((line) => line.trim().replace(/^export /, ""))
    .filter((line) => line !== "" && !line.startsWith("import ") && line !== "await serve(greet);")
    .join("\n");
}
