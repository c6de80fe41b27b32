import { spawnSync } from "node:child_process";

/** Python 3 is installed, under one of its names. */
export const hasPython = ["python3", "python"].some((name) => spawnSync(name, ["--version"]).status === 0);
