import { describe, expect, test } from "vitest";
import { isWithin, planMounts } from "../../src/runtime/sandbox/mount-plan.ts";
import type { HostEntry, HostFiles, Mount } from "../../src/runtime/sandbox/mount-plan.ts";
import { candidates } from "../../src/runtime/sandbox/probe.ts";
import { fstab, launchCommand, lockedOptions } from "../../src/runtime/sandbox/sandbox.ts";
import type { Isolation, SandboxTools } from "../../src/runtime/sandbox/sandbox.ts";

const STAGING = "/tmp/state/sandbox";

/** A host on which these paths exist; `/var/run` is a link to `/run`. */
function hostWith(...paths: readonly string[]): HostFiles {
  const all = new Set(["/", "/tmp", "/run", "/var", ...paths]);
  return {
    realPath: (path) => path.replace(/^\/var\/run(?=\/|$)/, "/run"),
    exists: (path) => all.has(path),
    entries: (folder) =>
      [...all]
        .filter((path) => path !== "/" && path.slice(0, path.lastIndexOf("/") || 1) === folder)
        .map((path): HostEntry => {
          const name = path.slice(path.lastIndexOf("/") + 1);
          return { name, kind: name === "link" ? { linkTo: "../target" } : name.includes(".") ? "file" : "folder" };
        }),
  };
}

const mount = (path: string, more: Partial<Mount> = {}): Mount => ({
  path,
  source: `/volumes${path}`,
  kind: "folder",
  readOnly: false,
  ...more,
});

interface Shown {
  readonly prepare: readonly string[];
  readonly surroundings: readonly string[];
  readonly mounts: readonly string[];
  readonly newRoot?: string | undefined;
}

/** The plan as text, the staging folder as `S`. */
function plan(host: HostFiles, ...mounts: readonly Mount[]): Shown {
  const short = (path: string): string => path.replace(STAGING, "S");
  const made = planMounts(mounts, STAGING, host);
  const lines = (list: typeof made.mounts) =>
    list.map(({ from, at, readOnly }) => `${short(from)} -> ${short(at)}${readOnly ? " ro" : ""}`);
  return {
    prepare: made.prepare.map(
      (step) => `${step.make} ${short(step.path)}${step.make === "link" ? ` -> ${step.to}` : ""}`,
    ),
    surroundings: lines(made.surroundings),
    mounts: lines(made.mounts),
    ...(made.newRoot === undefined ? {} : { newRoot: short(made.newRoot) }),
  };
}

describe("a plan of mounts", () => {
  test("a path that exists is covered just so", () => {
    expect(plan(hostWith("/srv"), mount("/srv", { readOnly: true }))).toEqual({
      prepare: ["folder S/top-0-0"],
      surroundings: [],
      mounts: ["/volumes/srv -> S/top-0-0 ro", "S/top-0-0 -> /srv"],
    });
  });

  test("a path that does not exist: its deepest ancestor is shadowed, with all that it holds", () => {
    const host = hostWith("/run/lock", "/run/pid.file", "/run/link");
    expect(plan(host, mount("/var/run/argo"))).toEqual({
      prepare: [
        "folder S/top-0-0",
        "folder S/top-0-0/lock",
        "file S/top-0-0/pid.file",
        "link S/top-0-0/link -> ../target",
        "folder S/top-0-0/argo",
      ],
      surroundings: ["/run/lock -> S/top-0-0/lock", "/run/pid.file -> S/top-0-0/pid.file"],
      mounts: ["/volumes/var/run/argo -> S/top-0-0/argo", "S/top-0-0 -> /run"],
    });
  });

  test("two new paths of one ancestor share its shadow; one that the ancestor has needs no mount point", () => {
    const shown = plan(
      hostWith("/run/lock"),
      mount("/run/a/b"),
      mount("/run/lock"),
      mount("/run/c.txt", { kind: "file" }),
    );
    expect(shown.prepare).toEqual([
      "folder S/top-0-0",
      "folder S/top-0-0/lock",
      "folder S/top-0-0/a/b",
      "file S/top-0-0/c.txt",
    ]);
    expect(shown.mounts.at(-1)).toBe("S/top-0-0 -> /run");
    expect(shown.mounts).toContain("/volumes/run/lock -> S/top-0-0/lock");
  });

  test("a mount within a volume gets its mount point in the volume", () => {
    expect(plan(hostWith("/data"), mount("/data/in/side"), mount("/data"))).toEqual({
      prepare: ["folder S/top-0-0", "folder /volumes/data/in/side"],
      surroundings: [],
      mounts: ["/volumes/data -> S/top-0-0", "/volumes/data/in/side -> S/top-0-0/in/side", "S/top-0-0 -> /data"],
    });
  });

  test("below the root: the process gets another root, and a shadow within a shadow lies in it", () => {
    const shown = plan(hostWith("/run/lock"), mount("/fresh"), mount("/run/argo"));
    expect(shown.newRoot).toBe("S/top-0-0");
    // A root must be a mount; and what holds the staging folder is bound before there is anything mounted in it.
    expect(shown.surroundings.slice(0, 2)).toEqual(["S/top-0-0 -> S/top-0-0", "/tmp -> S/top-0-0/tmp"]);
    expect(shown.surroundings).toContain("/run/lock -> S/top-1-1/lock");
    expect(shown.prepare).toEqual(expect.arrayContaining(["folder S/top-0-0/fresh", "folder S/top-1-1/argo"]));
    expect(shown.mounts).toEqual([
      "S/top-1-1 -> S/top-0-0/run",
      "/volumes/fresh -> S/top-0-0/fresh",
      "/volumes/run/argo -> S/top-0-0/run/argo",
    ]);
  });

  test("what covers the staging folder itself comes last", () => {
    const shown = plan(hostWith("/zzz"), mount("/tmp"), mount("/zzz"));
    expect(shown.mounts.slice(-2)).toEqual(["S/top-1-1 -> /zzz", "S/top-0-0 -> /tmp"]);
  });

  test.each([
    ["/a", "/a", true],
    ["/a/b", "/a", true],
    ["/ab", "/a", false],
    ["/a", "/", true],
  ])("%s within %s: %s", (path, folder, want) => {
    expect(isWithin(path, folder)).toBe(want);
  });
});

describe("mount tables", () => {
  const mountInfo = [
    "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
    String.raw`88 27 0:39 / /tmp rw,nosuid,nodev - tmpfs none rw`,
    String.raw`89 88 0:40 / /tmp/with\040space rw,nosuid,noexec - tmpfs none rw`,
    "90 88 0:41 / /tmp/over rw,nodev - tmpfs none rw",
    "91 90 0:42 / /tmp/over rw - tmpfs none rw",
  ].join("\n");

  test("are what mount(8) reads, odd characters escaped", () => {
    const mounts = [
      { from: "/run/a b", at: "/s/#1", readOnly: false },
      { from: "/tmp/x\\y", at: "/s/2", readOnly: true },
    ];
    expect(fstab(mounts, mountInfo)).toBe(
      String.raw`/run/a\040b /s/\0431 none rbind 0 0` +
        "\n" +
        String.raw`/tmp/x\134y /s/2 none rbind,ro,nosuid,nodev 0 0` +
        "\n",
    );
  });

  test.each([
    ["/srv/x", []],
    ["/tmp", ["nosuid", "nodev"]],
    ["/tmpother", []],
    ["/tmp/with space/x", ["nosuid", "noexec"]],
    ["/tmp/over/x", []],
  ])("options that cannot be taken off at %s: %j", (path, want) => {
    expect(lockedOptions(mountInfo, path)).toEqual(want);
  });
});

describe("the launcher", () => {
  const tools: SandboxTools = { unshare: "/u", mount: "/m", umount: "/um", pivotRoot: "/p" };
  const namespaces: Isolation = { kind: "namespaces", tools, flags: ["--flag"], wrapper: ["/u", "--"] };

  test("without namespaces the shell becomes the program", () => {
    const [file, option, script, ...rest] = launchCommand(
      { kind: "none", why: "" },
      { argv: ["/bin/echo", "a b"], workingDir: "/it's" },
    );
    expect([file, option, ...rest]).toEqual(["/bin/sh", "-c", "sh", "/bin/echo", "a b"]);
    expect(script).toContain(String.raw`cd '/it'\''s' || exit 125`);
    expect(script).toMatch(/exec "\$@" 3>&-$/);
  });

  test("with them: surroundings may fail, mounts may not, then comes the new root", () => {
    const [file, ...args] = launchCommand(namespaces, {
      argv: ["/bin/true"],
      workingDir: "/",
      surroundings: "/s/around",
      mounts: "/s/mounts",
      newRoot: "/s/root",
    });
    expect([file, ...args.slice(0, 3), ...args.slice(4)]).toEqual([
      "/u",
      "--flag",
      "/bin/sh",
      "-c",
      "sh",
      "/u",
      "--",
      "/bin/true",
    ]);
    const steps = args[3]?.split("\n").filter((line) => line.startsWith("{"));
    expect(steps).toEqual([
      "{ '/m' -n -a -T '/s/around' 2>/dev/null || true; } 2>&4 || exit 125",
      "{ '/m' -n -a -T '/s/mounts'; } 2>&4 || exit 125",
      "{ cd '/s/root' && '/p' . . && '/um' -l .; } 2>&4 || exit 125",
      "{ cd '/'; } 2>&4 || exit 125",
    ]);
  });

  test("what is tried, the best first: ordinary users keep their id, root keeps its powers", () => {
    const flags = (uid: number) =>
      candidates(tools, { uid, gid: uid }).map(({ flags, wrapper }) => [
        flags.includes("--user"),
        flags.includes("--mount-proc"),
        wrapper.length > 0,
      ]);
    expect(flags(1000)).toEqual([
      [true, true, true],
      [true, false, true],
      [true, true, false],
      [true, false, false],
    ]);
    expect(flags(0)).toEqual([
      [false, true, false],
      [false, false, false],
      [true, true, false],
      [true, false, false],
    ]);
  });
});
