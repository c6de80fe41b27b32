import { EVENTS } from "@outrigger/kube";
import type { Clock, KubeClient } from "@outrigger/kube";
import { errorText } from "@outrigger/telemetry";
import type { Logger } from "@outrigger/telemetry";
import type { KubeObject } from "@outrigger/types";
import { NotLeading } from "./fenced-client.ts";

const COMPONENT = "outrigger-controller";
const MAX_MESSAGE_LENGTH = 1_024; // the API refuses longer ones

export interface EventContent {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Writes Kubernetes Events. One that cannot be written is logged and forgotten: nothing may depend on an Event. */
export class EventRecorder {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #written = 0;

  constructor(options: EventRecorderOptions) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  async record(about: KubeObject, content: EventContent): Promise<void> {
    const { name = "", namespace = "default", uid } = about.metadata;
    const now = new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
    try {
      await this.#client.create(EVENTS, namespace, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: `${name}.${this.#suffix()}`, namespace },
        involvedObject: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          name,
          namespace,
          uid,
          resourceVersion: about.metadata.resourceVersion,
        },
        ...content,
        message: content.message.slice(0, MAX_MESSAGE_LENGTH),
        source: { component: COMPONENT },
        reportingComponent: COMPONENT,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      });
    } catch (error) {
      if (error instanceof NotLeading) return; // of several that see the same, one tells
      this.#logger.warn(
        { namespace, name, reason: content.reason, error: errorText(error) },
        "Event could not be written",
      );
    }
  }

  // As client-go names events: the time in hexadecimal, here with a counter against two in one millisecond.
  #suffix(): string {
    this.#written += 1;
    return (BigInt(this.#clock.now()) * 1_000_000n + BigInt(this.#written % 1_000_000)).toString(16);
  }
}
