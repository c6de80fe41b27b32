import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { workflowFieldsPage } from "../workflow-fields-page.ts";

const docs = join(dirname(dirname(import.meta.dirname)), "docs/reference");

describe("pages that are made from code", () => {
  it("are as `npm run generate` writes them: workflow-fields.md", () => {
    expect(readFileSync(join(docs, "workflow-fields.md"), "utf8")).toBe(workflowFieldsPage());
  });
});
