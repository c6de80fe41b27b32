// `npm run generate`: the pages of docs/reference that are made from code. A test fails when they differ from what this writes.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { workflowFieldsPage } from "./workflow-fields-page.ts";

const folder = join(dirname(import.meta.dirname), "docs/reference");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "workflow-fields.md"), workflowFieldsPage());
console.log("docs/reference/workflow-fields.md");
