// The layer rules of the monorepo as data, and a pure function that finds what breaks them.

export interface PackageFacts {
  readonly folder: string;
  readonly name: string;
  /** Runtime, peer and optional dependencies. */
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What each package may import of its siblings; arrows point down only. Folder names, as in ARCHITECTURE.md. */
export const ALLOWED_SIBLINGS: Readonly<Record<string, readonly string[]>> = {
  "packages/types": [],
  "packages/telemetry": [],
  "packages/expressions": [],
  "packages/engine": ["@outrigger/expressions", "@outrigger/types"],
  "packages/kube": ["@outrigger/types"],
  "packages/sdk": ["@outrigger/types", "@outrigger/telemetry"],
  "packages/agent": ["@outrigger/expressions", "@outrigger/kube", "@outrigger/telemetry", "@outrigger/types"],
  "packages/controller": ["@outrigger/engine", "@outrigger/kube", "@outrigger/telemetry", "@outrigger/types"],
  "packages/local": ["@outrigger/kube", "@outrigger/types"],
  "packages/conformance": ["@outrigger/agent", "@outrigger/kube", "@outrigger/types"],
  "packages/cli": [
    "@outrigger/agent",
    "@outrigger/conformance",
    "@outrigger/controller",
    "@outrigger/engine",
    "@outrigger/kube",
    "@outrigger/local",
    "@outrigger/telemetry",
    "@outrigger/types",
  ],
  "plugins/hello": ["@outrigger/sdk"],
  "plugins/http-poll": ["@outrigger/sdk"],
  "plugins/slack": ["@outrigger/sdk"],
};

const IMPORT =
  /(?:^|[\s;])(?:import|export)\s(?:[^"';]*?\sfrom\s)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** Modules that a source text imports, statically or not. */
export function importsOf(text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? "");
}

/** `@scope/name/sub` and `name/sub` without the subpath; undefined for relative and node: imports. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

interface Rule {
  readonly applies: (file: string) => boolean;
  readonly pattern: RegExp;
  readonly message: string;
}

const inSource = (file: string): boolean => file.includes("/src/");
const isPure = (file: string): boolean => /^packages\/(?:engine|expressions)\/src\//.test(file);

const TEXT_RULES: readonly Rule[] = [
  {
    applies: (file) => inSource(file) && !file.endsWith("/main.ts") && file !== "packages/sdk/src/serve-environment.ts",
    pattern: /\bprocess\.(env|exit)\b/,
    message: "only main.ts reads process.env or exits; take it as a parameter",
  },
  {
    applies: isPure,
    pattern:
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|\bprocess\.|\bfetch\(|\bconsole\./,
    message: "the engine and its expressions have no clock, randomness, timers or I/O; what they need is handed in",
  },
  // A hash is a function of its text, and nothing else.
  {
    applies: isPure,
    pattern: /^(?!import \{ createHash \} from "node:crypto";$).*from "node:/m,
    message: "the engine and its expressions import nothing of Node but createHash",
  },
];

/** Everything in one source file that breaks a rule, one line each. */
export function violations(file: SourceFile, owner: PackageFacts): readonly string[] {
  const found: string[] = [];
  const isSource = inSource(file.path);
  for (const specifier of importsOf(file.text)) {
    const target = packageOf(specifier);
    if (target === undefined || target === owner.name) continue;
    found.push(...importProblems(target, owner, isSource).map((problem) => `${file.path}: ${problem}`));
  }
  const code = file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  for (const rule of TEXT_RULES) {
    if (rule.applies(file.path) && rule.pattern.test(code)) found.push(`${file.path}: ${rule.message}`);
  }
  return found;
}

function importProblems(target: string, owner: PackageFacts, isSource: boolean): readonly string[] {
  const problems: string[] = [];
  const declared = owner.dependencies.has(target) || (!isSource && owner.devDependencies.has(target));
  if (!declared) problems.push(`imports ${target}, which ${owner.folder}/package.json does not declare`);
  const allowed = ALLOWED_SIBLINGS[owner.folder];
  const sibling = target === "outrigger" || target.startsWith("@outrigger/");
  if (isSource && sibling && allowed !== undefined && !allowed.includes(target)) {
    problems.push(`imports ${target}: ${owner.folder} may import ${allowed.join(", ") || "no sibling"}`);
  }
  return problems;
}
