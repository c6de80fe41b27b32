// Part of `npm run build`: what `outrigger init` is made of, gathered for a package that stands alone.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatherTemplate } from "../src/init/template-source.ts";
import { TEMPLATE_NAMES } from "../src/init/template-names.ts";

const dist = join(import.meta.dirname, "../dist");
const sources = await Promise.all(TEMPLATE_NAMES.map(async (name) => [name, await gatherTemplate(name)]));
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, "templates.json"), JSON.stringify(Object.fromEntries(sources)));
