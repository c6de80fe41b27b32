// The plugin of all workloads: answers at once, if only that it is not done.
import { createHash } from "node:crypto";
import { definePlugin, running, succeeded } from "@outrigger/sdk";
import type { Plugin } from "@outrigger/sdk";
import { isJsonObject } from "@outrigger/types";
import { CALLED_AT, ON_HOLD } from "../workloads.ts";

export const benchPlugin: Plugin = definePlugin({
  key: "bench",
  execute: ({ input, parameters }) => {
    if (isJsonObject(input) && input["hold"] === true) return running({ message: ON_HOLD, requeueAfter: "1h" });
    const { v = "" } = parameters;
    const sizeBytes = isJsonObject(input) ? Number(input["sizeBytes"] ?? 0) : 0;
    return succeeded({
      message: `${CALLED_AT}${Date.now()}`,
      outputs: { v: sizeBytes === 0 ? v : tableOf(v, sizeBytes) },
    });
  },
});

/** What steps put out, more often than not: some kilobytes of rows that resemble each other. */
function tableOf(seed: string, sizeBytes: number): string {
  let text = "";
  for (let row = 0; text.length < sizeBytes; row += 1) {
    const hash = createHash("sha1").update(`${seed}/${row}`).digest("hex").slice(0, 6);
    text += `{"row":${row},"status":"ok","duration":"12ms","value":"${hash}"}\n`;
  }
  return text.slice(0, sizeBytes);
}
