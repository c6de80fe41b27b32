import type { JsonObject } from "@outrigger/types";

export type Volume = JsonObject & { readonly name: string };
export type VolumeMount = JsonObject & { readonly name: string; readonly mountPath: string };

/** The volume in which `init` leaves a token for each plugin. */
export const VAR_RUN_ARGO = "var-run-argo";
export const VAR_RUN_ARGO_PATH = "/var/run/argo";

/** An object without the fields that are undefined. */
export function defined(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
