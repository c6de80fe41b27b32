import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where the controller mounts the Secret `argo-workflows-agent-ca-certificates`, if there is one. */
export const CA_CERTIFICATES = "/etc/ssl/certs/ca-certificates";

/** Certificates (PEM) that are to be trusted beside the usual ones; none where there is no such folder. */
export async function readCertificates(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => /\.(crt|pem|cer)$/.test(name)).map((name) => join(folder, name));
  return Promise.all(files.map((file) => readFile(file, "utf8")));
}
