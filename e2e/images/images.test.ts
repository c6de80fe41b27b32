import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../support/cli.ts";

const ARCHIVE = join(ROOT, "dist/images/agent.tar");
const MAX_MEGABYTES = 60;
const MAX_START_MS = 400;
// A busy machine is slower than a quiet one: only a multiple of the limit is a failure.
const SLACK = 4;

function run(file: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

const wanted = process.env["OUTRIGGER_TEST_IMAGES"] === "1";

describe.runIf(wanted)("the agent's image (skipped without OUTRIGGER_TEST_IMAGES=1: building it takes a while)", () => {
  let said: string;
  beforeAll(() => {
    said = run("npm", "run", "images", "--", "agent");
  }, 300_000);

  it("is small, and its program soon ready", () => {
    const [, megabytes, startMs] = /agent:\S+: ([\d.]+) MB compressed, ready (\d+) ms/.exec(said) ?? [];
    expect(Number(megabytes)).toBeLessThan(MAX_MEGABYTES);
    expect(Number(startMs)).toBeLessThan(MAX_START_MS * SLACK);
  });

  it("runs as the user of agent pods, has Argo's executable and says what it is", () => {
    const [manifest] = JSON.parse(run("tar", "-xOf", ARCHIVE, "manifest.json")) as [
      { Config: string; Layers: string[] },
    ];
    const { config } = JSON.parse(run("tar", "-xOf", ARCHIVE, manifest.Config)) as { config: Record<string, unknown> };
    expect(config).toMatchObject({
      User: "8737:8737",
      Entrypoint: ["/usr/local/bin/argoexec"],
      Labels: {
        "org.opencontainers.image.title": "Outrigger agent",
        "org.opencontainers.image.licenses": "Apache-2.0",
      },
    });
    const files = manifest.Layers.flatMap((layer) =>
      run("sh", "-c", `tar -xOf ${ARCHIVE} ${layer} | tar -t`).split("\n"),
    );
    expect(files).toContain("usr/local/bin/argoexec");
    expect(files.filter((file) => /^app\/cache\/v.+-8737\/\w+$/.test(file)).length).toBeGreaterThan(3);
  });
});
