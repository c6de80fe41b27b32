import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT, outrigger } from "../support/cli.ts";
import { hasPython } from "../support/installed.ts";

// The reference page's own files are not ours to keep: they lie beside the repository, if at all.
const SEED = join(dirname(ROOT), "shared/seed-hello");
const missing = existsSync(SEED) ? (hasPython ? undefined : "Python 3 is not installed") : `${SEED} is not there`;

describe.skipIf(missing !== undefined)(
  `the seed page's own server, manifest and workflow${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "outrigger-seed-"));
      cpSync(SEED, folder, { recursive: true });
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("are built by our `executor-plugin build`", async () => {
      expect(await outrigger(["executor-plugin", "build", "."], { cwd: folder })).toEqual({
        code: 0,
        stdout: "hello-executor-plugin-configmap.yaml created\nREADME.md created\n",
        stderr: "",
      });
    });

    it("run unchanged: row 10, in Python", async () => {
      const { code, stdout, stderr } = await outrigger(["run", "hello.yaml"], { cwd: folder });
      expect(stderr).toBe("");
      expect(stdout).toMatch(/✔ hello-\w+ Succeeded.*\n✔ hello-\w+ (2s )?Hello template! foo=bar/);
      expect(code).toBe(0);
    });
  },
);
