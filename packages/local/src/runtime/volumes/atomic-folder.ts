// A folder whose files change all at once, laid out as a kubelet does it: the files stand in a hidden, numbered
// folder, `..data` links to that, and each name links into `..data`. A reader sees the old files or the new ones, never a mixture.
import { chmodSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { VolumeFile } from "./volume-files.ts";

const DATA = "..data";

export class AtomicFolder {
  readonly path: string;
  #count = 0;
  #names = new Set<string>();
  #written: readonly VolumeFile[] | undefined;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true });
  }

  write(files: readonly VolumeFile[]): void {
    if (this.#written !== undefined && sameFiles(this.#written, files)) return;
    const folder = `..${this.#count++}`;
    mkdirSync(join(this.path, folder));
    for (const file of files) writeFile(join(this.path, folder, file.path), file);
    const before = this.#pointTo(folder);
    this.#linkNames(files);
    if (before !== undefined) rmSync(join(this.path, before), { recursive: true, force: true });
    this.#written = files;
  }

  // A link cannot be changed, but one can take another's place.
  #pointTo(folder: string): string | undefined {
    const link = join(this.path, DATA);
    const before = this.#written === undefined ? undefined : readlinkSync(link);
    symlinkSync(folder, `${link}_next`);
    renameSync(`${link}_next`, link);
    return before;
  }

  #linkNames(files: readonly VolumeFile[]): void {
    const names = new Set(files.map((file) => file.path.split("/")[0] ?? file.path));
    for (const name of names) if (!this.#names.has(name)) symlinkSync(join(DATA, name), join(this.path, name));
    for (const name of this.#names) if (!names.has(name)) rmSync(join(this.path, name));
    this.#names = names;
  }
}

function writeFile(path: string, { content, mode }: VolumeFile): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

function sameFiles(left: readonly VolumeFile[], right: readonly VolumeFile[]): boolean {
  if (left.length !== right.length) return false;
  return left.every((file, index) => {
    const other = right[index];
    return (
      other !== undefined && file.path === other.path && file.mode === other.mode && file.content.equals(other.content)
    );
  });
}
