import { VERSION } from "../../version.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";

// Older ones do not get this far: bin/outrigger.js turns them away.
export function checkNode(version: string): readonly Finding[] {
  return [findings("node").ok("", `Node ${version}, outrigger ${VERSION}`)];
}
