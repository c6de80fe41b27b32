// An application with a plugin mounted in three ways. Prints its port.
import express from "express";
import type { AddressInfo } from "node:net";
import { pluginRouter } from "@outrigger/sdk/express";
import { TOKEN, hello } from "./hello.ts";

// #region pluginRouter
const router = pluginRouter(hello, { token: TOKEN, maxBodyBytes: 1_000 });
const app = express()
  .get("/about", (_request, response) => void response.send("mine"))
  .use("/plugins/hello", router); // POST /plugins/hello/api/v1/template.execute
// #endregion
const server = app
  .use("/parsed", express.json(), router)
  .use(router)
  .listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
