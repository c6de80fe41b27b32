// Root folders made of Debian packages, for machines that reach Debian's mirrors but no registry of images.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../command.ts";

const C_LIBRARIES = ["libc6", "libgcc-s1", "libstdc++6"];
const NOT_NEEDED = [
  "*/gconv",
  "*/gconv/*",
  "./usr/share/doc*",
  "./usr/share/gdb*",
  "./usr/share/lintian*",
  "./usr/share/man*",
];

const FILES: Readonly<Record<string, string>> = {
  "etc/passwd": [
    "root:x:0:0:root:/root:/sbin/nologin",
    "agent:x:8737:8737:agent:/home/nonroot:/sbin/nologin",
    "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin",
    "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin",
    "",
  ].join("\n"),
  "etc/group": "root:x:0:\nagent:x:8737:\nnogroup:x:65534:\nnonroot:x:65532:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

type Use = (folder: string) => void;

/** What Node needs around it, and nothing else: 7 MB. */
export function baseFromDebian(use: Use): void {
  inFolderOf(C_LIBRARIES, use);
}

/** `python`, with its standard library. */
export function pythonFromDebian(use: Use): void {
  const version = /^Version: (3\.\d+)/m.exec(run(["apt-cache", "show", "--no-all-versions", "python3-minimal"]))?.[1];
  if (version === undefined) throw new Error("apt knows no python3-minimal: run apt-get update");
  const python = `python${version}`;
  const packages = [`${python}-minimal`, `lib${python}-minimal`, `lib${python}-stdlib`, "libexpat1", "zlib1g"];
  inFolderOf([...C_LIBRARIES, ...packages], (folder) => {
    mkdirSync(join(folder, "usr/local/bin"), { recursive: true });
    symlinkSync(`/usr/bin/${python}`, join(folder, "usr/local/bin/python"));
    use(folder);
  });
}

function inFolderOf(packages: readonly string[], use: Use): void {
  const work = mkdtempSync(join(tmpdir(), "outrigger-image-"));
  try {
    const [archives, root] = [join(work, "archives"), join(work, "root")];
    for (const folder of [archives, root]) mkdirSync(folder);
    run(["apt-get", "download", "-o", "APT::Sandbox::User=root", ...packages], { cwd: archives });
    prepare(root);
    for (const archive of readdirSync(archives)) extract(join(archives, archive), root);
    use(root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Folders as in a Debian of today, whichever release the packages are of. */
function prepare(root: string): void {
  for (const folder of ["usr/lib", "usr/lib64", "usr/bin", "etc", "tmp", "home/nonroot"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const name of ["lib", "lib64", "bin"]) symlinkSync(`usr/${name}`, join(root, name));
  for (const [path, text] of Object.entries(FILES)) writeFileSync(join(root, path), text);
  chmodSync(join(root, "tmp"), 0o1777);
}

function extract(archive: string, root: string): void {
  const excluded = NOT_NEEDED.map((pattern) => `--exclude=${pattern}`).join(" ");
  run([
    "sh",
    "-c",
    `dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink ${excluded} -C "$2"`,
    "sh",
    archive,
    root,
  ]);
}
