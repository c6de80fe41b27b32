import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Job {
  readonly id: number;
  /** How often it was asked for. */
  polls: number;
  status: "running" | "succeeded" | "failed" | "cancelled";
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

export type Script = (response: ServerResponse, act: () => void) => void;

/** A server with jobs: POST /jobs starts one (one only for an idempotency key), GET tells of it, DELETE ends it. */
export class FakeJobs {
  readonly jobs: Job[] = [];
  readonly seen: Seen[] = [];
  /** For the next requests, one each; undefined for one that goes well. */
  readonly scripts: (Script | undefined)[] = [];
  /** A job ends when it has been asked for as often as this. */
  pollsToEnd = 2;
  end: Job["status"] = "succeeded";
  readonly url: string;
  readonly #byKey = new Map<string, Job>();

  private constructor(url: string) {
    this.url = url;
  }

  static async start(...scripts: readonly (Script | undefined)[]): Promise<FakeJobs> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const jobs = new FakeJobs(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    jobs.scripts.push(...scripts);
    server.on("request", (request, response) => void jobs.#answer(request, response));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return jobs;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = "", url: path = "", headers } = request;
    this.seen.push({ method, path, headers, body: text === "" ? undefined : JSON.parse(text) });
    const script = this.scripts.shift();
    if (script !== undefined) return script(response, () => void this.#act(method, path, headers));
    const job = this.#act(method, path, headers);
    if (job === undefined) return void response.writeHead(404).end(JSON.stringify({ error: "no such job" }));
    response.end(JSON.stringify(this.#shown(job)));
  }

  #act(method: string, path: string, headers: IncomingMessage["headers"]): Job | undefined {
    if (method === "POST") return this.#started(headers["idempotency-key"]?.toString());
    const job = this.jobs.find(({ id }) => path === `/jobs/${id}`);
    if (job === undefined) return undefined;
    if (method === "DELETE") job.status = "cancelled";
    else if (++job.polls >= this.pollsToEnd && job.status === "running") job.status = this.end;
    return job;
  }

  #started(key = ""): Job {
    const known = this.#byKey.get(key);
    if (known !== undefined && key !== "") return known;
    const job: Job = { id: 41 + this.jobs.push({ id: 0, polls: 0, status: "running" }), polls: 0, status: "running" };
    this.jobs[this.jobs.length - 1] = job;
    this.#byKey.set(key, job);
    return job;
  }

  #shown({ id, polls, status }: Job): object {
    const progress = Math.min(100, Math.floor((100 * polls) / this.pollsToEnd));
    return {
      job: { id },
      state: { phase: status },
      progress,
      message: `${polls} polls`,
      result: { url: `/results/${id}`, rows: 3 },
    };
  }
}
