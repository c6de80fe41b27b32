export type { Fault } from "./fault.ts";
export type { TestCall, TestReport, TestRun, TestStep } from "./step.ts";
export { testPlugin } from "./test-plugin.ts";
export type { PluginTest, TestOptions } from "./test-plugin.ts";
