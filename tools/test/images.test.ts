import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_AGENT_IMAGE } from "@outrigger/controller";
import { ENTRIES } from "../bundle-process.ts";
import { PROGRAMS } from "../images/inside/programs.ts";
import { RELEASED, TEST_PYTHON, UsageError, parseRequest } from "../images/plan.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const dockerfile = readFileSync(join(ROOT, "deploy/Dockerfile"), "utf8");

/** The lines of a stage. */
function stage(name: string): readonly string[] {
  const stages = dockerfile.split(/^(?=FROM )/m);
  return (stages.find((text) => text.split("\n", 1)[0]?.endsWith(` AS ${name}`)) ?? "").split("\n");
}

describe("what is asked for", () => {
  it("is every released image, if no name is given", () => {
    const { images, load } = parseRequest([], "1.2.3");
    expect(images.map(({ reference }) => reference)).toEqual([
      "ghcr.io/outrigger-dev/controller:1.2.3",
      "ghcr.io/outrigger-dev/agent:1.2.3",
      "ghcr.io/outrigger-dev/plugin-hello:1.2.3",
      "ghcr.io/outrigger-dev/plugin-http-poll:1.2.3",
      "ghcr.io/outrigger-dev/plugin-slack:1.2.3",
    ]);
    expect(load).toBe(false);
  });

  it("can be some, and can be loaded", () => {
    const { images, load } = parseRequest([TEST_PYTHON, "--load"], "1.2.3");
    expect(images).toEqual([{ name: TEST_PYTHON, reference: "docker.io/library/python:alpine3.6" }]);
    expect(load).toBe(true);
  });

  it("names what there is, if it is something else", () => {
    expect(() => parseRequest(["agnet"], "1.2.3")).toThrow(UsageError);
    expect(() => parseRequest(["agnet"], "1.2.3")).toThrow(/"agnet".*agent/);
  });

  it("is what the controller starts agents from", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
    expect(parseRequest(["agent"], version).images[0]?.reference).toBe(DEFAULT_AGENT_IMAGE);
  });
});

describe("deploy/Dockerfile", () => {
  it.each(RELEASED)("%s: has a bundle, a program to warm, and a user that is not root", (name) => {
    expect(Object.keys(ENTRIES)).toContain(name);
    expect(Object.keys(PROGRAMS)).toContain(name);
    const cold = stage(`cold-${name}`);
    expect(cold).toContain(`COPY dist/bundle/${name} /app/${name}`);
    expect(cold.find((line) => line.startsWith("USER"))).toBe("USER 8737:8737");
    expect(stage(name)).toContain(`COPY --from=warm-${name} /tmp/cache /app/cache`);
  });

  it("runs nothing in a shell: the base has none", () => {
    const commands = dockerfile.split("\n").filter((line) => /^(RUN|CMD|ENTRYPOINT)/.test(line));
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.filter((line) => !/^\w+ \[/.test(line))).toEqual([]);
  });
});
