import { describe, expect, it } from "vitest";
import { importsOf, packageOf, violations } from "../layers.ts";
import type { PackageFacts } from "../layers.ts";

const engine: PackageFacts = {
  folder: "packages/engine",
  name: "@outrigger/engine",
  dependencies: new Set(["@outrigger/types"]),
  devDependencies: new Set(["vitest"]),
};

describe("the layer check", () => {
  it("reads static, type-only, re-exporting and dynamic imports", () => {
    const text = `
      import { a } from "@scope/a";
      import type { B } from "b/sub";
      export * from "./local.ts";
      const c = await import("c");
      import "d";`;
    expect(importsOf(text)).toEqual(["@scope/a", "b/sub", "./local.ts", "c", "d"]);
    expect(importsOf(text).map(packageOf)).toEqual(["@scope/a", "b", undefined, "c", "d"]);
  });

  const cases: Record<string, { text: string; path?: string; want: RegExp | undefined }> = {
    "allows what package.json declares": { text: `import { isFulfilled } from "@outrigger/types";`, want: undefined },
    "forbids an undeclared package": {
      text: `import { parse } from "yaml";`,
      want: /imports yaml, which .* does not declare/,
    },
    "forbids a test tool in sources": { text: `import { it } from "vitest";`, want: /imports vitest/ },
    "allows a test tool in tests": {
      text: `import { it } from "vitest";`,
      path: "packages/engine/test/a.test.ts",
      want: undefined,
    },
    "forbids an upward arrow": {
      text: `import { x } from "@outrigger/kube";`,
      want: /may import @outrigger\/expressions, @outrigger\/types/,
    },
    "forbids a clock in the engine": { text: `const now = Date.now();`, want: /no clock/ },
    "does not mind a clock in a comment": { text: `// Date.now() is not for here`, want: undefined },
    "forbids node modules in the engine": { text: `import fs from "node:fs";`, want: /import nothing of Node/ },
    "forbids reading the environment": {
      text: `const home = process.env.HOME;`,
      want: /only main\.ts reads process\.env/,
    },
  };
  it.each(Object.entries(cases))("%s", (_name, { text, path = "packages/engine/src/a.ts", want }) => {
    const found = violations({ path, text }, engine).join("\n");
    expect(found).toMatch(want ?? /^$/);
  });
});
