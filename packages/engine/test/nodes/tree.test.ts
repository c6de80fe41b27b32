import { nodeId } from "@outrigger/types";
import type { NodeStatus } from "@outrigger/types";
import { describe, expect, it } from "vitest";
import { NodeTree } from "../../src/nodes/tree.ts";

function node(name: string): Omit<NodeStatus, "id" | "name"> & { readonly name: string } {
  return { name, displayName: name, type: "Plugin", phase: "Pending" };
}

/** Two names whose hashes are the same. */
function collidingNames(): readonly [string, string] {
  const seen = new Map<string, string>();
  for (let number = 0; ; number += 1) {
    const name = `wf[0].each(${number}:x)`;
    const other = seen.get(nodeId("wf", name));
    if (other !== undefined) return [other, name];
    seen.set(nodeId("wf", name), name);
  }
}

describe("a tree of nodes", () => {
  it("tells two nodes apart whose names hash alike", () => {
    const [one, other] = collidingNames();
    const tree = new NodeTree("wf");
    const first = tree.add(node(one));
    expect(tree.byName(other)).toBeUndefined();
    const second = tree.add(node(other));
    expect(second.id).not.toBe(first.id);
    expect(tree.byName(one)).toBe(first);
    expect(tree.byName(other)).toBe(second);
    expect(new NodeTree("wf", tree.toRecord()).byName(other)).toEqual(second);
  });

  it("is unchanged by a change that changes nothing", () => {
    const before = { wf: { ...node("wf"), id: nodeId("wf", "wf"), outputs: { result: "1" } } } as never;
    const tree = new NodeTree("wf", before);
    const id = nodeId("wf", "wf");
    tree.change(id, { phase: "Pending", message: undefined, outputs: { result: "1" } });
    expect(tree.changed).toBe(false);
    tree.change(id, { message: "now" });
    expect(tree.changed).toBe(true);
    expect(tree.change(id, { message: undefined })).not.toHaveProperty("message");
  });

  it("lists children in the order in which they came, each once", () => {
    const tree = new NodeTree("wf");
    const [root, a, b] = [tree.add(node("wf")), tree.add(node("wf.a")), tree.add(node("wf.b"))];
    for (const child of [b, a, b]) tree.addChild(root.id, child.id);
    expect([...tree.childrenOf(root.id)]).toEqual([b.id, a.id]);
    expect(tree.toRecord()[root.id]?.children).toEqual([b.id, a.id]);
  });
});
