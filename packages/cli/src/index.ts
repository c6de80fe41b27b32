export { startLocalSession } from "./local-session.ts";
export type { LocalSession, LocalSessionOptions } from "./local-session.ts";
export { readCrds } from "./crds.ts";
export { bundleServer } from "./plugin/bundle.ts";
export { readPluginFolder } from "./plugin/folder.ts";
export type { PluginFolder } from "./plugin/folder.ts";
export { UserError } from "./user-error.ts";
