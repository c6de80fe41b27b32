// The files of a Secret, ConfigMap, downward or projected volume. Pure.
import { failure, ok } from "@outrigger/types";
import type { Result } from "@outrigger/types";
import { missingObject } from "../env.ts";
import { podField, resourceField } from "../pod-fields.ts";
import type { PodFacts } from "../pod-fields.ts";
import type { ReferencedKind } from "../pod-api.ts";
import type { ObjectLookup } from "../referenced-objects.ts";
import type { DownwardFile, FileSource, ObjectFiles, TokenFile, Volume } from "../spec/volume-spec.ts";

export interface VolumeFile {
  /** Relative to the volume. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

export type FilesVolume = Extract<Volume, { kind: "files" }>;

export interface VolumeContext {
  readonly facts: PodFacts;
  readonly lookup: ObjectLookup;
  /** The token that was issued for this source. */
  readonly token: (source: TokenFile) => string | undefined;
}

export function volumeFiles(volume: FilesVolume, context: VolumeContext): Result<readonly VolumeFile[]> {
  const files: VolumeFile[] = [];
  for (const source of volume.sources) {
    const found = sourceFiles(source, context);
    if (!found.ok) return found;
    for (const { path, mode = volume.defaultMode, content } of found.value) {
      if (!isInside(path)) return failure("", `path "${path}" leaves the volume`);
      files.push({ path, mode, content });
    }
  }
  return ok(files);
}

/** A file before the volume's mode is known. */
interface FoundFile {
  readonly path: string;
  readonly mode?: number | undefined;
  readonly content: Buffer;
}

function sourceFiles(source: FileSource, context: VolumeContext): Result<readonly FoundFile[]> {
  if (source.secret !== undefined) return objectFiles("Secret", source.secret, context);
  if (source.configMap !== undefined) return objectFiles("ConfigMap", source.configMap, context);
  if (source.serviceAccountToken !== undefined) return tokenFile(source.serviceAccountToken, context);
  return downwardFiles(source.downwardAPI?.items ?? [], context);
}

function objectFiles(
  kind: ReferencedKind,
  { name, items, optional }: ObjectFiles,
  { lookup }: VolumeContext,
): Result<readonly FoundFile[]> {
  const data = lookup(kind, name);
  if (data === undefined) return optional === true ? ok([]) : missingObject(kind, name);
  if (items === undefined) return ok([...data].map(([path, content]) => ({ path, content })));
  const missing = items.find((item) => !data.has(item.key));
  if (missing !== undefined && optional !== true) {
    return failure("", `${kind.toLowerCase()} references non-existent ${kind.toLowerCase()} key: ${missing.key}`);
  }
  return ok(
    items.flatMap(({ key, path, mode }) => {
      const content = data.get(key);
      return content === undefined ? [] : [{ path, mode, content }];
    }),
  );
}

function tokenFile(source: TokenFile, { token }: VolumeContext): Result<readonly FoundFile[]> {
  const issued = token(source);
  // No newline: programs compare and send the file as it is.
  return issued === undefined
    ? failure("", `no token was issued for ${source.path}`)
    : ok([{ path: source.path, content: Buffer.from(issued) }]);
}

function downwardFiles(items: readonly DownwardFile[], { facts }: VolumeContext): Result<readonly FoundFile[]> {
  const files: FoundFile[] = [];
  for (const { path, mode, fieldRef, resourceFieldRef } of items) {
    const text =
      fieldRef === undefined
        ? resourceField(facts, "", resourceFieldRef ?? { resource: "" })
        : podField(facts, fieldRef.fieldPath);
    if (!text.ok) return text;
    files.push({ path, mode, content: Buffer.from(text.value) });
  }
  return ok(files);
}

/** Relative, and without a step up. */
export function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
}
