import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { serve } from "@outrigger/sdk";
import { TOKEN, call, hello, requestFor, serving } from "./plugin-under-test.ts";

const BODY = requestFor({ hello: {} });

async function tokenFile(content?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sdk-token-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "token");
  if (content !== undefined) await writeFile(path, content);
  return path;
}

/** Takes its token from the file that the environment names. */
function servingWithFile(path: string): ReturnType<typeof serving> {
  return serving(hello, { token: undefined, env: { OUTRIGGER_TOKEN_PATH: path } });
}

describe("the token", () => {
  it.each([
    ["the right one", { Authorization: `Bearer ${TOKEN}` }, 200],
    ["the scheme in lower case", { Authorization: `bearer ${TOKEN}` }, 200],
    ["a wrong one", { Authorization: "Bearer wrong" }, 403],
    ["a longer one", { Authorization: `Bearer ${TOKEN}x` }, 403],
    ["the beginning of it", { Authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 403],
    ["an empty one", { Authorization: "Bearer " }, 403],
    ["another scheme", { Authorization: `Basic ${TOKEN}` }, 403],
    ["nothing", { Authorization: "" }, 403],
  ])("%s", async (_what, headers, status) => {
    const { url } = await serving(hello);
    expect((await call(url, BODY, { headers })).status).toBe(status);
  });

  it("guards every method, known or not", async () => {
    const { url } = await serving(hello);
    const info = await call(url, undefined, { method: "GET", path: "/api/v1/plugin.info", token: "wrong" });
    const unknown = await call(url, {}, { path: "/api/v1/nothing", token: "wrong" });
    expect([info.status, unknown.status]).toEqual([403, 403]);
  });

  it("comes from the file that the environment names; white space at its end does not count", async () => {
    const { url } = await servingWithFile(await tokenFile(`${TOKEN}\n`));
    expect((await call(url, BODY)).status).toBe(200);
  });

  it("is read again when it has changed", async () => {
    const path = await tokenFile("first");
    const { url } = await servingWithFile(path);
    expect((await call(url, BODY, { token: "first" })).status).toBe(200);
    await writeFile(path, "second");
    expect((await call(url, BODY, { token: "second" })).status).toBe(200);
    expect((await call(url, BODY, { token: "first" })).status).toBe(403);
  });

  it.each([
    ["is missing", undefined, /token file .* cannot be read \(ENOENT\)/],
    ["is empty", "\n", /token file .* is empty/],
  ])("file that %s: the agent is told to try again, and nobody gets in", async (_what, content, message) => {
    const path = await tokenFile(content);
    const server = await servingWithFile(path);
    const refused = await call(server.url, BODY, { token: "anything" });
    expect(refused.status).toBe(503);
    expect(refused.text).toMatch(message);
    expect(server.logLines.at(-1)).toMatchObject({ level: "error", msg: "Token cannot be checked" });
    expect((await call(server.url, BODY, { headers: { Authorization: "" } })).status).toBe(403);

    await writeFile(path, TOKEN);
    expect((await call(server.url, BODY)).status).toBe(200);
  });

  it("can be switched off", async () => {
    const { url } = await serving(hello, { token: false });
    expect((await call(url, BODY, { headers: { Authorization: "" } })).status).toBe(200);
  });

  it("must not be empty", async () => {
    await expect(serve(hello, { token: "", port: 0 })).rejects.toThrow("the token must not be empty");
  });
});
