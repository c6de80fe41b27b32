import { boolean, integer, intOrString, list, map, object, ok, string } from "@outrigger/types";
import type { JsonObject, Parser, Result } from "@outrigger/types";

export interface KeySelector {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface FieldSelector {
  readonly fieldPath: string;
}

export interface ResourceSelector {
  readonly resource: string;
  readonly containerName?: string;
  readonly divisor?: string;
}

interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** The keys of a Secret or ConfigMap as files: all of them, or `items`. */
export interface ObjectFiles {
  readonly name: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
}

export interface DownwardFile {
  readonly path: string;
  readonly mode?: number;
  readonly fieldRef?: FieldSelector;
  readonly resourceFieldRef?: ResourceSelector;
}

export interface TokenFile {
  readonly path: string;
  readonly audience?: string;
  readonly expirationSeconds?: number;
}

interface DownwardFiles {
  readonly items?: readonly DownwardFile[];
}

/** Where files of a volume come from: one of the four. */
export interface FileSource {
  readonly secret?: ObjectFiles;
  readonly configMap?: ObjectFiles;
  readonly downwardAPI?: DownwardFiles;
  readonly serviceAccountToken?: TokenFile;
}

/** A volume by what has to be done for it: Secrets, ConfigMaps, projections and downward fields are all files that are written. */
export type Volume =
  | { readonly kind: "emptyDir"; readonly name: string }
  | { readonly kind: "hostPath"; readonly name: string; readonly path: string }
  | {
      readonly kind: "files";
      readonly name: string;
      readonly defaultMode: number;
      readonly sources: readonly FileSource[];
    }
  /** Something that a laptop has not; `type` is the field's name. */
  | { readonly kind: "unsupported"; readonly name: string; readonly type: string };

const DEFAULT_MODE = 0o644;

export const keySelectorParser: Parser<KeySelector> = object<KeySelector>(
  { name: string, key: string, optional: boolean },
  { required: ["name", "key"] },
);

export const fieldSelectorParser: Parser<FieldSelector> = object<FieldSelector>(
  { fieldPath: string },
  { required: ["fieldPath"] },
);

export const resourceSelectorParser: Parser<ResourceSelector> = object<ResourceSelector>(
  { resource: string, containerName: string, divisor: intOrString },
  { required: ["resource"] },
);

const keyToPathParser: Parser<KeyToPath> = object<KeyToPath>(
  { key: string, path: string, mode: integer },
  { required: ["key", "path"] },
);

const objectFilesShape = { items: list(keyToPathParser), optional: boolean } as const;
const objectFilesParser: Parser<ObjectFiles> = object<ObjectFiles>(
  { name: string, ...objectFilesShape },
  { required: ["name"] },
);

const downwardShape = {
  items: list(
    object<DownwardFile>(
      { path: string, mode: integer, fieldRef: fieldSelectorParser, resourceFieldRef: resourceSelectorParser },
      { required: ["path"] },
    ),
  ),
} as const;

const fileSourceParser: Parser<FileSource> = object<FileSource>({
  secret: objectFilesParser,
  configMap: objectFilesParser,
  downwardAPI: object<DownwardFiles>(downwardShape),
  serviceAccountToken: object<TokenFile>(
    { path: string, audience: string, expirationSeconds: integer },
    { required: ["path"] },
  ),
});

interface WithMode {
  readonly defaultMode?: number;
}

type SecretVolume = WithMode & Omit<ObjectFiles, "name"> & { readonly secretName: string };

type VolumeBody = Volume extends infer V ? (V extends Volume ? Omit<V, "name"> : never) : never;

function files({ defaultMode }: WithMode, ...sources: readonly FileSource[]): VolumeBody {
  return { kind: "files", defaultMode: defaultMode ?? DEFAULT_MODE, sources };
}

/** How each type of volume is read; the keys are the fields of a Kubernetes volume. */
const BODIES: Readonly<Record<string, Parser<VolumeBody>>> = {
  emptyDir: map(object({}), () => ({ kind: "emptyDir" })),
  hostPath: map(object<{ readonly path: string }>({ path: string }, { required: ["path"] }), ({ path }) => ({
    kind: "hostPath",
    path,
  })),
  secret: map(
    object<SecretVolume>(
      { secretName: string, ...objectFilesShape, defaultMode: integer },
      { required: ["secretName"] },
    ),
    ({ secretName, ...rest }) => files(rest, { secret: { ...rest, name: secretName } }),
  ),
  configMap: map(
    object<WithMode & ObjectFiles>({ name: string, ...objectFilesShape, defaultMode: integer }, { required: ["name"] }),
    (configMap) => files(configMap, { configMap }),
  ),
  downwardAPI: map(object<WithMode & DownwardFiles>({ ...downwardShape, defaultMode: integer }), (downwardAPI) =>
    files(downwardAPI, { downwardAPI }),
  ),
  projected: map(
    object<WithMode & { readonly sources?: readonly FileSource[] }>({
      sources: list(fileSourceParser),
      defaultMode: integer,
    }),
    (projected) => files(projected, ...(projected.sources ?? [])),
  ),
};

const namedParser = object<{ readonly name: string }>({ name: string }, { required: ["name"] });

/** A volume without a type is an emptyDir, as in Kubernetes. */
export const volumeParser: Parser<Volume> = (value, path): Result<Volume> => {
  const named = namedParser(value, path);
  if (!named.ok) return named;
  const { name, ...types } = named.value as { readonly name: string } & JsonObject;
  const [type = "emptyDir", body = {}] = Object.entries(types).find(([, body]) => body !== null) ?? [];
  const parser = BODIES[type];
  if (parser === undefined) return ok({ kind: "unsupported", name, type });
  return map(parser, (body) => ({ ...body, name }))(body, `${path}.${type}`);
};
