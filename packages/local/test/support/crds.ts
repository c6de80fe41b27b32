import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import { parse } from "yaml";

const FOLDER = join(import.meta.dirname, "../../../../deploy/crds");

/** The definitions of deploy/crds. */
export function deployedCrds(): JsonObject[] {
  return readdirSync(FOLDER).map((file) => {
    const definition: unknown = parse(readFileSync(join(FOLDER, file), "utf8"));
    if (!isJsonObject(definition)) throw new Error(`${file} is no object`);
    return definition;
  });
}
