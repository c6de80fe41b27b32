/** Files beside those of the packages that hold the version of a release; the version is the only text of its shape in them. */
export const STAMPED: readonly string[] = [
  "package.json",
  "packages/types/src/version.ts",
  "deploy/charts/outrigger/Chart.yaml",
  "deploy/install.yaml",
  "deploy/shared-agent.yaml",
  "docs/guides/with-argo.md",
  "benchmarks/package.json",
  "e2e/package.json",
  "plugins/hello/package.json",
  "plugins/http-poll/package.json",
  "plugins/slack/package.json",
];
