import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Tests run the TypeScript sources of every package: the "@outrigger/source" export condition points at them, so no build comes first.
export default defineConfig({
  resolve: { conditions: ["@outrigger/source"] },
  ssr: { resolve: { conditions: ["@outrigger/source", "node", "module"] } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "plugins/*/test/**/*.test.ts",
      "e2e/**/*.test.ts",
      "benchmarks/test/*.test.ts",
      "examples/**/*.test.ts",
      "tools/test/**/*.test.ts",
    ],
    setupFiles: ["tools/property-seed.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: "forks",
    // Most of them wait most of the time: two at once are not too much for two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ["--conditions=@outrigger/source"],
  },
});
