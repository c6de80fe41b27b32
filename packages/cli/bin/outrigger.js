#!/usr/bin/env node
// In the repository there is no build step: the sources run as they are. A published package has only dist/.
import { existsSync } from "node:fs";
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

const source = new URL("../src/main.ts", import.meta.url);
if (existsSync(source)) {
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
