import type { JsonObject } from "./parse/json.ts";
import { boolean, integer, jsonObject, list, object, string } from "./parse/parsers.ts";
import type { Parser } from "./parse/parsers.ts";
import { objectMetaParser } from "./meta.ts";
import type { ObjectMeta } from "./meta.ts";

export interface ContainerStateWaiting {
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStateTerminated extends ContainerStateWaiting {
  readonly exitCode: number;
  readonly signal?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** One of the three is set. */
export interface ContainerState {
  readonly waiting?: ContainerStateWaiting;
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: ContainerStateTerminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly image?: string;
  readonly imageID?: string;
  readonly containerID?: string;
  readonly started?: boolean;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly startTime?: string;
  readonly conditions?: readonly PodCondition[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

/** What we read of a pod: how it fares. Its spec is opaque here; whoever runs pods parses it. */
export interface Pod {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly spec?: JsonObject;
  readonly status?: PodStatus;
}

const waitingShape = { reason: string, message: string } as const;

const stateParser: Parser<ContainerState> = object<ContainerState>({
  waiting: object<ContainerStateWaiting>(waitingShape),
  running: object<{ readonly startedAt?: string }>({ startedAt: string }),
  terminated: object<ContainerStateTerminated>(
    { ...waitingShape, exitCode: integer, signal: integer, startedAt: string, finishedAt: string },
    { required: ["exitCode"] },
  ),
});

const containerStatusParser: Parser<ContainerStatus> = object<ContainerStatus>(
  {
    name: string,
    ready: boolean,
    restartCount: integer,
    image: string,
    imageID: string,
    containerID: string,
    started: boolean,
    state: stateParser,
    lastState: stateParser,
  },
  { required: ["name"] },
);

const podConditionParser: Parser<PodCondition> = object<PodCondition>(
  { type: string, status: string, reason: string, message: string, lastTransitionTime: string },
  { required: ["type", "status"] },
);

export const podParser: Parser<Pod> = object<Pod>(
  {
    apiVersion: string,
    kind: string,
    metadata: objectMetaParser,
    spec: jsonObject,
    status: object<PodStatus>({
      phase: string,
      reason: string,
      message: string,
      startTime: string,
      conditions: list(podConditionParser),
      initContainerStatuses: list(containerStatusParser),
      containerStatuses: list(containerStatusParser),
    }),
  },
  { required: ["metadata"] },
);
