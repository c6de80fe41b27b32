import { FIELD_SUPPORT, validateWorkflow } from "@outrigger/engine";
import type { FieldTable } from "@outrigger/engine";
import { workflowParser } from "@outrigger/types";
import type { Issue, JsonObject } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

function issuesOf(spec: JsonObject, name = "wf"): readonly Issue[] {
  const parsed = workflowParser({ metadata: { name }, spec }, "");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return validateWorkflow(parsed.value);
}

/** `main` as given, and templates that it may call. */
function withMain(main: string, rest = ""): JsonObject {
  return parse(`
entrypoint: main
templates:
- {name: main, ${main}}
- {name: ok, plugin: {echo: {}}}
- {name: say, inputs: {parameters: [{name: v}]}, outputs: {parameters: [{name: o, valueFrom: {path: p}}]}, plugin: {echo: {}}}
${rest}`) as JsonObject;
}

const MAIN: readonly (readonly [what: string, main: string, message: string])[] = [
  [
    "a step without a template",
    "steps: [[{name: a}]]",
    "templates.main.steps[0].a names no template: set template, templateRef or inline",
  ],
  [
    "a step with two",
    "steps: [[{name: a, template: ok, inline: {plugin: {x: 1}}}]]",
    "templates.main.steps[0].a has both template and inline, choose one",
  ],
  [
    "an unknown template",
    "steps: [[{name: a, template: ghost}]]",
    "templates.main.steps[0].a template name 'ghost' undefined",
  ],
  [
    "a missing argument",
    "steps: [[{name: a, template: say}]]",
    "templates.main.steps[0].a templates.say inputs.parameters.v was not supplied",
  ],
  [
    "an argument without value",
    "steps: [[{name: a, template: say, arguments: {parameters: [{name: v}]}}]]",
    "templates.main.steps[0].a.arguments.v.value or templates.main.steps[0].a.arguments.v.valueFrom is required",
  ],
  [
    "an argument not in its enum",
    "steps: [[{name: a, template: say, arguments: {parameters: [{name: v, value: x, enum: [y]}]}}]]",
    "templates.main.steps[0].a.arguments.v.value should be present in templates.main.steps[0].a.arguments.v.enum list: y",
  ],
  [
    "two steps of one name",
    "steps: [[{name: a, template: ok}], [{name: a, template: ok}]]",
    "templates.main.steps[1].name 'a' is not unique",
  ],
  [
    "a step with a strange name",
    "steps: [[{name: a.b, template: ok}]]",
    "templates.main.steps[0].name 'a.b' is invalid: it must consist of letters, digits or '-', and start with a letter or digit",
  ],
  [
    "two loops in one",
    "steps: [[{name: a, template: ok, withItems: [1], withParam: '[]'}]]",
    "templates.main.steps[0].a only one of withItems, withParam, withSequence can be specified",
  ],
  [
    "a sequence without an end",
    "steps: [[{name: a, template: ok, withSequence: {start: 1}}]]",
    "templates.main.steps[0].a withSequence needs count or end",
  ],
  [
    "a sequence with two ends",
    "steps: [[{name: a, template: ok, withSequence: {count: 1, end: 2}}]]",
    "templates.main.steps[0].a only one of count or end can be defined in withSequence",
  ],
  [
    "a when that is none",
    "steps: [[{name: a, template: ok, when: 'a =='}]]",
    "templates.main.steps[0].a when 'a ==': it ends where a value should follow",
  ],
  [
    "a tag of the same group",
    "steps: [[{name: a, template: say, arguments: {parameters: [{name: v, value: x}]}}, {name: b, template: say, arguments: {parameters: [{name: v, value: '{{steps.a.outputs.parameters.o}}'}]}}]]",
    "templates.main.steps failed to resolve {{steps.a.outputs.parameters.o}} (in steps[0][1].arguments.parameters[0].value; nothing of that kind is known here)",
  ],
  [
    "an item without a loop",
    "steps: [[{name: a, template: say, arguments: {parameters: [{name: v, value: '{{item.x}}'}]}}]]",
    "templates.main.steps failed to resolve {{item.x}} (in steps[0][0].arguments.parameters[0].value; nothing of that kind is known here)",
  ],
  [
    "a tag of the Workflow that is misspelt",
    "plugin: {echo: '{{workflow.nam}}'}",
    "templates.main: failed to resolve {{workflow.nam}} (in plugin.echo; known here: workflow.name, workflow.namespace, workflow.uid, workflow.mainEntrypoint, workflow.serviceAccountName, workflow.priority, workflow.status, workflow.failures, …)",
  ],
  [
    "a limit that is no number",
    "plugin: {echo: {}}, retryStrategy: {limit: many}",
    "spec.templates[0].retryStrategy.limit must be a whole number, not 'many'",
  ],
  [
    "a backoff without a duration",
    "plugin: {echo: {}}, retryStrategy: {backoff: {factor: 2}}",
    "spec.templates[0].retryStrategy.backoff.duration is required",
  ],
  [
    "a backoff of no length",
    "plugin: {echo: {}}, retryStrategy: {backoff: {duration: soon}}",
    "spec.templates[0].retryStrategy.backoff.duration must be seconds or a duration such as 2m, not 'soon'",
  ],
  [
    "a retry expression that cannot be read",
    "plugin: {echo: {}}, retryStrategy: {expression: 'lastRetry.status =='}",
    "spec.templates[0].retryStrategy.expression has an expression that cannot be read: 'lastRetry.status ==': unexpected end of expression (1:20)",
  ],
  [
    "a time-out of no length",
    "plugin: {echo: {}}, timeout: never",
    "spec.templates[0].timeout must be seconds or a duration such as 2m, not 'never'",
  ],
  ["no parallelism", "plugin: {echo: {}}, parallelism: 0", "spec.templates[0].parallelism must be 1 or more, not 0"],
  [
    "a hook without an expression",
    "steps: [[{name: a, template: ok, hooks: {late: {template: ok}}}]]",
    "templates.main.steps[0].a.hooks.late needs an expression: when shall it run?",
  ],
  [
    "a hook of nothing",
    "steps: [[{name: a, template: ok, hooks: {exit: {template: ghost}}}]]",
    "templates.main.steps[0].a.hooks.exit template name 'ghost' undefined",
  ],
  [
    "a hook that lacks an input",
    "dag: {tasks: [{name: a, template: ok, hooks: {exit: {template: say}}}]}",
    "templates.main.tasks.a.hooks.exit templates.say inputs.parameters.v was not supplied",
  ],
  [
    "two exit hooks",
    "steps: [[{name: a, template: ok, onExit: ok, hooks: {exit: {template: ok}}}]]",
    "templates.main.steps[0].a has both onExit and hooks.exit, choose one",
  ],
  [
    "an output from nowhere",
    "outputs: {parameters: [{name: x, valueFrom: {path: p}}]}, steps: []",
    "templates.main.outputs.parameters.x needs valueFrom.parameter or valueFrom.expression: it comes from a step or task",
  ],
  [
    "an output without a source",
    "outputs: {parameters: [{name: x}]}, plugin: {echo: {}}",
    "templates.main.outputs.parameters.x does not have valueFrom or value specified",
  ],
  [
    "an output with two sources",
    "outputs: {parameters: [{name: x, value: 1, valueFrom: {path: p}}]}, plugin: {echo: {}}",
    "templates.main.outputs.parameters.x has both valueFrom and value specified, choose one",
  ],
  [
    "an output of a step that is none",
    "outputs: {parameters: [{name: x, valueFrom: {parameter: '{{steps.b.id}}'}}]}, steps: [[{name: a, template: ok}]]",
    "templates.main.outputs failed to resolve {{steps.b.id}} (in parameters[0].valueFrom.parameter; known here: steps.a.id, steps.a.status, steps.a.startedAt, steps.a.finishedAt, steps.a.outputs.result, steps.a.exitCode)",
  ],
  [
    "two inputs of one name",
    "inputs: {parameters: [{name: x, value: 1}, {name: x, value: 2}]}, plugin: {echo: {}}",
    "templates.main.inputs.parameters[1].name 'x' is not unique",
  ],
  [
    "an input with a strange name",
    "inputs: {parameters: [{name: 'x y', value: 1}]}, plugin: {echo: {}}",
    "templates.main.inputs.parameters[0].name: 'x y' is invalid: it must consist of letters, digits, '_' or '-'",
  ],
  [
    "a template without a body",
    "inputs: {}",
    "templates.main template type unspecified. choose one of: plugin, http, steps, dag, suspend",
  ],
  [
    "a template with two bodies",
    "suspend: {}, plugin: {echo: {}}",
    "templates.main multiple template types specified (plugin, suspend). choose one of: plugin, http, steps, dag, suspend",
  ],
  [
    "a duration that is none",
    "suspend: {duration: soon}",
    "spec.templates[0].suspend.duration must be seconds or a duration such as 2m, not 'soon'",
  ],
  ["a DAG without tasks", "dag: {tasks: []}", "templates.main must have at least one task"],
  [
    "tasks that wait for each other",
    "dag: {tasks: [{name: a, template: ok, depends: c}, {name: b, template: ok, depends: a}, {name: c, template: ok, depends: b}, {name: d, template: ok}]}",
    "templates.main sorting failed: graph with cycle (a -> c -> b -> a)",
  ],
  [
    "a task that waits for itself",
    "dag: {tasks: [{name: a, template: ok, depends: a}]}",
    "templates.main sorting failed: graph with cycle (a -> a)",
  ],
  [
    "a dependency that is none",
    "dag: {tasks: [{name: a, template: ok, depends: ghost}]}",
    "templates.main.tasks.a dependency 'ghost' not defined",
  ],
  [
    "two tasks of one name",
    "dag: {tasks: [{name: a, template: ok}, {name: a, template: ok}]}",
    "templates.main.tasks[1].name 'a' is not unique",
  ],
  [
    "depends and dependencies",
    "dag: {tasks: [{name: a, template: ok}, {name: b, template: ok, depends: a}, {name: c, template: ok, dependencies: [a]}]}",
    "templates.main cannot use both 'depends' and 'dependencies' in the same DAG template",
  ],
  [
    "depends and continueOn",
    "dag: {tasks: [{name: a, template: ok, continueOn: {failed: true}}, {name: b, template: ok, depends: a}]}",
    "templates.main cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'",
  ],
  [
    "a name that begins with a digit",
    "dag: {tasks: [{name: 1a, template: ok}, {name: b, template: ok, depends: 1a}]}",
    "templates.main.tasks.1a name cannot begin with a digit when using either 'depends' or 'dependencies'",
  ],
  [
    "a result that is none",
    "dag: {tasks: [{name: a, template: ok}, {name: b, template: ok, depends: a.Done}]}",
    "templates.main.tasks.b depends 'a.Done': task result 'Done' for task 'a' is invalid: it is one of Succeeded, Failed, Errored, Skipped, Omitted, Daemoned, AnySucceeded, AllFailed",
  ],
  [
    "a depends that is none",
    "dag: {tasks: [{name: a, template: ok}, {name: b, template: ok, depends: 'a &&'}]}",
    "templates.main.tasks.b depends 'a &&': it ends where a task should follow",
  ],
  [
    "a loop's result without a loop",
    "dag: {tasks: [{name: a, template: ok}, {name: b, template: ok, depends: a.AllFailed}]}",
    "templates.main.tasks.b dependency 'a' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items",
  ],
  [
    "a target that is none",
    "dag: {target: a z, tasks: [{name: a, template: ok}]}",
    "templates.main.targets: target 'z' is not defined",
  ],
  [
    "an output of a task that is not waited for",
    "dag: {tasks: [{name: a, template: ok}, {name: b, template: say, arguments: {parameters: [{name: v, value: 'x{{tasks.a.outputs.result}}'}]}}]}",
    "templates.main.tasks.b missing dependency 'a' for {{tasks.a.outputs.result}}",
  ],
  [
    "a tag in an inline template",
    "steps: [[{name: a, inline: {plugin: {echo: '{{inputs.parameters.x}}'}}}]]",
    "templates.main.steps failed to resolve {{inputs.parameters.x}} (in steps[0][0].inline.plugin.echo; nothing of that kind is known here)",
  ],
];

describe("a mistake is found", () => {
  it.each(MAIN)("%s", (_what, main, message) => {
    expect(issuesOf(withMain(main)).map((issue) => issue.message)).toContain(message);
  });

  it.each([
    ["no entrypoint", { templates: [] }, "spec.entrypoint is required"],
    ["an entrypoint that is none", { entrypoint: "x" }, "template name 'x' undefined"],
    [
      "an exit handler that is none",
      { entrypoint: "a", onExit: "x", templates: [{ name: "a", plugin: { e: 1 } }] },
      "template name 'x' undefined",
    ],
    [
      "an entrypoint without its argument",
      { entrypoint: "a", templates: [{ name: "a", inputs: { parameters: [{ name: "v" }] }, plugin: { e: 1 } }] },
      "templates.a inputs.parameters.v was not supplied",
    ],
    [
      "a template without a name",
      { entrypoint: "a", templates: [{ plugin: { e: 1 } }] },
      "spec.templates[0].name is required",
    ],
    [
      "two templates of one name",
      {
        entrypoint: "a",
        templates: [
          { name: "a", plugin: { e: 1 } },
          { name: "a", plugin: { e: 1 } },
        ],
      },
      "spec.templates[1].name 'a' is not unique",
    ],
    [
      "an argument of the Workflow without value",
      { entrypoint: "a", arguments: { parameters: [{ name: "v" }] } },
      "spec.arguments.v.value or spec.arguments.v.valueFrom is required",
    ],
    [
      "an argument of the Workflow not in its enum",
      { entrypoint: "a", arguments: { parameters: [{ name: "v", value: "x", enum: ["y", "z"] }] } },
      "spec.arguments.v.value should be present in spec.arguments.v.enum list: y, z",
    ],
  ])("%s", (_what, spec, message) => {
    expect(issuesOf(spec as unknown as JsonObject).map((issue) => issue.message)).toContain(message);
  });

  it("and leads to its place", () => {
    const [issue] = issuesOf(withMain("steps: [[{name: a, template: ok}], [{name: b, template: ghost}]]"));
    expect(issue?.path).toBe("spec.templates[0].steps[1][0].template");
  });

  it("in a name that is too long for a label", () => {
    expect(issuesOf(withMain("plugin: {echo: {}}"), "x".repeat(64))).toMatchObject([{ path: "metadata.name" }]);
  });

  it("and nothing is found where nothing is wrong", () => {
    const main = `
      inputs: {parameters: [{name: x, default: "{{workflow.name}}"}]},
      outputs: {parameters: [{name: y, valueFrom: {parameter: "{{steps.b.outputs.parameters.o}}"}}]},
      steps: [
        [{name: a, template: say, arguments: {parameters: [{name: v, value: "{{inputs.parameters.x}} {{workflow.creationTimestamp.Y}} {{node.name}}"}]}}],
        [{name: b, template: say, withItems: [{k: 1}], when: "{{item.k}} == 1", arguments: {parameters: [{name: v, value: "{{steps.a.outputs.result}} {{ .Helm }} {{item.k}}"}]}}]
      ]`;
    expect(issuesOf(withMain(main.replaceAll("\n", " ")))).toEqual([]);
  });
});

describe("a field that cannot be honoured", () => {
  const OWNERS: Readonly<Record<string, (field: JsonObject) => JsonObject>> = {
    spec: (field) => ({ ...withMain("plugin: {echo: {}}"), ...field }),
    template: (field) => mainWith({ plugin: { echo: {} }, ...field }),
    step: (field) => mainWith({ steps: [[{ name: "a", template: "ok", ...field }]] }),
    task: (field) => mainWith({ dag: { tasks: [{ name: "a", template: "ok", ...field }] } }),
    inputs: (field) => mainWith({ inputs: field, plugin: { echo: {} } }),
    outputs: (field) => mainWith({ outputs: field, plugin: { echo: {} } }),
    arguments: (field) => mainWith({ steps: [[{ name: "a", template: "ok", arguments: field }]] }),
    parameter: (field) =>
      mainWith({ inputs: { parameters: [{ name: "p", value: "1", ...field }] }, plugin: { echo: {} } }),
    http: (field) => mainWith({ http: { url: "http://x/", ...field } }),
    valueFrom: (field) =>
      mainWith({ outputs: { parameters: [{ name: "p", valueFrom: field }] }, plugin: { echo: {} } }),
    hook: (field) => mainWith({ steps: [[{ name: "a", template: "ok", hooks: { exit: field } }]] }),
    retryStrategy: (field) => mainWith({ retryStrategy: field, plugin: { echo: {} } }),
  };

  function mainWith(main: JsonObject): JsonObject {
    return {
      entrypoint: "main",
      templates: [
        { name: "main", ...main },
        { name: "ok", plugin: { echo: {} } },
      ],
    };
  }

  const bodies = new Set(["container", "containerSet", "script", "resource", "data"]);
  const rows = Object.entries(FIELD_SUPPORT as Readonly<Record<string, FieldTable>>).flatMap(([owner, table]) =>
    Object.entries(table).map(([field, row]) => ({ owner, field, ...row })),
  );

  it.each(rows.filter(({ support, field }) => support === "refused" && !bodies.has(field)))(
    "is refused where it is set: $field of $owner",
    ({ owner, field, reason }) => {
      const isText = field === "globalName" || field === "expression";
      const messages = issuesOf(OWNERS[owner]?.({ [field]: isText ? "set" : { set: true } }) ?? {}).map(
        ({ message }) => message,
      );
      expect(messages.some((message) => message.includes(`.${field} is not supported yet: ${reason}`))).toBe(true);
      const empty = issuesOf(OWNERS[owner]?.({ [field]: isText ? "" : {} }) ?? {}).map(({ message }) => message);
      expect(empty.filter((message) => message.includes("not supported"))).toEqual([]);
    },
  );

  it.each(rows.filter(({ support }) => support === "harmless"))(
    "does no harm: $field of $owner",
    ({ owner, field, reason }) => {
      const value = owner === "outputs" || field === "description" ? "1" : { set: true };
      const messages = issuesOf(OWNERS[owner]?.({ [field]: value }) ?? {}).map(({ message }) => message);
      expect(messages.filter((message) => message.includes(field))).toEqual([]);
      expect(reason).not.toBe("");
    },
  );

  it("is refused in templates that run, not in others", () => {
    const spec = withMain(
      "plugin: {echo: {}}",
      "- {name: later, synchronization: {mutexes: [{name: m}]}, container: {image: x}}",
    );
    expect(issuesOf(spec)).toEqual([]);
    expect(issuesOf({ ...spec, onExit: "later" }).map(({ path }) => path)).toEqual([
      "spec.templates[3].synchronization",
      "spec.templates[3].container",
    ]);
  });

  it("is most likely a typing error if nobody knows it", () => {
    const [issue] = issuesOf(withMain("steps: [[{name: a, template: ok, When: x}]]"));
    expect(issue?.message).toBe("spec.templates[0].steps[0][0].When is not a known field; did you mean when?");
  });
});
