import type { JsonObject, JsonValue } from "@outrigger/types";
import fc from "fast-check";

/**
 * Workflows as a fuzzer writes them: the right field names, anything behind them. Few are sound; those that can be parsed at all
 * must not bring anyone down.
 */
const names = fc.constantFrom("a", "b", "main", "", "wf", "a-b", "A.B", "__proto__", "constructor");
const tags = fc.constantFrom(
  "{{inputs.parameters.a}}",
  "{{steps.a.outputs.result}}",
  "{{tasks.b.outputs.parameters.a}}",
  "{{item}}",
  "{{item.a}}",
  "{{workflow.parameters.a}}",
  "{{workflow.labels.{{item}}}}",
  "{{",
  "}}",
  "{{=1}}",
  "{{toString}}",
  "{{steps.constructor.id}}",
);
const text = fc.oneof(
  names,
  tags,
  fc.string({ maxLength: 6 }),
  fc.constantFrom("1 == 1", "a && (b", "[1,2]", "5s", "-1", "1e9"),
);
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const anything = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(names, scalar, { maxKeys: 3 }));

const parameter = fc.record(
  {
    name: names,
    value: anything,
    default: text,
    enum: fc.array(text, { maxLength: 2 }),
    valueFrom: fc.record(
      {
        parameter: text,
        path: text,
        default: text,
        supplied: fc.constant({}),
        configMapKeyRef: fc.record({ name: names, key: text }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["name"] },
);
const parameters = fc.record({ parameters: fc.array(parameter, { maxLength: 3 }) }, { requiredKeys: [] });
const templateRef = fc.record({ name: names, template: names, clusterScope: fc.boolean() });
const sequence = fc.record({ count: text, start: text, end: text, format: text }, { requiredKeys: [] });

const { template } = fc.letrec<{ template: JsonObject; call: JsonObject }>((tie) => ({
  template: fc.record(
    {
      name: names,
      inputs: parameters,
      outputs: parameters,
      plugin: fc.dictionary(names, anything, { minKeys: 1, maxKeys: 1 }),
      steps: fc.array(fc.array(tie("call"), { maxLength: 3 }), { maxLength: 3 }),
      dag: fc.record(
        { tasks: fc.array(tie("call"), { maxLength: 4 }), target: text, failFast: fc.boolean() },
        { requiredKeys: ["tasks"] },
      ),
      suspend: fc.record({ duration: text }, { requiredKeys: [] }),
      memoize: fc.record(
        { key: text, maxAge: text, cache: fc.record({ configMap: fc.record({ name: names }) }, { requiredKeys: [] }) },
        { requiredKeys: [] },
      ),
      container: anything,
      metadata: anything,
    },
    { requiredKeys: ["name"] },
  ),
  call: fc.record(
    {
      name: names,
      template: names,
      templateRef,
      inline: fc.option(tie("template"), { maxDepth: 1 }),
      arguments: parameters,
      withItems: fc.array(anything, { maxLength: 3 }),
      withParam: text,
      withSequence: sequence,
      when: text,
      depends: fc.oneof(names, fc.constantFrom("a && b", "!a.Failed || b", "(a", "a.AnySucceeded")),
      dependencies: fc.array(names, { maxLength: 2 }),
      continueOn: fc.record({ failed: fc.boolean(), error: fc.boolean() }, { requiredKeys: [] }),
    },
    { requiredKeys: ["name"] },
  ),
}));

const spec = fc.record(
  {
    entrypoint: names,
    onExit: names,
    templates: fc.array(template, { maxLength: 4 }),
    arguments: parameters,
    suspend: fc.boolean(),
    shutdown: fc.constantFrom("Stop", "Terminate"),
    serviceAccountName: text,
    podMetadata: anything,
    nodeSelector: anything,
    podSpecPatch: fc.oneof(text, fc.constantFrom("a: 1", "containers: [{name: main, $patch: delete}]", "volumes: {}")),
    templateDefaults: template,
    workflowTemplateRef: fc.record({ name: names, clusterScope: fc.boolean() }),
    workflowMetadata: fc.record(
      {
        labels: fc.dictionary(names, text, { maxKeys: 2 }),
        labelsFrom: fc.dictionary(names, fc.record({ expression: text }), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
    unknown: anything,
  },
  { requiredKeys: [] },
);

const node = fc.record(
  {
    id: names,
    name: fc.oneof(names, fc.constantFrom("wf", "wf[0]", "wf[0].a", "wf.a", "wf.onExit")),
    displayName: names,
    type: fc.constantFrom("Plugin", "Steps", "StepGroup", "DAG", "TaskGroup", "Skipped", "Suspend", "Retry", "Pod"),
    phase: fc.constantFrom("Pending", "Running", "Succeeded", "Failed", "Error", "Skipped", "Omitted"),
    boundaryID: names,
    children: fc.array(names, { maxLength: 3 }),
    outboundNodes: fc.array(names, { maxLength: 2 }),
    inputs: parameters,
    outputs: parameters,
    progress: text,
    startedAt: text,
  },
  { requiredKeys: ["id", "name", "displayName", "type", "phase"] },
);

/** `status` with a phase: as if the Workflow had been found sound before someone edited it. */
export const strangeWorkflows: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      spec,
      status: fc.record(
        {
          phase: fc.constantFrom("Running", "Pending"),
          storedTemplates: fc.dictionary(
            fc.oneof(names, fc.constantFrom("namespaced/a/b", "cluster/b/a", "namespaced/a/a")),
            template,
            { maxKeys: 3 },
          ),
          nodes: fc.dictionary(fc.oneof(names, fc.constant("wf")), node, { maxKeys: 6 }),
        },
        { requiredKeys: ["phase"] },
      ),
    },
    { requiredKeys: ["spec"] },
  )
  .map((workflow) => ({ metadata: { name: "wf", namespace: "default", uid: "u" }, ...workflow }));

export const strangeResults: fc.Arbitrary<JsonObject> = fc.record(
  {
    phase: fc.constantFrom("Succeeded", "Failed", "Error", "Running", "Pending", "Skipped"),
    message: text,
    progress: text,
    outputs: fc.record(
      { result: anything, parameters: fc.array(parameter, { maxLength: 2 }), artifacts: anything },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ["phase"] },
);
