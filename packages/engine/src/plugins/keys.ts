import { EXIT_HOOK } from "@outrigger/types";
import type { Template, TemplateCall, Workflow } from "@outrigger/types";

// Every pass asks of every template, and a template may have thousands of calls.
const knownCalls = new WeakMap<Template, readonly TemplateCall[]>();

/** The calls of a template, whatever its body, and those of their hooks. */
export function callsOf(template: Template): readonly TemplateCall[] {
  let calls = knownCalls.get(template);
  if (calls === undefined) {
    calls = findCalls(template);
    knownCalls.set(template, calls);
  }
  return calls;
}

function findCalls(template: Template): readonly TemplateCall[] {
  const calls = [...(template.steps ?? []).flat(), ...(template.dag?.tasks ?? [])];
  return calls.flatMap((call) => [call, ...hookCalls(call)]);
}

/** What hooks call, each named after its hook; `onExit` is the older way to write the hook `exit`. */
export function hookCalls({ hooks, onExit }: Pick<TemplateCall, "hooks" | "onExit">): readonly TemplateCall[] {
  const older = onExit === undefined || onExit === "" ? [] : [{ name: EXIT_HOOK, template: onExit }];
  return [...Object.entries(hooks ?? {}).map(([name, hook]) => ({ ...hook, name })), ...older];
}

/** All templates of a Workflow: those of `spec.templates`, those of WorkflowTemplates, and those written inline in calls. */
export function* allTemplates(workflow: Workflow): Generator<Template> {
  const pending = [...(workflow.spec.templates ?? []), ...Object.values(workflow.status?.storedTemplates ?? {})];
  for (let template = pending.pop(); template !== undefined; template = pending.pop()) {
    yield template;
    for (const { inline } of callsOf(template)) if (inline !== undefined) pending.push(inline);
  }
}

/** The one key of a plugin template, which names the plugin. */
export function pluginKey(template: Template): string | undefined {
  return template.plugin === undefined ? undefined : Object.keys(template.plugin)[0];
}

/** The keys of all plugin templates of a Workflow, each once. */
export function pluginKeys(workflow: Workflow): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const template of allTemplates(workflow)) {
    const key = pluginKey(template);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}
