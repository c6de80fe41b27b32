export type * from "./changes.ts";
export type * from "./world.ts";
export { operate } from "./operate.ts";
export { rejectWorkflow } from "./reject.ts";
export { unownedKeys } from "./plugins/choice.ts";
export { secretsOfInterest } from "./plugins/tokens.ts";
export { FIELD_SUPPORT } from "./validate/field-support.ts";
export type { FieldOwner, FieldSupport, FieldTable, Support } from "./validate/field-support.ts";
export { validateWorkflow } from "./validate/workflow.ts";
