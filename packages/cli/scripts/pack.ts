// Part of `npm run build`: what a package that stands alone needs of the repository around it: what `outrigger init` is made of, and the CRDs.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatherTemplate } from "../src/init/template-source.ts";
import { TEMPLATE_NAMES } from "../src/init/template-names.ts";

const dist = join(import.meta.dirname, "../dist");
const sources = await Promise.all(TEMPLATE_NAMES.map(async (name) => [name, await gatherTemplate(name)]));
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, "templates.json"), JSON.stringify(Object.fromEntries(sources)));
cpSync(join(import.meta.dirname, "../../../deploy/crds"), join(dist, "crds"), { recursive: true });
