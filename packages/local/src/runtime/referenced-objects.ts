// What pods read of Secrets and ConfigMaps: parsed at the border, looked up by kind and name.
import { object, record, string } from "@outrigger/types";
import type { KubeObject, Parser } from "@outrigger/types";
import type { ReferencedKind } from "./pod-api.ts";
import { allContainers } from "./spec/pod-spec.ts";
import type { ContainerSpec, PodSpec } from "./spec/pod-spec.ts";
import type { Volume } from "./spec/volume-spec.ts";

/** The keys of one object. */
export type ObjectData = ReadonlyMap<string, Buffer>;

/** What is known of an object in the pod's namespace; undefined if it does not exist. */
export type ObjectLookup = (kind: ReferencedKind, name: string) => ObjectData | undefined;

export interface Reference {
  readonly kind: ReferencedKind;
  readonly name: string;
}

interface WireData {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const wireDataParser: Parser<WireData> = object<WireData>({ data: record(string), binaryData: record(string) });

/** An object whose data cannot be read counts as having none: the API server does not store such a thing. */
export function objectData(kind: ReferencedKind, value: KubeObject): ObjectData {
  const parsed = wireDataParser(value, kind);
  const { data = {}, binaryData = {} } = parsed.ok ? parsed.value : {};
  const encoding = kind === "Secret" ? "base64" : "utf8";
  return new Map([
    ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, encoding)] as const),
    ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, "base64")] as const),
  ]);
}

/** Every Secret and ConfigMap that the pod names, once each. */
export function referencedObjects(spec: PodSpec): readonly Reference[] {
  const all = [...allContainers(spec).flatMap(inEnvironment), ...spec.volumes.flatMap(inVolume)];
  return [...new Map(all.map((reference) => [`${reference.kind}/${reference.name}`, reference])).values()];
}

function inEnvironment({ env, envFrom }: ContainerSpec): readonly Reference[] {
  return [
    ...env.flatMap(({ valueFrom }) => references(valueFrom?.secretKeyRef, valueFrom?.configMapKeyRef)),
    ...envFrom.flatMap(({ secretRef, configMapRef }) => references(secretRef, configMapRef)),
  ];
}

function inVolume(volume: Volume): readonly Reference[] {
  return volume.kind === "files" ? volume.sources.flatMap((source) => references(source.secret, source.configMap)) : [];
}

interface Named {
  readonly name: string;
}

function references(secret: Named | undefined, configMap: Named | undefined): readonly Reference[] {
  return [
    ...(secret === undefined ? [] : [{ kind: "Secret", name: secret.name } as const]),
    ...(configMap === undefined ? [] : [{ kind: "ConfigMap", name: configMap.name } as const]),
  ];
}
