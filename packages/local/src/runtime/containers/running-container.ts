export interface ContainerExit {
  readonly exitCode: number;
  /** Where it is not the usual Completed or Error. */
  readonly reason?: string;
  readonly message?: string;
}

/** A container that was started: a child process, or a function of this one. */
export interface RunningContainer {
  readonly id: string;
  /** Never rejects. */
  readonly ended: Promise<ContainerExit>;
  /** SIGTERM: it may tidy up. */
  terminate(): void;
  /** SIGKILL. */
  kill(): void;
}

/** What a shell and a kubelet make of a signal: 128 and its number. */
export const EXIT_TERMINATED = 143;
export const EXIT_KILLED = 137;
/** It could not even be started, as container runtimes report it. */
export const EXIT_NOT_STARTED = 128;
