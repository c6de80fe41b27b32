export { DEFAULT_AGENT_IMAGE, ENV_AGENT_LINGER, resolveConfig } from "./config.ts";
export type { ControllerConfig } from "./config.ts";
export { Controller } from "./controller.ts";
export type { ControllerOptions } from "./controller.ts";
export { observeApiCalls } from "./metrics.ts";
export { readPlugin } from "./plugin-manifest.ts";
export { CONTROLLER_PERMISSIONS, WARM_POOL_PERMISSIONS } from "./permissions.ts";
