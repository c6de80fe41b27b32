import type { JsonObject, JsonValue } from "@outrigger/types";
import {
  duplicateValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
  valueNotFound,
} from "../../errors/field-error.ts";
import type { FieldError } from "../../errors/field-error.ts";
import { listAt, numberAt, textAt } from "../../json/at.ts";
import { labelName } from "../name-rules.ts";

const RESTART_POLICIES = ["Always", "OnFailure", "Never"];
const DNS_POLICIES = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];

/** What is wrong with a pod's spec, as far as a pod on a laptop depends on it (LIMITS.md). */
export function checkPodSpec(spec: JsonObject, path: string): FieldError[] {
  const volumes = listAt(spec, "volumes");
  const volumeNames = new Set(volumes.map((volume) => textAt(volume, "name")));
  const containers = listAt(spec, "containers");
  return [
    ...checkNames(volumes, `${path}.volumes`),
    ...(containers.length === 0 ? [requiredValue(`${path}.containers`)] : []),
    ...checkContainers(containers, `${path}.containers`, volumeNames),
    ...checkContainers(listAt(spec, "initContainers"), `${path}.initContainers`, volumeNames),
    ...checkChoice(textAt(spec, "restartPolicy"), `${path}.restartPolicy`, RESTART_POLICIES),
    ...checkChoice(textAt(spec, "dnsPolicy"), `${path}.dnsPolicy`, DNS_POLICIES),
  ];
}

function checkChoice(value: string, path: string, choices: readonly string[]): FieldError[] {
  return choices.includes(value) ? [] : [unsupportedValue(path, value, choices)];
}

function checkNames(named: readonly JsonValue[], path: string): FieldError[] {
  const seen = new Set<string>();
  return named.flatMap((each, index) => {
    const name = textAt(each, "name");
    const field = `${path}[${index}].name`;
    if (name === "") return [requiredValue(field)];
    if (seen.has(name)) return [duplicateValue(field, name)];
    seen.add(name);
    return labelName(name).map((problem) => invalidValue(field, name, problem));
  });
}

function checkContainers(containers: readonly JsonValue[], path: string, volumes: ReadonlySet<string>): FieldError[] {
  return [
    ...checkNames(containers, path),
    ...containers.flatMap((container, index) => checkContainer(container, `${path}[${index}]`, volumes)),
  ];
}

function checkContainer(container: JsonValue, path: string, volumes: ReadonlySet<string>): FieldError[] {
  return [
    ...(textAt(container, "image") === "" ? [requiredValue(`${path}.image`)] : []),
    ...listAt(container, "ports").flatMap((port, index) => checkPort(port, `${path}.ports[${index}]`)),
    ...listAt(container, "env").flatMap((env, index) =>
      textAt(env, "name") === "" ? [requiredValue(`${path}.env[${index}].name`)] : [],
    ),
    ...listAt(container, "volumeMounts").flatMap((mount, index) =>
      checkMount(mount, `${path}.volumeMounts[${index}]`, volumes),
    ),
    ...checkChoice(textAt(container, "imagePullPolicy"), `${path}.imagePullPolicy`, PULL_POLICIES),
  ];
}

function checkPort(port: JsonValue, path: string): FieldError[] {
  const number = numberAt(port, "containerPort") ?? 0;
  if (number === 0) return [requiredValue(`${path}.containerPort`)];
  if (number > 0 && number < 65_536)
    return checkChoice(textAt(port, "protocol"), `${path}.protocol`, ["SCTP", "TCP", "UDP"]);
  return [invalidValue(`${path}.containerPort`, number, "must be between 1 and 65535, inclusive")];
}

function checkMount(mount: JsonValue, path: string, volumes: ReadonlySet<string>): FieldError[] {
  const name = textAt(mount, "name");
  const unknown = name === "" ? [requiredValue(`${path}.name`)] : [valueNotFound(`${path}.name`, name)];
  return [
    ...(volumes.has(name) ? [] : unknown),
    ...(textAt(mount, "mountPath") === "" ? [requiredValue(`${path}.mountPath`)] : []),
  ];
}
