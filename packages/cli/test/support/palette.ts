import type { Palette } from "../../src/render/node-tree.ts";

const PLAIN = (text: string): string => text;

/** No colours. */
export const PALETTE: Palette = { green: PLAIN, red: PLAIN, yellow: PLAIN, blue: PLAIN, dim: PLAIN, bold: PLAIN };
