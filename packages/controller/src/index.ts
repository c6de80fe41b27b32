export { ConfigError, DEFAULT_AGENT_IMAGE, ENV_AGENT_LINGER, resolveConfig } from "./config.ts";
export type { ControllerConfig, Environment } from "./config.ts";
export { Controller } from "./controller.ts";
export type { ControllerOptions } from "./controller.ts";
export { serveHealth } from "./health.ts";
export type { HealthOptions, HealthServer } from "./health.ts";
export { observeApiCalls } from "./metrics.ts";
