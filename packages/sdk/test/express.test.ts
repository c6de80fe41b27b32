import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXECUTE, call, requestFor } from "./plugin-under-test.ts";

const BODY = requestFor({ hello: {} });

// In a process of its own, since Express does not resolve its own parts under the test runner's import conditions.
describe("the Express router", () => {
  const app = spawn(process.execPath, ["--conditions=@outrigger/source", join(import.meta.dirname, "express-app.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let url = "";

  beforeAll(async () => {
    const [port] = (await once(app.stdout, "data")) as [Buffer];
    url = `http://127.0.0.1:${port.toString().trim()}`;
  });

  afterAll(async () => {
    app.kill();
    await once(app, "exit");
  });

  it("serves a plugin within an application", async () => {
    expect((await call(url, BODY)).json).toMatchObject({ node: { phase: "Succeeded" } });
    expect((await call(url, BODY, { token: "wrong" })).status).toBe(403);
    const info = await call(url, undefined, { method: "GET", path: "/api/v1/plugin.info" });
    expect(info.json).toMatchObject({ keys: ["hello"] });
    const own = await call(url, undefined, { method: "GET", path: "/about", token: "" });
    expect(own.text).toBe("mine");
  });

  it("serves below the path that it is mounted at", async () => {
    expect((await call(url, BODY, { path: `/plugins/hello${EXECUTE}` })).status).toBe(200);
  });

  it("takes a body that the application has read already", async () => {
    const answer = await call(url, BODY, { path: `/parsed${EXECUTE}` });
    expect(answer.json).toMatchObject({ node: { phase: "Succeeded" } });
  });

  it("takes all methods, and leaves other paths to the application: 404 for the agent", async () => {
    expect((await call(url, BODY, { path: "/api/v1/template.cancel" })).status).toBe(200);
    expect((await call(url, BODY, { path: "/api/v1/template.pause" })).status).toBe(404);
    expect((await call(url, undefined, { method: "GET", path: EXECUTE })).status).toBe(405);
  });

  it("bounds the body", async () => {
    expect((await call(url, requestFor({ hello: { text: "x".repeat(1_000) } }))).status).toBe(413);
  });
});
