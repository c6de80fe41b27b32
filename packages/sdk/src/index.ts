export { definePlugin } from "./plugin.ts";
export type { Plugin, PluginDefinition } from "./plugin.ts";
export type { CancelContext, PluginContext, PollContext } from "./context.ts";
export { failed, running, succeeded } from "./results.ts";
export type { Failed, PluginResult, Running, RunningOptions, Succeeded, SucceededOptions } from "./results.ts";
export type { OutputOptions, OutputValues } from "./outputs.ts";
export { RetryableError } from "./retryable-error.ts";
export type { RetryableErrorOptions } from "./retryable-error.ts";
export { serve } from "./serve.ts";
export type { PluginServer } from "./serve.ts";
export type { Environment, HandlerOptions, ServeOptions } from "./options.ts";
export { createHandler } from "./handler.ts";
export type { PluginHandler, PluginRequest } from "./handler.ts";
export type { PluginResponse } from "./response.ts";
export { createLogger } from "./logger.ts";
export type { LogFields, Logger } from "./logger.ts";
export type { MetricsSource } from "./observe/metrics-page.ts";
export type {
  SchemaInput,
  SchemaIssue,
  SchemaOutput,
  SchemaVerdict,
  StandardSchema,
} from "./schema/standard-schema.ts";
export type { JsonObject, JsonValue } from "@outrigger/types";
