// How a container's mounts come to stand at their true paths without root. Pure but for questions about the host's files.
//
// Every mount point belongs to a "top": a path of the host that is covered as a whole. A top is built in a staging folder and laid
// over its path last, so that building it still sees the real files. There are two kinds: a mount whose path exists on the host
// covers just that; one whose path does not exist covers its deepest existing ancestor by a shadow, a folder that holds all that
// the ancestor holds (as bind mounts and copied links) and the new path besides.
import { join } from "node:path/posix";

export type FileKind = "folder" | "file";

export interface Mount {
  /** Absolute, as the container names it. */
  readonly path: string;
  /** What is to be seen there. */
  readonly source: string;
  readonly kind: FileKind;
  readonly readOnly: boolean;
}

export interface HostEntry {
  readonly name: string;
  readonly kind: FileKind | { readonly linkTo: string };
}

/** The host's files, as far as a plan depends on them. */
export interface HostFiles {
  /** The path with links resolved, for the part of it that exists. */
  realPath(path: string): string;
  exists(path: string): boolean;
  entries(folder: string): readonly HostEntry[];
}

/** What must be there before the mounts: made by us, in folders of our own. */
export type Preparation =
  | { readonly make: "folder" | "file"; readonly path: string }
  | { readonly make: "link"; readonly path: string; readonly to: string };

export interface BindMount {
  readonly from: string;
  readonly at: string;
  readonly readOnly: boolean;
}

export interface MountPlan {
  readonly prepare: readonly Preparation[];
  /** What stands around shadowed paths, to be kept visible. One that fails hides a file of the host, no more. */
  readonly surroundings: readonly BindMount[];
  /** To be mounted after the surroundings, all of them. */
  readonly mounts: readonly BindMount[];
  /** A shadow of `/` cannot be laid over it: the process changes its root to this folder. */
  readonly newRoot?: string;
}

interface Place {
  readonly path: string;
  /** Where it is while it is built. */
  readonly at: string;
  /** The folder that is seen there, in which mount points for what lies within can be made. */
  readonly backing: string;
  readonly isShadow: boolean;
}

const ROOT = "/";

export function planMounts(mounts: readonly Mount[], stagingFolder: string, host: HostFiles): MountPlan {
  const wanted = mounts.map((mount) => ({ ...mount, path: host.realPath(mount.path) }));
  const planner = new Planner(stagingFolder, host);
  const steps = [
    ...shadowed(wanted, host).map((path) => ({ path, add: () => planner.addShadow(path) })),
    ...wanted.map((mount) => ({ path: mount.path, add: () => planner.addMount(mount) })),
  ];
  // What lies around something else comes before it.
  for (const step of steps.sort((a, b) => a.path.length - b.path.length)) step.add();
  return planner.plan();
}

/** The ancestors that have to be shadowed: those of mounts that neither exist nor lie within another mount. */
function shadowed(mounts: readonly Mount[], host: HostFiles): readonly string[] {
  const missing = mounts.filter(
    ({ path }) => !host.exists(path) && !mounts.some((other) => other.path !== path && isWithin(path, other.path)),
  );
  return [...new Set(missing.map(({ path }) => deepestExisting(path, host)))];
}

function deepestExisting(path: string, host: HostFiles): string {
  for (let folder = path; folder !== ROOT; folder = join(folder, "..")) if (host.exists(folder)) return folder;
  return ROOT;
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === ROOT ? ROOT : `${folder}/`);
}

/** The way from a place to a path within it. */
function restOf(path: string, around: Place): string {
  return path.slice(around.path === ROOT ? 0 : around.path.length);
}

class Planner {
  readonly #stagingFolder: string;
  readonly #host: HostFiles;
  readonly #prepare: Preparation[] = [];
  readonly #surroundings: BindMount[] = [];
  readonly #mounts: BindMount[] = [];
  readonly #places: Place[] = [];
  readonly #tops: Place[] = [];

  constructor(stagingFolder: string, host: HostFiles) {
    this.#stagingFolder = stagingFolder;
    this.#host = host;
  }

  addShadow(path: string): void {
    const at = this.#stage();
    this.#prepare.push({ make: "folder", path: at });
    // Only a mount can become the root of a process.
    if (path === ROOT) this.#surroundings.push({ from: at, at, readOnly: false });
    for (const { name, kind } of this.#entries(path)) {
      const copy = join(at, name);
      if (typeof kind === "object") this.#prepare.push({ make: "link", path: copy, to: kind.linkTo });
      else {
        this.#prepare.push({ make: kind, path: copy });
        this.#surroundings.push({ from: join(path, name), at: copy, readOnly: false });
      }
    }
    this.#attach({ path, at, backing: at, isShadow: true });
  }

  addMount({ path, source, kind, readOnly }: Mount): void {
    const around = this.#around(path);
    const place = { path, backing: source, isShadow: false };
    if (around === undefined) {
      const at = this.#stage();
      this.#prepare.push({ make: kind, path: at });
      this.#mounts.push({ from: source, at, readOnly });
      this.#attach({ ...place, at });
      return;
    }
    const rest = restOf(path, around);
    // A shadow shows what the host has; else the mount point is made: in a volume as container runtimes do it.
    if (!around.isShadow || !this.#host.exists(path)) {
      this.#prepare.push({ make: kind, path: join(around.backing, rest) });
    }
    const at = join(around.at, rest);
    this.#mounts.push({ from: source, at, readOnly });
    this.#places.push({ ...place, at });
  }

  plan(): MountPlan {
    const root = this.#tops.find(({ path }) => path === ROOT);
    const laid = this.#tops
      .filter((top) => top !== root)
      // Last comes what covers the staging folder itself: afterwards nothing there can be found any more.
      .sort((a, b) => Number(isWithin(this.#stagingFolder, a.path)) - Number(isWithin(this.#stagingFolder, b.path)))
      .map(({ path, at }) => ({ from: at, at: path, readOnly: false }));
    return {
      prepare: this.#prepare,
      surroundings: this.#surroundings,
      mounts: [...this.#mounts, ...laid],
      ...(root === undefined ? {} : { newRoot: root.at }),
    };
  }

  // A shadow within a place that is being built is laid over its path there at once; one of its own is laid last.
  #attach(place: Place): void {
    const around = this.#around(place.path);
    if (around === undefined) {
      this.#tops.push(place);
      this.#places.push(place);
      return;
    }
    const at = join(around.at, restOf(place.path, around));
    this.#mounts.push({ from: place.at, at, readOnly: false });
    this.#places.push({ ...place, at });
  }

  #around(path: string): Place | undefined {
    return this.#places
      .filter((place) => place.path !== path && isWithin(path, place.path))
      .sort((a, b) => b.path.length - a.path.length)[0];
  }

  // The one that holds the staging folder comes first: a recursive bind would take along what already is mounted in there.
  #entries(folder: string): readonly HostEntry[] {
    const holdsStaging = ({ name }: HostEntry): number => Number(isWithin(this.#stagingFolder, join(folder, name)));
    return this.#host.entries(folder).toSorted((a, b) => holdsStaging(b) - holdsStaging(a));
  }

  #stage(): string {
    return join(this.#stagingFolder, `top-${this.#tops.length}-${this.#places.length}`);
  }
}
