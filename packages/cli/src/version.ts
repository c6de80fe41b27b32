import { readFileSync } from "node:fs";
import { object, string } from "@outrigger/types";

const manifestParser = object<{ readonly version: string }>({ version: string }, { required: ["version"] });

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const manifest = manifestParser(JSON.parse(text), "");
  return manifest.ok ? manifest.value.version : "unknown";
}

export const VERSION = readVersion();
