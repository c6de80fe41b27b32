export { startAgent } from "./agent.ts";
export type { Agent, AgentEnd } from "./agent.ts";
export { runAgentInit, runAgentMain } from "./agent-process.ts";
export type { AgentMainOptions, AgentSurroundings } from "./agent-process.ts";
export { resolveConfig } from "./config.ts";
export type { AgentConfig, PluginAddress } from "./config.ts";
export { AGENT_PERMISSIONS } from "./permissions.ts";
export { DEFAULT_LIMITS } from "./options.ts";
export type { AgentLimits, AgentOptions, PluginEndpoint } from "./options.ts";
