import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { probeIsolation } from "@outrigger/local";
import type { ProgramContext } from "../../program-context.ts";
import { findings } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** Whether plugins can have mounts of their own here, as in a cluster. */
export async function checkIsolation({ env }: Pick<ProgramContext, "env">): Promise<readonly Finding[]> {
  const { ok, warn } = findings("mounts");
  const folder = await mkdtemp(join(tmpdir(), "outrigger-doctor-"));
  try {
    const { uid, gid } = userInfo();
    const isolation = await probeIsolation({ folder, path: env["PATH"] ?? "", uid, gid });
    if (isolation.kind === "namespaces")
      return [ok("", "plugins find their token at /var/run/argo/token, as in a cluster")];
    const next =
      "plugins of the SDK do not mind; others must look for their token where OUTRIGGER_TOKEN_PATH says (packages/local/LIMITS.md)";
    return [warn("", `plugins get no mounts of their own: ${isolation.why}`, next)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
