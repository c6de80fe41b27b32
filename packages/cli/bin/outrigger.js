#!/usr/bin/env node
// In the repository there is no build step: the sources run as they are. A published package has only dist/.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Written so that an old Node can read it.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`error: outrigger needs Node 22.18 or later, and this is ${process.version}\n`);
  process.exit(2);
}

const source = new URL("../src/main.ts", import.meta.url);
if (existsSync(source)) {
  const { enableCompileCache, registerHooks } = await import("node:module");
  // What was compiled at one start need not be at the next.
  enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/outrigger", import.meta.url)));
  const condition = "@outrigger/source";
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...(context.conditions ?? []), condition] }),
  });
  await import(source.href);
} else {
  await import("../dist/main.js");
}
