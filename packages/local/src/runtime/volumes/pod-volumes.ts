// Owns: the folders of one pod's volumes and what stands in them. Does not own: where containers see them (sandbox/), nor the
// removal of the pod's folder.
// Invariants:
//  V1 a volume is complete before any container starts;
//  V2 a mount never leads out of its volume, whatever links a container made in there.
import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { CannotStart } from "../cannot-start.ts";
import { expand } from "../env.ts";
import type { Environment } from "../env.ts";
import { fileKind } from "../host-files.ts";
import { isWithin } from "../sandbox/mount-plan.ts";
import type { Mount } from "../sandbox/mount-plan.ts";
import type { ContainerSpec, VolumeMount } from "../spec/pod-spec.ts";
import type { Volume } from "../spec/volume-spec.ts";
import { AtomicFolder } from "./atomic-folder.ts";
import type { ServiceAccountTokens } from "./service-account-tokens.ts";
import { isInside, volumeFiles } from "./volume-files.ts";
import type { FilesVolume, VolumeContext } from "./volume-files.ts";

export interface PodVolumesOptions {
  readonly folder: string;
  readonly volumes: readonly Volume[];
  readonly tokens: ServiceAccountTokens;
  /** Asked anew each time, since labels change. */
  readonly context: () => Omit<VolumeContext, "token">;
}

export class PodVolumes {
  readonly #options: PodVolumesOptions;
  readonly #places = new Map<string, string>();
  readonly #folders = new Map<FilesVolume, AtomicFolder>();
  #ready: Promise<void> | undefined;

  constructor(options: PodVolumesOptions) {
    this.#options = options;
  }

  /** Makes all volumes, once; an attempt that failed can be repeated. Throws CannotStart. */
  async prepare(): Promise<void> {
    this.#ready ??= this.#prepareAll();
    try {
      await this.#ready; // V1
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }

  /** Brings files up to date. What is missing now leaves a volume as it was. */
  refresh(): void {
    for (const [volume, folder] of this.#folders) {
      const files = volumeFiles(volume, this.#context());
      if (files.ok) folder.write(files.value);
    }
  }

  /** What the container wants to see, and where. */
  mountsOf(container: ContainerSpec, env: Environment): readonly Mount[] {
    return container.volumeMounts.map((mount) => this.#mount(container.name, mount, env));
  }

  async #prepareAll(): Promise<void> {
    for (const [index, volume] of this.#options.volumes.entries()) {
      this.#places.set(volume.name, await this.#prepareOne(volume, join(this.#options.folder, `${index}`)));
    }
  }

  async #prepareOne(volume: Volume, folder: string): Promise<string> {
    switch (volume.kind) {
      case "emptyDir":
        mkdirSync(folder, { recursive: true });
        return folder;
      case "hostPath":
        if (fileKind(volume.path) === undefined)
          throw mountFailed(volume, `${volume.path} does not exist on this machine`);
        return volume.path;
      case "files":
        await this.#writeFiles(volume, folder);
        return folder;
      default:
        throw mountFailed(volume, `volumes of type ${volume.type} are not available locally; use an emptyDir`);
    }
  }

  async #writeFiles(volume: FilesVolume, path: string): Promise<void> {
    const sources = volume.sources.flatMap(({ serviceAccountToken }) => serviceAccountToken ?? []);
    try {
      await Promise.all(sources.map((source) => this.#options.tokens.keep(source)));
    } catch (error) {
      throw mountFailed(volume, `cannot get a token: ${String(error)}`, "backoff");
    }
    const files = volumeFiles(volume, this.#context());
    if (!files.ok) throw mountFailed(volume, files.issues.map((issue) => issue.message).join("; "));
    const folder = this.#folders.get(volume) ?? new AtomicFolder(path);
    folder.write(files.value);
    this.#folders.set(volume, folder);
  }

  #context(): VolumeContext {
    return { ...this.#options.context(), token: (source) => this.#options.tokens.get(source) };
  }

  #mount(container: string, mount: VolumeMount, env: Environment): Mount {
    const volume = this.#options.volumes.find(({ name }) => name === mount.name);
    const root = this.#places.get(mount.name);
    if (volume === undefined || root === undefined) {
      throw configError(`container ${container} mounts volume "${mount.name}", which the pod does not have`);
    }
    if (!mount.mountPath.startsWith("/")) throw configError(`mountPath "${mount.mountPath}" is not an absolute path`);
    const source = subFolder(root, subPathOf(mount, env), volume);
    // As on a node: what the API wrote is not for containers to change.
    const readOnly = mount.readOnly === true || volume.kind === "files";
    return { path: join(mount.mountPath, "/").slice(0, -1) || "/", source, kind: fileKind(source) ?? "file", readOnly };
  }
}

function subPathOf({ subPath = "", subPathExpr = "" }: VolumeMount, env: Environment): string {
  const path = subPath === "" ? expand(subPathExpr, env) : subPath;
  if (path.includes("$(")) throw configError(`subPathExpr "${subPathExpr}" names a variable that is not set`);
  return path;
}

function subFolder(root: string, subPath: string, volume: Volume): string {
  if (subPath === "") return root;
  if (!isInside(subPath)) throw configError(`subPath "${subPath}" must be relative and must not contain ..`);
  const path = join(root, subPath);
  // As a kubelet does: a sub-path that is not there yet becomes a folder.
  if (fileKind(path) === undefined && volume.kind === "emptyDir") mkdirSync(path, { recursive: true });
  if (fileKind(path) === undefined) throw configError(`subPath "${subPath}" does not exist in volume "${volume.name}"`);
  const real = realpathSync(path);
  if (!isWithin(real, realpathSync(root))) throw configError(`subPath "${subPath}" leads out of the volume`); // V2
  return real;
}

function configError(message: string): CannotStart {
  return new CannotStart("CreateContainerConfigError", message, "when something changes");
}

function mountFailed(
  { name }: Volume,
  why: string,
  retryInMs: CannotStart["retryInMs"] = "when something changes",
): CannotStart {
  return new CannotStart("ContainerCreating", `MountVolume.SetUp failed for volume "${name}" : ${why}`, retryInMs);
}
