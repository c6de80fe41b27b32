import { ANNOTATION_INPUT_SCHEMA, childPath, ownersByName } from "@outrigger/types";
import type { ConfigMap, JsonObject, JsonValue, Template, WorkflowSpec } from "@outrigger/types";
import type { Remark } from "./finding.ts";
import type { InputCheck } from "./input-schema.ts";

/** What is checked of the plugins: who owns a key, and what the owner takes. */
export class PluginInputs {
  readonly #names: readonly string[];
  readonly #checks: readonly (InputCheck | undefined)[];
  /** Schemas that are none, one line each. */
  readonly problems: readonly string[];

  private constructor(names: readonly string[], schemas: readonly Schema[]) {
    this.#names = names;
    this.#checks = schemas.map((schema) => (typeof schema === "function" ? schema : undefined));
    this.problems = schemas.flatMap((schema, index) =>
      typeof schema === "object"
        ? [`plugin ${names[index] ?? ""}: annotation ${ANNOTATION_INPUT_SCHEMA}: ${schema.problem}`]
        : [],
    );
  }

  /** `configMaps`: those of the plugins. The validator is loaded only where one of them has a schema. */
  static async of(configMaps: readonly ConfigMap[]): Promise<PluginInputs> {
    const texts = configMaps.map(({ metadata }) => metadata.annotations?.[ANNOTATION_INPUT_SCHEMA]);
    const names = configMaps.map(({ metadata }) => metadata.name ?? "");
    if (texts.every((text) => text === undefined)) return new PluginInputs(names, []);
    const { compileInputSchema } = await import("./input-schema.ts");
    return new PluginInputs(
      names,
      texts.map((text) => (text === undefined ? undefined : compileInputSchema(text))),
    );
  }

  /** All plugin templates of a spec that stands at `path`. */
  check(spec: WorkflowSpec, path: string): readonly Remark[] {
    return pluginTemplates(spec.templates ?? [], `${path}.templates`).flatMap(({ plugin, at }) =>
      Object.entries(plugin).flatMap(([key, input]) => this.#checkInput(key, input, childPath(`${at}.plugin`, key))),
    );
  }

  #checkInput(key: string, input: JsonValue, path: string): readonly Remark[] {
    const [owner] = ownersByName(key, this.#names);
    if (owner === undefined) return [{ path, severity: "warning", message: this.#nobody() }];
    const issues = this.#checks[owner]?.(input, path) ?? [];
    return issues.map((issue) => ({ ...issue, severity: "error" }));
  }

  // It is no error: a plugin may take keys that its name does not tell.
  #nobody(): string {
    const known = this.#names.length === 0 ? "none is known here" : `known here: ${this.#names.join(", ")}`;
    return `belongs to no plugin by its name (${known}): all plugins of the agent would be asked in turn`;
  }
}

type Schema = InputCheck | { readonly problem: string } | undefined;

interface PluginTemplate {
  readonly plugin: JsonObject;
  readonly at: string;
}

function pluginTemplates(templates: readonly Template[], path: string): readonly PluginTemplate[] {
  return templates.flatMap((template, index) => pluginTemplatesIn(template, `${path}[${index}]`));
}

function pluginTemplatesIn({ plugin, steps, dag }: Template, at: string): readonly PluginTemplate[] {
  const calls = [
    ...(steps ?? []).flatMap((group, index) =>
      group.map((call, place) => ({ call, at: `${at}.steps[${index}][${place}]` })),
    ),
    ...(dag?.tasks ?? []).map((call, index) => ({ call, at: `${at}.dag.tasks[${index}]` })),
  ];
  const inline = calls.flatMap(({ call, at: place }) =>
    call.inline === undefined ? [] : pluginTemplatesIn(call.inline, `${place}.inline`),
  );
  return plugin === undefined ? inline : [{ plugin, at }, ...inline];
}
