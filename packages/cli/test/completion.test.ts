import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { outrigger } from "./support/cli.ts";

const byText = (a = "", b = ""): number => a.localeCompare(b);

async function words(line: string): Promise<readonly string[]> {
  const { stdout } = await outrigger(["__complete", "--", ...line.split(" ").slice(1)]);
  return stdout
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => each.split("\t")[0] ?? "");
}

describe("what may stand at the end of a line", () => {
  it.each([
    ["outrigger re", ["retry", "resubmit", "resume"]],
    ["outrigger plugins ", ["list"]],
    ["outrigger run --ti", ["--timeout"]],
    ["outrigger run x.yaml -o ", ["tree", "json", "yaml", "name"]],
    ["outrigger list --status Running F", ["Failed"]],
    ["outrigger init x --template s", ["slack"]],
    ["outrigger completion ", ["bash", "zsh", "fish"]],
    // Files: the shell knows them.
    ["outrigger run ", []],
    ["outrigger list -n ", []],
    // There is no cluster.
    ["outrigger get ", []],
  ])("%s…", async (line, want) => {
    expect((await words(line)).toSorted(byText)).toEqual(want.toSorted(byText));
  });

  it("is every command that help shows, and no other", async () => {
    const { stdout } = await outrigger(["--help"]);
    const shown = [...stdout.matchAll(/^ {2}([a-z]+) .*(?:\[|<| {4})/gm)].map(([, name]) => name);
    expect(shown.length).toBeGreaterThan(20);
    expect((await words("outrigger ")).toSorted(byText)).toEqual(shown.toSorted(byText));
  });
});

describe("the scripts", () => {
  const script = async (shell: string): Promise<string> => (await outrigger(["completion", shell])).stdout;

  /** A program called `outrigger` that offers what the real one would. */
  function standIn(): string {
    const folder = mkdtempSync(join(tmpdir(), "outrigger-completion-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const offers = "@latest\\tyoungest\\n@other\\t\\nhello\\tSucceeded\\n";
    writeFileSync(
      join(folder, "outrigger"),
      `#!/bin/sh\necho "$@" >&2\nprintf '${offers}' | grep "^\${@: -1}"\n`.replace("/bin/sh", "/bin/bash"),
      { mode: 0o755 },
    );
    return folder;
  }

  it.each([
    ["outrigger get hel", 2, ["get", "hel"], "hello"],
    // Bash takes @ for a word of its own, and replaces only what comes after.
    ["outrigger get @la", 3, ["get", "@", "la"], "latest"],
  ])("bash completes %s", async (line, position, broken, want) => {
    const folder = standIn();
    const ask = `${await script("bash")}
COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(outrigger ${broken.join(" ")}) COMP_CWORD=${position}
_outrigger; printf '%s\n' "\${COMPREPLY[@]}"`;
    const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    expect(execFileSync("bash", ["-c", ask], { env, encoding: "utf8" }).trim()).toBe(want);
  });

  it.each(["zsh", "fish"])("%s can read its script (skipped where there is no such shell)", async (shell) => {
    const text = await script(shell);
    expect(text).toContain("outrigger __complete");
    if (spawnSync(shell, ["--version"]).error !== undefined) return;
    expect(spawnSync(shell, ["-n"], { input: text, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it("are none for other shells", async () => {
    expect(await outrigger(["completion", "tcsh"])).toMatchObject({ code: 2 });
  });
});
