import type { ConformanceCase } from "../case.ts";
import { EXTENSION_CASES } from "./cases/extension-cases.ts";
import { FIRST_CASES, LAST_CASES, POLL_CASES } from "./cases/life-cases.ts";
import { REPLY_CASES } from "./cases/reply-cases.ts";
import { REQUEST_CASES } from "./cases/request-cases.ts";
import { TOKEN_CASES } from "./cases/token-cases.ts";
import type { PluginProbe } from "./probe.ts";

/** What holds a plugin to the contract, in the order in which it is asked. */
export const PLUGIN_CASES: readonly ConformanceCase<PluginProbe>[] = [
  ...FIRST_CASES,
  ...REPLY_CASES,
  ...TOKEN_CASES,
  ...REQUEST_CASES,
  ...POLL_CASES,
  ...EXTENSION_CASES,
  ...LAST_CASES,
];
