import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { PAGES } from "../reference-pages.ts";

const root = dirname(dirname(import.meta.dirname));

describe("pages that are made from code", () => {
  it.each(Object.entries(PAGES))("are as `npm run generate` writes them: %s", (name, page) => {
    expect(readFileSync(join(root, name), "utf8")).toBe(page());
  });
});
