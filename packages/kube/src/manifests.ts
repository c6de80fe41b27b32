import { isJsonObject } from "@outrigger/types";
import type { Issue, JsonObject, JsonValue } from "@outrigger/types";
import { LineCounter, isMap, isSeq, parseAllDocuments } from "yaml";
import type { Document, Node } from "yaml";
import { ManifestReader, keyText, offsetOf, resolveAlias } from "./manifest-values.ts";
import type { NodeProblem } from "./manifest-values.ts";

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One object of a manifest file. */
export interface Manifest extends Position {
  readonly file: string;
  readonly value: JsonObject;
  /** Where a field stands, by a path such as an Issue has: `spec.templates[0].name`. The nearest that is there, if it is not. */
  positionOf(path: string): Position;
}

export interface ManifestIssue extends Issue, Position {
  readonly file: string;
}

export type ManifestResult =
  | { readonly ok: true; readonly value: readonly Manifest[] }
  | { readonly ok: false; readonly issues: readonly ManifestIssue[] };

/**
 * Reads a manifest file as kubectl does: YAML or JSON, any number of documents, empty ones left out, Lists taken apart, scalars by
 * YAML 1.1. A key that is given twice is an issue. Never throws.
 */
export function readManifests(text: string, file: string): ManifestResult {
  const lineCounter = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const { manifests, problems } = read(text, { file, at, lineCounter });
  if (problems.length === 0) return { ok: true, value: manifests };
  return { ok: false, issues: problems.map(({ offset, ...issue }) => ({ file, ...at(offset), ...issue })) };
}

/** Tells what a parser found wrong with a manifest's value, with the place in the file. */
export function locateIssues(manifest: Manifest, issues: readonly Issue[]): readonly ManifestIssue[] {
  return issues.map((issue) => ({ ...issue, file: manifest.file, ...manifest.positionOf(issue.path) }));
}

/** One line for people: `hello.yaml:4:7: spec.entrypoint must be a string, not false`. */
export function formatManifestIssue({ file, line, column, path, message }: ManifestIssue): string {
  // Many messages name the field themselves, as they also stand alone in a Workflow's status.
  const named = path === "" || message.startsWith(path) ? message : `${path} ${message}`;
  return `${file}:${line}:${column}: ${named}`;
}

const TOO_DEEP = "is nested too deeply";

interface Reading {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly NodeProblem[];
}

interface Target {
  readonly file: string;
  readonly at: (offset: number) => Position;
}

function read(text: string, target: Target & { readonly lineCounter: LineCounter }): Reading {
  try {
    // Nothing is resolved and nothing compared here: ManifestReader does both, Kubernetes' way.
    const documents = [
      ...parseAllDocuments(text, {
        schema: "failsafe",
        resolveKnownTags: false,
        uniqueKeys: false,
        prettyErrors: false,
        lineCounter: target.lineCounter,
      }),
    ];
    const [error] = documents.flatMap((document) => document.errors); // those after the first are mostly its consequences
    if (error !== undefined) {
      const message = error.code === "RESOURCE_EXHAUSTION" ? TOO_DEEP : error.message;
      return { manifests: [], problems: [{ path: "", message, offset: error.pos[0] }] };
    }
    return joined(documents.map((document) => readDocument(document, target)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // the stack is not deep enough
    return { manifests: [], problems: [{ path: "", message: TOO_DEEP, offset: 0 }] };
  }
}

function readDocument(document: Document.Parsed, target: Target): Reading {
  const reader = new ManifestReader(document);
  const value = reader.read();
  const { problems } = reader;
  const root = document.contents;
  if (problems.length > 0 || value === null) return { manifests: [], problems };
  const source = { document, ...target };
  const { items, kind } = isJsonObject(value) ? value : {};
  const isList = Array.isArray(items) && typeof kind === "string" && kind.endsWith("List");
  if (!isList) return manifestOf(value, root, source);
  const readings = items.map((item: JsonValue, index) => {
    return manifestOf(item, locate(source, root, ["items", index]).node, source);
  });
  return joined(readings);
}

function joined(readings: readonly Reading[]): Reading {
  return {
    manifests: readings.flatMap(({ manifests }) => manifests),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

interface Source extends Target {
  readonly document: Document.Parsed;
}

function manifestOf(value: JsonValue, root: Node | null, source: Source): Reading {
  const offset = offsetOf(root);
  if (!isJsonObject(value)) return { manifests: [], problems: [{ path: "", message: "must be an object", offset }] };
  const { file, at } = source;
  const positionOf = (path: string): Position => at(locate(source, root, segments(path)).offset);
  return { manifests: [{ file, value, ...at(offset), positionOf }], problems: [] };
}

type Segment = string | number;

// `a.b[0]["odd key"]`, as the parsers of @outrigger/types write paths.
const SEGMENT = /\["(.*?)"\](?=[.[]|$)|\[(\d+)\]|([^.[\]]+)/g;

function segments(path: string): readonly Segment[] {
  return [...path.matchAll(SEGMENT)].map(([, quoted, index, name]) => quoted ?? name ?? Number(index));
}

function locate(source: Source, root: Node | null, path: readonly Segment[]): { node: Node | null; offset: number } {
  let node = root;
  let offset = offsetOf(root);
  for (const segment of path) {
    const container = resolveAlias(node, source.document);
    const child = childOf(container, segment);
    if (child === undefined) break;
    ({ node, offset } = child);
  }
  return { node, offset };
}

function childOf(container: unknown, segment: Segment): { node: Node | null; offset: number } | undefined {
  if (isMap(container)) {
    const pair = container.items.find(({ key }) => keyText(key) === String(segment));
    return pair === undefined ? undefined : { node: pair.value as Node | null, offset: offsetOf(pair) };
  }
  const item = isSeq(container) ? container.items[Number(segment)] : undefined;
  return item === undefined ? undefined : { node: item as Node, offset: offsetOf(item) };
}
