import type { ConnectionError, KubeError, KubeErrorReason } from "@outrigger/kube";
import { EXIT_CODES } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { UserError } from "./user-error.ts";

/** What is said of an error, and what the program exits with. */
export interface Explanation {
  readonly message: string;
  readonly exitCode: ExitCode;
}

const NOT_OURS: Readonly<Partial<Record<KubeErrorReason, string>>> = {
  Unreachable: "is it up, and is this the cluster you mean? --kubeconfig and --context choose another",
  DeadlineExceeded: "is it up, and is this the cluster you mean? --kubeconfig and --context choose another",
  Unauthorized: "the credentials of the kubeconfig are not valid, or no longer: log in again",
  Forbidden: "ask whoever runs the cluster for this permission",
};

export function explainError(error: unknown): Explanation {
  if (error instanceof UserError) return { message: error.message, exitCode: EXIT_CODES.badInput };
  if (isConnectionError(error)) return { message: error.message, exitCode: EXIT_CODES.unavailable };
  if (isKubeError(error)) return explainKubeError(error);
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    exitCode: EXIT_CODES.failed,
  };
}

function explainKubeError(error: KubeError): Explanation {
  if (error.reason === "NotFound" && !error.message.includes('"')) {
    const message = `${error.message} (has this cluster the CustomResourceDefinitions? outrigger doctor tells)`;
    return { message, exitCode: EXIT_CODES.unavailable };
  }
  const hint = NOT_OURS[error.reason];
  if (hint === undefined) return { message: error.message, exitCode: EXIT_CODES.failed };
  return { message: `${error.message} (${hint})`, exitCode: EXIT_CODES.unavailable };
}

// By name: to know the classes, their package would have to be loaded at every start.
function isKubeError(error: unknown): error is KubeError {
  return error instanceof Error && error.name === "KubeError";
}

function isConnectionError(error: unknown): error is ConnectionError {
  return error instanceof Error && error.name === "ConnectionError";
}
