import { CONFIGMAP_TYPE_PARAMETER, LABEL_CONFIGMAP_TYPE } from "@outrigger/types";
import type { ValueFrom } from "@outrigger/types";
import { Substitution } from "../expressions/substitute.ts";
import { failed, succeeded } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import { own } from "../own.ts";
import type { Scope } from "../scope/scope.ts";
import type { ConfigMaps } from "./config-maps.ts";

/** The value that `valueFrom.configMapKeyRef` gives, else its default; undefined if it asks for none. */
export function configMapValue(
  valueFrom: ValueFrom | undefined,
  scope: Scope,
  place: string,
): Outcome<string | undefined> {
  const { configMapKeyRef: ref, default: fallback } = valueFrom ?? {};
  if (ref === undefined || scope.configMaps === undefined) return succeeded(undefined);
  const substitution = new Substitution(scope, "lenient");
  const name = substitution.text(ref.name, `${place}.valueFrom.configMapKeyRef.name`);
  const key = substitution.text(ref.key, `${place}.valueFrom.configMapKeyRef.key`);
  if (substitution.problem !== undefined) return failed(substitution.problem);
  const found = lookUp(name, key, scope.configMaps);
  if (found.ok) return found;
  return fallback === undefined ? failed(`${place}: ${found.message}`) : succeeded(fallback);
}

const MARK = `${LABEL_CONFIGMAP_TYPE}: ${CONFIGMAP_TYPE_PARAMETER}`;

function lookUp(name: string, key: string, configMaps: ConfigMaps): Outcome<string> {
  const configMap = configMaps.get(name);
  if (configMap === undefined) {
    return failed(`ConfigMap '${name}' does not exist in this namespace; it needs the label ${MARK}, too`);
  }
  if (configMap.type !== CONFIGMAP_TYPE_PARAMETER) {
    return failed(`ConfigMap '${name}' needs to have the label ${MARK} to load parameters`);
  }
  const value = own(configMap.data, key);
  return value === undefined ? failed(`ConfigMap '${name}' does not have the key '${key}'`) : succeeded(value);
}
