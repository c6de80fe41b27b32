export type * from "./changes.ts";
export type * from "./world.ts";
export { operate } from "./operate.ts";
