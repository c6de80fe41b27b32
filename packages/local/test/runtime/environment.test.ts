import { describe, expect, test } from "vitest";
import { commandLine, findProgram } from "../../src/runtime/command.ts";
import { expand, hostEnvironment, movablePort, resolveEnvironment, withPort } from "../../src/runtime/env.ts";
import { podField, resourceField } from "../../src/runtime/pod-fields.ts";
import type { PodFacts } from "../../src/runtime/pod-fields.ts";
import { qosClass } from "../../src/runtime/qos-class.ts";
import { quantityValue } from "../../src/runtime/quantity.ts";
import type { ObjectLookup } from "../../src/runtime/referenced-objects.ts";
import { podSpecParser } from "../../src/runtime/spec/pod-spec.ts";
import type { ContainerSpec, PodSpec } from "../../src/runtime/spec/pod-spec.ts";

function specOf(...containers: readonly Readonly<Record<string, unknown>>[]): PodSpec {
  const parsed = podSpecParser({ serviceAccountName: "robot", containers }, "spec");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

function containerOf(container: Readonly<Record<string, unknown>>): ContainerSpec {
  const [main] = specOf({ name: "main", ...container }).containers;
  if (main === undefined) throw new Error("the spec has no container");
  return main;
}

const metadata = {
  name: "pod",
  namespace: "ns",
  uid: "uid",
  labels: { "app.kubernetes.io/name": "x", a: "1" },
  annotations: { note: 'say "hi"' },
};

function factsOf(spec: PodSpec): PodFacts {
  return { metadata, spec, nodeName: "local", machine: { cpus: 4, memoryBytes: 2 ** 33 } };
}

const lookup: ObjectLookup = (kind, name) =>
  name === "present" ? new Map([["key", Buffer.from(`of ${kind}`)]]) : undefined;

describe("expand", () => {
  test.each([
    ["plain", "plain"],
    ["$(A)", "1"],
    ["$(A)-$(B)", "1-two"],
    ["$$(A)", "$(A)"],
    ["$$$(A)", "$1"],
    ["$$$$(A)", "$$(A)"],
    ["$(UNKNOWN)", "$(UNKNOWN)"],
    ["$(A", "$(A"],
    ["$A ${A} $", "$A ${A} $"],
    ["a$$b", "a$b"],
    ["$(toString)", "$(toString)"],
    ["$(B)$(B)", "twotwo"],
  ])("%s becomes %s", (text, want) => {
    expect(expand(text, { A: "1", B: "two" })).toBe(want);
  });
});

describe("environment", () => {
  const resolve = (container: Readonly<Record<string, unknown>>) => {
    const facts = factsOf(specOf({ name: "main", ...container }));
    return resolveEnvironment(containerOf(container), { facts, lookup, base: { BASE: "b" } });
  };
  const from = (valueFrom: unknown) => ({ env: [{ name: "V", valueFrom }] });

  test.each([
    { why: "a value", container: { env: [{ name: "V", value: "x" }] }, want: { V: "x" } },
    { why: "an empty one", container: { env: [{ name: "V" }] }, want: { V: "" } },
    {
      why: "earlier ones can be used, later ones not",
      container: {
        env: [
          { name: "A", value: "$(BASE)$(B)" },
          { name: "B", value: "$(A)!" },
        ],
      },
      want: { A: "b$(B)", B: "b$(B)!" },
    },
    { why: "over the base", container: { env: [{ name: "BASE", value: "mine" }] }, want: { BASE: "mine" } },
    {
      why: "a secret's key",
      container: from({ secretKeyRef: { name: "present", key: "key" } }),
      want: { V: "of Secret" },
    },
    {
      why: "a config map's key",
      container: from({ configMapKeyRef: { name: "present", key: "key" } }),
      want: { V: "of ConfigMap" },
    },
    {
      why: "an optional key that is missing sets nothing",
      container: from({ configMapKeyRef: { name: "present", key: "other", optional: true } }),
      want: {},
    },
    {
      why: "an optional object that is missing sets nothing",
      container: from({ secretKeyRef: { name: "absent", key: "key", optional: true } }),
      want: {},
    },
    {
      why: "all keys with a prefix; the container's own win",
      container: {
        envFrom: [
          { prefix: "P_", secretRef: { name: "present" } },
          { configMapRef: { name: "absent", optional: true } },
        ],
        env: [{ name: "V", value: "$(P_key)" }],
      },
      want: { P_key: "of Secret", V: "of Secret" },
    },
    { why: "a field", container: from({ fieldRef: { fieldPath: "spec.serviceAccountName" } }), want: { V: "robot" } },
    {
      why: "a limit",
      container: {
        ...from({ resourceFieldRef: { resource: "limits.cpu", divisor: "1m" } }),
        resources: { limits: { cpu: "250m" } },
      },
      want: { V: "250" },
    },
  ])("$why", ({ container, want }) => {
    expect(resolve(container)).toEqual({ ok: true, value: { BASE: "b", ...want } });
  });

  test.each([
    [from({ secretKeyRef: { name: "absent", key: "key" } }), 'secret "absent" not found'],
    [from({ configMapKeyRef: { name: "absent", key: "key" } }), 'configmap "absent" not found'],
    [from({ secretKeyRef: { name: "present", key: "other" } }), "couldn't find key other in Secret ns/present"],
    [{ envFrom: [{ secretRef: { name: "absent" } }] }, 'secret "absent" not found'],
  ])("%j: %s", (container, message) => {
    expect(resolve(container)).toEqual({ ok: false, issues: [{ path: "", message }] });
  });

  test("of the host only what programs need to be found and to speak the user's language", () => {
    const host = { PATH: "/bin", HOME: "/home/me", LANG: "C", AWS_SECRET_ACCESS_KEY: "x", TZ: undefined };
    expect(hostEnvironment(host)).toEqual({ PATH: "/bin", HOME: "/home/me", LANG: "C" });
    expect(hostEnvironment({})["PATH"]).toContain("/usr/bin:");
  });

  test("a port can be moved if OUTRIGGER_PORT names it", () => {
    const named = (value: string) =>
      containerOf({ ports: [{ containerPort: 4355 }], env: [{ name: "OUTRIGGER_PORT", value }] });
    expect(movablePort(named("4355"))).toBe(4355);
    expect(movablePort(named("1"))).toBeUndefined();
    expect(movablePort(containerOf({ ports: [{ containerPort: 4355 }] }))).toBeUndefined();
    expect(withPort(named("4355"), 5000).env).toEqual([{ name: "OUTRIGGER_PORT", value: "5000" }]);
  });
});

describe("fields of the pod", () => {
  const facts = factsOf(
    specOf({ name: "main", resources: { limits: { memory: "64Mi" }, requests: { cpu: "100m" } } }, { name: "other" }),
  );

  test.each([
    ["metadata.name", "pod"],
    ["metadata.namespace", "ns"],
    ["metadata.uid", "uid"],
    ["metadata.labels['app.kubernetes.io/name']", "x"],
    ["metadata.labels['none']", ""],
    ["metadata.annotations['note']", 'say "hi"'],
    ["metadata.labels", 'a="1"\napp.kubernetes.io/name="x"'],
    ["metadata.annotations", 'note="say \\"hi\\""'],
    ["spec.nodeName", "local"],
    ["status.podIP", "127.0.0.1"],
    ["status.hostIP", "127.0.0.1"],
  ])("%s is %s", (path, want) => {
    expect(podField(facts, path)).toEqual({ ok: true, value: want });
  });

  test("an unknown one says which there are", () => {
    const found = podField(facts, "spec.toString");
    expect(found.ok ? "" : found.issues[0]?.message).toMatch(
      /^unsupported fieldPath: spec.toString; known are metadata.name/,
    );
  });

  test.each([
    [{ resource: "limits.memory" }, "67108864"],
    [{ resource: "limits.memory", divisor: "1Mi" }, "64"],
    [{ resource: "limits.memory", divisor: "0" }, "67108864"],
    [{ resource: "requests.cpu" }, "1"],
    [{ resource: "requests.cpu", divisor: "1m" }, "100"],
    [{ resource: "limits.cpu" }, "4"],
    [{ resource: "limits.cpu", containerName: "other" }, "4"],
    [{ resource: "requests.memory" }, "0"],
  ])("%j is %s", (selector, want) => {
    expect(resourceField(facts, "main", selector)).toEqual({ ok: true, value: want });
  });

  test.each([{ resource: "limits" }, { resource: "limits.dogs" }, { resource: "limits.cpu", containerName: "nobody" }])(
    "%j is refused",
    (selector) => {
      expect(resourceField(facts, "main", selector).ok).toBe(false);
    },
  );

  test.each([
    ["500m", 0.5],
    ["64Mi", 67_108_864],
    ["1e3", 1_000],
    ["1.5G", 1.5e9],
    [".5", 0.5],
    ["cat", undefined],
    ["", undefined],
  ])("the quantity %s", (text, want) => {
    expect(quantityValue(text)).toBe(want);
  });

  test.each([
    ["Guaranteed", [{ limits: { cpu: "1", memory: "1Gi" } }]],
    ["Guaranteed", [{ limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "1000m", memory: "1024Mi" } }]],
    ["Burstable", [{ limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } }]],
    ["Burstable", [{ requests: { cpu: "1m" } }, {}]],
    ["BestEffort", [{}]],
  ])("quality of service %s: %j", (want, resources) => {
    expect(qosClass(specOf(...resources.map((amounts, index) => ({ name: `c${index}`, resources: amounts }))))).toBe(
      want,
    );
  });
});

describe("command", () => {
  const env = { PATH: "/usr/bin::relative:/bin", NAME: "world" };
  const machineWith = (...programs: readonly string[]) => ({
    isExecutable: (path: string) => programs.includes(path),
    nodePath: "/opt/our/node",
  });
  const find = (program: string, ...programs: readonly string[]) =>
    findProgram(program, { env, workingDir: "/work", machine: machineWith(...programs) });

  test("command and args are one line, with variables replaced", () => {
    const container = containerOf({ command: ["echo", "$(NAME)"], args: ["$$(NAME)", "$(NAME)!"] });
    expect(commandLine(container, env)).toEqual({ ok: true, value: ["echo", "world", "$(NAME)", "world!"] });
  });

  test.each([
    { why: "the first in PATH", program: "sh", there: ["/bin/sh", "/usr/bin/sh"], want: "/usr/bin/sh" },
    { why: "a relative PATH", program: "sh", there: ["/work/relative/sh"], want: "/work/relative/sh" },
    { why: "an absolute path", program: "/x/y", there: ["/x/y"], want: "/x/y" },
    { why: "a path from the working directory", program: "./run", there: ["/work/run"], want: "/work/run" },
    { why: "python itself", program: "python", there: ["/bin/python", "/usr/bin/python3"], want: "/bin/python" },
    { why: "python3 for python", program: "python", there: ["/bin/python3"], want: "/bin/python3" },
    { why: "our own node", program: "node", there: ["/opt/our/node"], want: "/opt/our/node" },
  ])("$why: $want", ({ program, there, want }) => {
    expect(find(program, ...there)).toEqual({ ok: true, value: want });
  });

  test.each([
    ["python", "python is not installed on this machine: install Python 3"],
    ["node", "node is not installed on this machine: install Node.js"],
    ["toString", "toString is not installed on this machine: install toString"],
    ["/x/y", "/x/y is not a program on this machine"],
  ])("%s is missing: %s", (program, message) => {
    const found = find(program);
    expect(found.ok ? "" : found.issues[0]?.message).toContain(message);
  });
});
