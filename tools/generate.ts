// `npm run generate`: the pages of docs/reference that are made from code. A test fails when they differ from what this writes.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PAGES } from "./reference-pages.ts";

const folder = join(dirname(import.meta.dirname), "docs/reference");
mkdirSync(folder, { recursive: true });
for (const [name, page] of Object.entries(PAGES)) {
  writeFileSync(join(folder, name), page());
  console.log(`docs/reference/${name}`);
}
