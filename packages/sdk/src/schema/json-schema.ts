import { jsonObject } from "@outrigger/types";
import type { JsonObject } from "@outrigger/types";
import type { StandardSchema } from "./standard-schema.ts";

/** What a template may say below the plugin's key, as JSON Schema; undefined where the schema's library cannot tell. */
export function jsonSchemaOf(schema: StandardSchema | undefined): JsonObject | undefined {
  try {
    const made = jsonObject(schema?.["~standard"].jsonSchema?.input({ target: "draft-2020-12" }), "");
    return made.ok ? made.value : undefined;
  } catch {
    return undefined; // a schema may hold what has no JSON form: a transformation, a date
  }
}
