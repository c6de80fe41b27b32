import { parse, stringify } from "yaml";
import type { Command } from "../environment.ts";

/** config-map NAME [TYPE]: shows a ConfigMap; with data below it, someone creates or changes it. */
export const configMap: Command = ({ configMaps }, [name = "", type], input) => {
  if (input.trim() === "") return stringify(configMaps.get(name) ?? "none").trimEnd();
  configMaps.set(name, { type, data: parse(input) as Record<string, string> });
  return "";
};
