import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where the agent pod's containers share tokens: a plugin's container sees its own folder only, as /var/run/argo. */
export const VAR_RUN_ARGO = "/var/run/argo";

const TOKEN_FILE = "token";
// A plugin runs as whatever user and group its image has, often none of ours. Who may read is settled by what is mounted where.
const TOKEN_MODE = 0o444;
const FOLDER_MODE = 0o755;
// 32 characters.
const TOKEN_BYTES = 24;

/** Makes a token for each plugin that has none yet: `<folder>/<name>/token`, without a newline. */
export async function makeTokens(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = join(folder, name, TOKEN_FILE);
    await mkdir(join(folder, name), { recursive: true, mode: FOLDER_MODE });
    if ((await readFile(file, "utf8").catch(() => "")) === "") await putToken(file);
  }
}

// A plugin that looks at the wrong moment finds no token, but never half of one.
async function putToken(file: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, randomBytes(TOKEN_BYTES).toString("base64url"), { mode: TOKEN_MODE });
  await chmod(draft, TOKEN_MODE); // whatever the umask is
  await rename(draft, file);
}

/** Reads a plugin's token when it is first needed. */
export function tokenReader(folder: string, name: string): () => Promise<string> {
  const read = renewedTokenReader(folder, name);
  let token: string | undefined;
  return async () => {
    token ??= await read();
    return token;
  };
}

/** Reads a plugin's token each time: a mounted Secret may change. */
export function renewedTokenReader(folder: string, name: string): () => Promise<string> {
  const file = join(folder, name, TOKEN_FILE);
  return () => readToken(file);
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trimEnd();
  } catch (error) {
    throw new Error(`the plugin's token ${file} cannot be read; has "agent init" run, or is its Secret mounted?`, {
      cause: error,
    });
  }
}
