import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "@outrigger/types";

/** What Argo's `agent init` does: a token for each plugin. */
export function makeTokens(folder: string, env: Environment): void {
  for (const name of JSON.parse(env["ARGO_PLUGIN_NAMES"] ?? "") as readonly string[]) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "token"), `token-of-${name}`.padEnd(32, "x"));
  }
}
