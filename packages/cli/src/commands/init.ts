import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { shown } from "../files.ts";
import { projectFiles } from "../init/project.ts";
import { readTemplateSource } from "../init/template-source.ts";
import type { TemplateName } from "../init/template-names.ts";
import type { ProgramContext } from "../program-context.ts";
import { UserError } from "../user-error.ts";

export interface InitOptions {
  readonly name: string;
  readonly template: TemplateName;
  readonly folder: string;
}

// With `-executor-plugin` behind it, it names a ConfigMap, a container and a service account.
const NAME = /^[a-z](?:[a-z0-9-]{0,45}[a-z0-9])?$/;

/** Makes the folder of a new plugin. */
export async function init({ name, template, folder }: InitOptions, { terminal }: ProgramContext): Promise<void> {
  if (!NAME.test(name)) {
    throw new UserError(
      `${name}: the name of a plugin has at most 47 small letters, digits and hyphens, a letter first`,
    );
  }
  if ((await readdir(folder).catch(() => [])).length > 0)
    throw new UserError(`${shown(folder)} is there, and not empty`);
  const files = projectFiles(name, template, await readTemplateSource(template));
  for (const [path, text] of Object.entries(files).toSorted(([a], [b]) => a.localeCompare(b))) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    terminal.out(`${shown(file)} created\n`);
  }
  terminal.err(`Next: cd ${shown(folder)}, and see README.md.\n`);
}
