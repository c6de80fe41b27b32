import type { Family } from "./exposition.ts";

/** What the process takes, under the names that all client libraries of Prometheus give it. */
export function processFamilies(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "process_cpu_seconds_total",
      help: "CPU time that the process has used, in seconds",
      type: "counter",
      samples: [{ value: (user + system) / 1e6 }],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory that the process has in RAM, in bytes",
      type: "gauge",
      samples: [{ value: process.memoryUsage.rss() }],
    },
    {
      name: "process_start_time_seconds",
      help: "When the process was started, in seconds since 1970",
      type: "gauge",
      samples: [{ value: performance.timeOrigin / 1_000 }],
    },
  ];
}
