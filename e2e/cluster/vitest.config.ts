import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    test: {
      root: process.cwd(),
      include: ["e2e/cluster/**/*.e2e.ts"],
      testTimeout: 90_000,
      hookTimeout: 90_000,
    },
  }),
);
