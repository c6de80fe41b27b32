// What a module exports, as its sources have it: name, docstring, declaration.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

export interface PublicName {
  readonly name: string;
  readonly kind: "value" | "type";
  /** The docstring's text. */
  readonly doc: string;
  /** Without what is inside functions. */
  readonly declaration: string;
  /** Fields and methods without a docstring. */
  readonly undocumented: readonly string[];
}

type Node = ReturnType<typeof parseSync>["program"]["body"][number];
type Declaration = NonNullable<Extract<Node, { type: "ExportNamedDeclaration" }>["declaration"]>;

interface Module {
  readonly file: string;
  readonly text: string;
  readonly nodes: readonly Node[];
  /** By where what they stand before begins. */
  readonly docs: ReadonlyMap<number, string>;
}

/** Where the packages begin that ours export names of. */
const PACKAGES: Readonly<Record<string, string>> = { "@outrigger/types": "packages/types/src/index.ts" };

/** All that a module exports by name, in order. `root` is the repository's. */
export function publicNames(root: string, entry: string): readonly PublicName[] {
  return read(join(root, entry)).nodes.flatMap((node) => {
    if (node.type !== "ExportNamedDeclaration") return [];
    const { source, specifiers, declaration } = node;
    if (source === null) return declaration === null ? [] : [declared(read(join(root, entry)), nameOf(declaration))];
    const from = PACKAGES[source.value];
    const file = from === undefined ? join(dirname(join(root, entry)), source.value) : join(root, from);
    return specifiers.map(({ exported }) => find(file, "name" in exported ? exported.name : exported.value));
  });
}

function find(file: string, name: string): PublicName {
  const found = tryFind(file, name);
  if (found === undefined) throw new Error(`${file} has no ${name}`);
  return found;
}

function tryFind(file: string, name: string): PublicName | undefined {
  const module = read(file);
  if (declarationsOf(module, name).length > 0) return declared(module, name);
  for (const node of module.nodes) {
    if (node.type !== "ExportAllDeclaration") continue;
    const found = tryFind(join(dirname(file), node.source.value), name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function read(file: string): Module {
  const text = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, text);
  const docs = comments
    .filter(({ type, value }) => type === "Block" && value.startsWith("*"))
    .map(({ value, end }) => [end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0), docText(value)] as const);
  return { file, text, nodes: program.body, docs: new Map(docs) };
}

function docText(comment: string): string {
  return comment
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

function declared(module: Module, name: string): PublicName {
  const nodes = declarationsOf(module, name);
  const last = nodes.at(-1)?.declaration;
  const [first] = nodes;
  if (first === undefined || last == null) throw new Error(`${module.file} has no ${name}`);
  const overloads = nodes.filter(({ declaration }) => declaration?.type === "TSDeclareFunction");
  const shown = overloads.length > 0 ? overloads : nodes;
  const isType = last.type === "TSInterfaceDeclaration" || last.type === "TSTypeAliasDeclaration";
  return {
    name,
    kind: isType ? "type" : "value",
    doc: module.docs.get(first.start) ?? "",
    declaration: shown.map(({ declaration }) => (declaration ? textOf(module, declaration) : "")).join("\n"),
    undocumented: membersOf(last)
      .filter(({ start }) => !module.docs.has(start))
      .map(({ start, end }) => `${name}: ${module.text.slice(start, end).split("\n")[0] ?? ""}`),
  };
}

function declarationsOf(module: Module, name: string) {
  return module.nodes
    .filter((node) => node.type === "ExportNamedDeclaration")
    .filter(({ declaration }) => declaration !== null && nameOf(declaration) === name);
}

function nameOf(declaration: Declaration): string {
  return "id" in declaration && declaration.id !== null && "name" in declaration.id ? declaration.id.name : "";
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What readers see of an interface or a class. What overrides, or only constructs, says nothing of its own. */
function membersOf(declaration: Declaration): readonly Span[] {
  if (declaration.type === "TSInterfaceDeclaration") return declaration.body.body;
  if (declaration.type !== "ClassDeclaration") return [];
  return declaration.body.body.filter(
    (member) => member.type === "PropertyDefinition" && !member.override && member.key.type === "Identifier",
  );
}

function textOf({ text }: Module, declaration: Declaration): string {
  const { start, end } = declaration;
  if (declaration.type === "FunctionDeclaration" && declaration.body !== null) {
    return `${text.slice(start, declaration.body.start).trim()};`;
  }
  if (declaration.type !== "ClassDeclaration") return text.slice(start, end);
  const bodies = declaration.body.body.flatMap((member) =>
    member.type === "MethodDefinition" && member.value.body !== null ? [member.value.body] : [],
  );
  let shown = "";
  let at = start;
  for (const body of bodies) {
    shown += `${text.slice(at, body.start).trimEnd()};`;
    at = body.end;
  }
  return shown + text.slice(at, end);
}
