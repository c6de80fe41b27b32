import { describe, expect, it } from "vitest";
import { testPlugin } from "@outrigger/sdk/testing";
import { hello } from "../hello.ts";

describe("the hello plugin", () => {
  it("answers with a message and an output", async () => {
    expect(await testPlugin(hello).run()).toMatchObject({
      phase: "Succeeded",
      message: "Hello template!",
      outputs: { foo: "bar" },
    });
  });

  it("greets by name", async () => {
    expect(await testPlugin(hello).run({ parameters: { name: "Ada" } })).toMatchObject({ message: "Hello Ada!" });
  });

  it("says the same when it is called again", async () => {
    const run = await testPlugin(hello).run({ faults: ["drop", "duplicate"] });
    expect([run.phase, run.calls.length]).toEqual(["Succeeded", 3]);
  });
});
