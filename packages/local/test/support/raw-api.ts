import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import type { LocalCluster } from "../../src/index.ts";
import { RawClient } from "../../testing/api-cases/raw-client.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly text: string;
}

/** Requests as they are, on an embedded cluster. */
export class RawApi {
  readonly #client: RawClient;

  constructor(cluster: LocalCluster) {
    this.#client = new RawClient(cluster.connection());
  }

  async send(method: string, path: string, body?: JsonValue, contentType = "application/json"): Promise<ApiAnswer> {
    const sent = body === undefined ? {} : { headers: { "content-type": contentType }, body: JSON.stringify(body) };
    return this.sendRaw({ method, path, ...sent });
  }

  async sendRaw(request: Parameters<RawClient["send"]>[0]): Promise<ApiAnswer> {
    const { status, body, text } = await this.#client.send(request);
    return { status, body: isJsonObject(body) ? body : {}, text };
  }

  close(): void {
    this.#client.close();
  }
}
