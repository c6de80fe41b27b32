import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      root: process.cwd(),
      // The cases of the embedded API server are held to this one as well.
      include: ["e2e/cluster/**/*.e2e.ts", "packages/local/test/api-cases.test.ts"],
      testTimeout: 90_000,
      hookTimeout: 90_000,
    },
  }),
);
