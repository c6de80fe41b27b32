import type { Outputs, Workflow } from "@outrigger/types";

export type Outline = Readonly<Record<string, unknown>>;

/** What is compared of a Workflow's end: as `record` of the parity kit writes it. */
export function normalise(workflow: Workflow): Outline {
  const name = workflow.metadata.name ?? "";
  const { phase, message, progress, outputs, nodes = {} } = workflow.status ?? {};
  const nodeNames = new Map(Object.values(nodes).map((node) => [node.id, node.name.replace(name, "WF")]));
  const nameOf = (id: string): string => nodeNames.get(id as never) ?? id;
  const outlines = Object.values(nodes).map((node) => [
    nameOf(node.id),
    withoutEmpty({
      displayName: scrub(node.displayName, name),
      type: node.type,
      phase: node.phase,
      templateName: node.templateName,
      message: scrub(node.message, name),
      boundary: node.boundaryID === undefined ? undefined : nodeNames.get(node.boundaryID),
      children: (node.children ?? []).map(nameOf).sort(),
      outboundNodes: (node.outboundNodes ?? []).map(nameOf).sort(),
      inputs: valuesOf(node.inputs, name),
      outputs: valuesOf(node.outputs, name),
      result: scrub(node.outputs?.result, name),
      nodeFlag: node.nodeFlag,
      progress: node.progress,
    }),
  ]);
  return withoutEmpty({
    phase,
    message: scrub(message, name),
    progress,
    outputs: valuesOf(outputs, name),
    nodes: Object.fromEntries(outlines),
  });
}

function valuesOf(values: Outputs | undefined, name: string): Record<string, string | undefined> {
  return Object.fromEntries((values?.parameters ?? []).map((parameter) => [parameter.name, scrub(parameter.value, name)]));
}

function scrub(text: string | undefined, name: string): string | undefined {
  return text
    ?.replaceAll(name, "WF")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?/g, "TIME")
    .replaceAll(/WF-\d+/g, "WF-ID")
    .replaceAll(/poll \d+/g, "poll N");
}

function withoutEmpty(fields: Readonly<Record<string, unknown>>): Outline {
  const empty = (value: unknown): boolean =>
    value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty(value)));
}
