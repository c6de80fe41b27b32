// `npm run pictures`: makes docs/pictures anew.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { recordDev } from "./live-dev.ts";
import { PICTURES, record } from "./record.ts";

const root = dirname(dirname(import.meta.dirname));

function write(name: string, svg: string): void {
  const file = `docs/pictures/${name}.svg`;
  writeFileSync(join(root, file), svg);
  console.log(file);
}

for (const [name, picture] of Object.entries(PICTURES)) write(name, await record(picture));
write("dev", await recordDev("examples/dag.yaml"));
