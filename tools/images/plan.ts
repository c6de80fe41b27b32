// What `npm run images` is asked for, as a value.

/** Targets of deploy/Dockerfile; each is an image of that name. */
export const RELEASED = ["controller", "agent", "plugin-hello", "plugin-http-poll", "plugin-slack"] as const;

/** Stands in for an image of Docker Hub where there is no registry: the plugin in Python of Argo's documentation runs on it unchanged. */
export const TEST_PYTHON = "test-python";
const TEST_PYTHON_REFERENCE = "docker.io/library/python:alpine3.6";

export interface ImagePlan {
  readonly name: string;
  readonly reference: string;
}

export interface Request {
  readonly images: readonly ImagePlan[];
  /** Whether they go into the cluster of KUBECONFIG. */
  readonly load: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export function parseRequest(args: readonly string[], version: string): Request {
  const known: readonly string[] = [...RELEASED, TEST_PYTHON];
  const names = args.filter((arg) => arg !== "--load");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`no image "${unknown}": npm run images -- [${known.join("|")} …] [--load]`);
  }
  const images = (names.length === 0 ? RELEASED : names).map((name) => ({ name, reference: reference(name, version) }));
  return { images, load: args.includes("--load") };
}

function reference(name: string, version: string): string {
  return name === TEST_PYTHON ? TEST_PYTHON_REFERENCE : `ghcr.io/outrigger-dev/${name}:${version}`;
}
