/** The release whose behaviour this server shows. */
export const VERSION = {
  major: "1",
  minor: "34",
  gitVersion: "v1.34.4+outrigger",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "",
  compiler: "",
  platform: `${process.platform}/${process.arch}`,
} as const;
