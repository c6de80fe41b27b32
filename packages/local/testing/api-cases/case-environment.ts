import { randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "@outrigger/kube";
import type { JsonObject } from "@outrigger/types";
import { parse } from "yaml";
import type { CaseTarget } from "./case-run.ts";
import { RawClient } from "./raw-client.ts";
import { TEST_DEFINITIONS } from "./test-definitions.ts";

const CRD_FOLDER = join(import.meta.dirname, "../../../../deploy/crds");
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const DEADLINE_MS = 15_000;

/** What cases find on a server: custom kinds under a group that no one else uses, and namespaces of their own. Leaves nothing behind. */
export class CaseEnvironment {
  readonly group = `x${randomBytes(4).toString("hex")}.cases.outrigger.dev`;
  readonly #client: RawClient;
  readonly #namespaces = new Set<string>();
  readonly #definitions: string[] = [];

  constructor(connection: Connection) {
    this.#client = new RawClient(connection);
  }

  /** Installs the definitions of deploy/crds, under our group, and those that only cases need. */
  async setUp(): Promise<void> {
    const deployed = readdirSync(CRD_FOLDER).map((file) => readFileSync(join(CRD_FOLDER, file), "utf8"));
    const texts = [...deployed.map((text) => text.replaceAll(/\bargoproj\.io\b/g, this.group)), ...this.#own()];
    for (const text of texts) await this.#install(parse(text) as JsonObject);
    for (const name of this.#definitions) await this.#untilServed(name);
  }

  async target(): Promise<CaseTarget> {
    const namespace = `cases-${randomBytes(5).toString("hex")}`;
    this.#namespaces.add(namespace);
    await this.#send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    await this.#until(
      async () => (await this.#send("GET", `/api/v1/namespaces/${namespace}/serviceaccounts/default`)) === 200,
    );
    const onNamespace = (name: string): void => void this.#namespaces.add(name);
    return { client: this.#client, namespace, group: this.group, onNamespace };
  }

  async tearDown(): Promise<void> {
    for (const name of this.#namespaces) await this.#send("DELETE", `/api/v1/namespaces/${name}`);
    for (const name of this.#definitions) await this.#send("DELETE", `${DEFINITIONS}/${name}`);
    this.#client.close();
  }

  #own(): string[] {
    return TEST_DEFINITIONS.map((text) => text.replaceAll("GROUP", this.group));
  }

  async #install(definition: JsonObject): Promise<void> {
    const { name } = definition["metadata"] as { readonly name: string };
    this.#definitions.push(name);
    await this.#send("POST", DEFINITIONS, definition);
  }

  async #untilServed(name: string): Promise<void> {
    const plural = name.slice(0, name.indexOf("."));
    const versions = ["v1", "v1alpha1"].map((version) => `/apis/${this.group}/${version}/${plural}`);
    await this.#until(async () => {
      const statuses = await Promise.all(versions.map((path) => this.#send("GET", path)));
      return statuses.includes(200);
    });
  }

  async #until(isDone: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await isDone())) {
      if (Date.now() > deadline) throw new Error("the server does not get ready for the API cases");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #send(method: string, path: string, body?: JsonObject): Promise<number> {
    const answer = await this.#client.send({
      method,
      path,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    return answer.status;
  }
}
