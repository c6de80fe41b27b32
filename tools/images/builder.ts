import type { ImagePlan } from "./plan.ts";
import { baseFromDebian } from "./debian.ts";
import { run, works } from "../command.ts";

export interface Builder {
  /** Builds a target of deploy/Dockerfile. */
  build(image: ImagePlan, version: string): void;
  /** An image with nothing in it but the content of a folder. */
  fromFolder(reference: string, folder: string): void;
  /** Writes a docker-archive. */
  save(reference: string, archive: string): void;
  /** Runs a script of the folder in the image, and answers what it writes. */
  runInside(reference: string, folder: string, args: readonly string[]): string;
}

/** Where nothing in an image may depend on when it was built. */
const TIMESTAMP = ["--timestamp", "1"];
const BUILDAH_BASE = "localhost/outrigger-base:1";

const buildFlags = (image: ImagePlan, version: string): readonly string[] => [
  "--file",
  "deploy/Dockerfile",
  `--target=${image.name}`,
  `--tag=${image.reference}`,
  `--build-arg=VERSION=${version}`,
];

const docker = (root: string): Builder => ({
  build: (image, version) => void run(["docker", "build", ...buildFlags(image, version), "."], { cwd: root }),
  fromFolder: (reference, folder) =>
    void run(["sh", "-c", `tar -c -C "$1" . | docker import - "$2"`, "sh", folder, reference]),
  save: (reference, archive) => void run(["docker", "save", "--output", archive, reference]),
  runInside: (reference, folder, args) =>
    run([
      "docker",
      "run",
      "--rm",
      "--read-only",
      "--tmpfs",
      "/tmp:mode=1777",
      "--volume",
      `${folder}:/inside:ro`,
      "--entrypoint",
      "/usr/local/bin/node",
      reference,
      ...args,
    ]),
});

// Without a daemon, without a registry, and inside a container, too: chroot needs no runtime.
const CHROOT = { BUILDAH_ISOLATION: "chroot" };

const buildah = (root: string): Builder => ({
  build: (image, version) => {
    if (!works(["buildah", "inspect", "--type", "image", BUILDAH_BASE]))
      baseFromDebian((folder) => buildahFromFolder(BUILDAH_BASE, folder));
    const base = ["--build-arg", `BASE=${BUILDAH_BASE}`];
    run(["buildah", "build", "--layers", ...TIMESTAMP, ...base, ...buildFlags(image, version), "."], {
      cwd: root,
      env: CHROOT,
    });
  },
  fromFolder: buildahFromFolder,
  save: (reference, archive) =>
    void run(["buildah", "push", "--quiet", reference, `docker-archive:${archive}:${reference}`]),
  runInside: (reference, folder, args) => {
    const container = run(["buildah", "from", reference]).trim();
    try {
      return run(
        ["buildah", "run", "--volume", `${folder}:/inside:ro`, container, "--", "/usr/local/bin/node", ...args],
        { env: CHROOT },
      );
    } finally {
      run(["buildah", "rm", container]);
    }
  },
});

function buildahFromFolder(reference: string, folder: string): void {
  const container = run(["buildah", "from", "scratch"]).trim();
  try {
    run(["buildah", "add", "--quiet", container, folder, "/"]);
    run(["buildah", "config", "--env", "PATH=/usr/local/bin:/usr/bin", container]);
    run(["buildah", "commit", "--quiet", ...TIMESTAMP, container, reference]);
  } finally {
    run(["buildah", "rm", container]);
  }
}

/** Docker where a daemon answers, else buildah. */
export function findBuilder(root: string): Builder {
  if (works(["docker", "info"])) return docker(root);
  if (works(["buildah", "--version"])) return buildah(root);
  throw new Error(
    "images are built by Docker, whose daemon does not answer here, or by buildah (apt-get install buildah), which is not installed",
  );
}
