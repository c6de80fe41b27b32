// `npm run pictures`: makes docs/pictures anew.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PICTURES, record } from "./record.ts";

const root = dirname(dirname(import.meta.dirname));

for (const [name, picture] of Object.entries(PICTURES)) {
  const file = `docs/pictures/${name}.svg`;
  writeFileSync(join(root, file), await record(picture));
  console.log(file);
}
