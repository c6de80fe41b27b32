import type { Files, TemplateSource } from "./template-source.ts";
import { SECRET_FILE } from "./template-source.ts";
import type { TemplateName } from "./template-names.ts";
import type { Language } from "./templates.ts";

/** What a project is made for. */
export interface ProjectFacts {
  readonly name: string;
  readonly template: TemplateName;
  readonly source: TemplateSource;
  /** Of outrigger. */
  readonly version: string;
}

/** What surrounds a plugin that is a project of its own, by language. */
export const SCAFFOLDS: Readonly<Record<Language, (facts: ProjectFacts) => Files>> = {
  typescript: (facts) => ({
    "README.md": readme(facts, TYPESCRIPT),
    "package.json": packageJson(facts),
    "tsconfig.json": TSCONFIG,
    ".gitignore": "node_modules/\ndist/\n",
    Dockerfile: TYPESCRIPT_DOCKERFILE,
    ".dockerignore": "node_modules/\ndist/\n.git/\n",
    ".github/workflows/ci.yaml": ci(facts, TYPESCRIPT),
  }),
  python: (facts) => ({
    "README.md": readme(facts, PYTHON),
    ".gitignore": "__pycache__/\n",
    Dockerfile: PYTHON_DOCKERFILE,
    ".dockerignore": "__pycache__/\n.git/\n",
    ".github/workflows/ci.yaml": ci(facts, PYTHON),
  }),
};

interface LanguageFacts {
  readonly outrigger: (version: string) => string;
  readonly prepare: readonly string[];
  readonly setup: readonly string[];
  readonly test: readonly string[];
  /** What `outrigger test` needs beside the folder. */
  readonly input: string;
  readonly files: readonly string[];
  readonly rename: string;
}

const TYPESCRIPT: LanguageFacts = {
  outrigger: () => "npx outrigger",
  prepare: ["npm install"],
  setup: ["      - uses: actions/setup-node@v5", "        with: { node-version: 24 }"],
  test: ["npm test", "npx tsc"],
  input: "",
  files: [
    "- `server.ts` serves the plugin, which stands beside it; `test/` runs single steps, and the whole workflow on a cluster in the test's own process",
    "- `input.schema.json` says what it takes: `outrigger lint` and `run` check templates against it",
  ],
  rename: "`server.ts` to `main.ts` (in the Dockerfile, too)",
};

const PYTHON: LanguageFacts = {
  outrigger: (version) => `npx outrigger@${version}`,
  prepare: [],
  setup: [
    "      - uses: actions/setup-python@v6",
    '        with: { python-version: "3.13" }',
    "      - uses: actions/setup-node@v5 # for outrigger",
    "        with: { node-version: 24 }",
  ],
  test: ["python3 -m unittest"],
  input: " --input input.yaml",
  files: [
    "- `server.py` is the plugin, `test_server.py` tests what it answers",
    "- `input.yaml` is what `outrigger test` has it do",
  ],
  rename: "`server.py` to `main.py` (in the Dockerfile, too)",
};

function withSecret({ source }: ProjectFacts, option = ""): string {
  return source.hasSecret ? ` ${option}${SECRET_FILE}` : "";
}

function readme(facts: ProjectFacts, language: LanguageFacts): string {
  const { name, source, version } = facts;
  const outrigger = language.outrigger(version);
  return `# ${name}

An executor plugin for Kubernetes workflows ([Outrigger](https://github.com/outrigger-dev/outrigger), [Argo Workflows](https://argo-workflows.readthedocs.io)).

\`\`\`sh
${[
  ...language.prepare,
  ...language.test,
  `${outrigger} run${withSecret(facts)} workflow.yaml   # on this machine, without a cluster`,
  `${outrigger} test .${language.input}${withSecret(facts, "--with ")}   # hold it to the protocol`,
  `${outrigger} build .   # makes ${name}-executor-plugin-configmap.yaml, which installs it:`,
  `kubectl apply -n argo -f ${name}-executor-plugin-configmap.yaml`,
].join("\n")}
\`\`\`
${
  source.hasSecret
    ? `
It needs the Secret \`${name}-executor-plugin\` in the namespace of the Workflow. \`${SECRET_FILE}\` shows its form: put yours into a copy that you do not commit.
`
    : ""
}
## What is here

- \`plugin.yaml\`: how it runs. Its port must be that of no other plugin
- \`workflow.yaml\`: a workflow to try it with
${language.files.join("\n")}
- \`Dockerfile\`: the plugin as an image, for when it outgrows the argument that it travels as (128 KiB), or needs more than its language. Build it
  (\`docker build -t registry.example/${name} .\`); in plugin.yaml name the image and take \`command\` away; rename ${language.rename}, so that \`outrigger build\` leaves it out of the ConfigMap
- \`.github/workflows/ci.yaml\`: all of the above, at every push
`;
}

function ci(facts: ProjectFacts, language: LanguageFacts): string {
  const outrigger = language.outrigger(facts.version);
  const commands = [
    ...language.prepare,
    ...language.test,
    `${outrigger} lint .`,
    `${outrigger} test .${language.input}${withSecret(facts, "--with ")}`,
    `${outrigger} build .`,
  ];
  return [
    "name: ci",
    "on: [push, pull_request]",
    "jobs:",
    "  test:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    "      - uses: actions/checkout@v5",
    ...language.setup,
    ...commands.map((command) => `      - run: ${command}`),
    "",
  ].join("\n");
}

function packageJson({ name, source }: ProjectFacts): string {
  const manifest = {
    name,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: { node: ">=22.18" },
    scripts: { test: "vitest run", build: "outrigger build ." },
    dependencies: source.dependencies,
    devDependencies: source.devDependencies,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const TSCONFIG = `${JSON.stringify(
  {
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "esnext.disposable"],
      types: ["node"],
      module: "nodenext",
      strict: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: ["*.ts", "test"],
  },
  null,
  2,
)}\n`;

const TYPESCRIPT_DOCKERFILE = `FROM node:24-alpine AS build
WORKDIR /plugin
COPY package*.json ./
RUN npm install
COPY . .
RUN npx esbuild server.ts --bundle --minify --platform=node --format=esm --outfile=dist/plugin.mjs

FROM node:24-alpine
COPY --from=build /plugin/dist/plugin.mjs /plugin/
USER 8737:8737
ENTRYPOINT ["node", "/plugin/plugin.mjs"]
`;

const PYTHON_DOCKERFILE = `FROM python:3.13-alpine
COPY server.py /plugin/
USER 8737:8737
ENTRYPOINT ["python", "-u", "/plugin/server.py"]
`;
