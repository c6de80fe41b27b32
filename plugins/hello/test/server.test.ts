import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { startPlugin } from "./running-plugin.ts";

const SERVER = join(import.meta.dirname, "..", "server.ts");
const MAX_BUNDLE_BYTES = 100 * 1024;

describe("the hello plugin", () => {
  it("answers with a message and an output", async () => {
    const plugin = await startPlugin(["--conditions=@outrigger/source", SERVER]);
    expect(await plugin.call({ name: "main", plugin: { hello: {} } })).toEqual({
      node: {
        phase: "Succeeded",
        message: "Hello template!",
        outputs: { parameters: [{ name: "foo", value: "bar" }] },
      },
    });
  });

  it("greets by name", async () => {
    const plugin = await startPlugin(["--conditions=@outrigger/source", SERVER]);
    const inputs = { parameters: [{ name: "name", value: "Ada" }] };
    expect(await plugin.call({ inputs, plugin: { hello: {} } })).toMatchObject({ node: { message: "Hello Ada!" } });
  });

  it("declines what is not for it", async () => {
    const plugin = await startPlugin(["--conditions=@outrigger/source", SERVER]);
    expect(await plugin.call({ plugin: { slack: {} } })).toEqual({});
  });

  it("travels as one argument, far below the 128 KiB that Linux takes", async () => {
    const { outputFiles } = await build({
      entryPoints: [SERVER],
      bundle: true,
      minify: true,
      write: false,
      platform: "node",
      format: "esm",
      conditions: ["@outrigger/source"],
    });
    const bundle = outputFiles[0]?.text ?? "";
    process.stdout.write(`hello bundle: ${Buffer.byteLength(bundle)} bytes\n`);
    expect(Buffer.byteLength(bundle)).toBeLessThan(MAX_BUNDLE_BYTES);

    const plugin = await startPlugin(["--input-type=module", "-e", bundle]);
    expect(await plugin.call({ plugin: { hello: {} } })).toMatchObject({ node: { phase: "Succeeded" } });
  });
});
