import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifests, toYaml } from "@outrigger/kube";
import { boolean, list, object, record, string } from "@outrigger/types";
import type { Parser } from "@outrigger/types";
import { filesBelow } from "../files.ts";
import { readPluginManifest } from "../plugin/folder.ts";
import { TEMPLATES } from "./templates.ts";
import type { TemplateName } from "./template-names.ts";

/** Files by their path in a project. */
export type Files = Readonly<Record<string, string>>;

/** A plugin that a project is made of, as it stands in the repository. */
export interface TemplateSource {
  /** Its name, in all its files. */
  readonly name: string;
  /** Its ports. */
  readonly ports: readonly string[];
  readonly files: Files;
  /** It has a Secret to fill in, SECRET_FILE. */
  readonly hasSecret: boolean;
  /** Packages that it uses, with their versions. */
  readonly dependencies: Files;
  readonly devDependencies: Files;
}

export const SECRET_FILE = "secret.example.yaml";

// A published package carries what `npm run build` has gathered.
const PACKED = new URL("../templates.json", import.meta.url);
const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));

export async function readTemplateSource(name: TemplateName): Promise<TemplateSource> {
  if (!existsSync(PACKED)) return gatherTemplate(name);
  const parsed = packedParser(JSON.parse(await readFile(PACKED, "utf8")), "templates.json");
  const found = parsed.ok ? parsed.value[name] : undefined;
  if (found === undefined) throw new Error(`this installation has no template ${name}`);
  return found;
}

const packedParser: Parser<Readonly<Record<string, TemplateSource>>> = record(
  object<TemplateSource>(
    {
      name: string,
      ports: list(string),
      files: record(string),
      hasSecret: boolean,
      dependencies: record(string),
      devDependencies: record(string),
    },
    { required: ["name", "ports", "files", "hasSecret", "dependencies", "devDependencies"] },
  ),
);

// Made anew for each project, or made by `outrigger build`.
const NOT_TAKEN = /^(README\.md|package\.json|test\/tsconfig\.json|.*-configmap\.yaml)$/;
// Tools that a project of its own needs, at the versions that the repository is tested with.
const TOOLS = ["@types/node", "esbuild", "typescript", "vitest"];

/** Reads a template out of the repository. */
export async function gatherTemplate(template: TemplateName): Promise<TemplateSource> {
  const { folder, language, secretFrom } = TEMPLATES[template];
  const root = join(REPOSITORY, folder);
  const { plugin } = await readPluginManifest(root);
  const paths = (await filesBelow(root, () => true)).filter((path) => !NOT_TAKEN.test(relative(root, path)));
  const files = await Promise.all(paths.map(async (path) => [relative(root, path), await readFile(path, "utf8")]));
  const secret = secretFrom === undefined ? undefined : await readSecret(join(REPOSITORY, secretFrom));
  return {
    name: plugin.metadata.name,
    ports: plugin.spec.sidecar.container.ports.map(({ containerPort }) => String(containerPort)),
    files: { ...Object.fromEntries(files), ...(secret === undefined ? {} : { [SECRET_FILE]: secret }) },
    hasSecret: secret !== undefined,
    ...(language === "typescript" ? await packagesOf(root) : { dependencies: {}, devDependencies: {} }),
  };
}

async function readSecret(file: string): Promise<string> {
  const read = readManifests(await readFile(file, "utf8"), file);
  const secret = read.ok ? read.value.find(({ value }) => value["kind"] === "Secret") : undefined;
  if (secret === undefined) throw new Error(`${file} has no Secret`);
  return toYaml(secret.value);
}

interface Packages {
  readonly dependencies: Files;
  readonly devDependencies: Files;
}

const packageParser = object<Partial<Packages>>({ dependencies: record(string), devDependencies: record(string) });

async function packagesOf(folder: string): Promise<Packages> {
  const [own, root] = await Promise.all([readPackage(folder), readPackage(REPOSITORY)]);
  const tools = TOOLS.flatMap((name) => {
    const version = root.devDependencies[name];
    return version === undefined ? [] : [[name, version] as const];
  });
  return { ...own, devDependencies: { ...own.devDependencies, ...Object.fromEntries(tools) } };
}

async function readPackage(folder: string): Promise<Packages> {
  const parsed = packageParser(JSON.parse(await readFile(join(folder, "package.json"), "utf8")), "");
  const { dependencies = {}, devDependencies = {} } = parsed.ok ? parsed.value : {};
  return { dependencies, devDependencies };
}
