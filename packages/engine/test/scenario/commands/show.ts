import type { JsonObject } from "@outrigger/types";
import { stringify } from "yaml";
import type { Command } from "../environment.ts";

/** show workflow|pod FIELD.FIELD…: a part of an object, as YAML. */
export const show: Command = ({ cluster }, [kind = "", path = ""]) => {
  const object = kind === "pod" ? cluster.objects.agentPod : cluster.objects.workflow;
  const part = path.split(".").reduce<unknown>((value, key) => (value as JsonObject | undefined)?.[key], object);
  return part === undefined ? "nothing" : stringify(part).trimEnd();
};
