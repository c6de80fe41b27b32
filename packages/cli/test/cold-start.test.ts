import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const BIN = join(import.meta.dirname, "../bin/outrigger.js");
// Tells of every module that is loaded.
const HOOK = `import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => { process._rawDebug(url); return next(url, context); } });`;

it.each([["--help"], ["__complete", "--", "re"]])("outrigger %s loads no cluster's code", (...args) => {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  const shell = `"$0" --import "$1" "$2" ${args.map((arg) => `'${arg}'`).join(" ")} 2>&1 >/dev/null`;
  const loaded = execFileSync("sh", ["-c", shell, process.execPath, hook, BIN], { encoding: "utf8" });
  const packages = [...loaded.matchAll(/packages\/(\w+)\/src/g)].map(([, name = ""]) => name);
  expect([...new Set(packages)].toSorted((a, b) => a.localeCompare(b))).toEqual(["cli", "types"]);
});
