// How each image's program is started where there is no cluster. Runs inside the images: it imports nothing but Node's own modules.

export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const plugin = (name: string): Program => ({
  command: ["/usr/local/bin/node", `/app/${name}/main.mjs`],
  env: { OUTRIGGER_PORT: "0", URL: "http://127.0.0.1:9/" },
});

export const PROGRAMS: Readonly<Record<string, Program>> = {
  controller: {
    command: ["/usr/local/bin/node", "/app/controller/main.mjs"],
    env: { ARGO_EXECUTOR_PLUGINS: "true", OUTRIGGER_HTTP_ADDRESS: "127.0.0.1:0" },
  },
  agent: {
    command: ["/usr/local/bin/argoexec", "agent", "main"],
    env: {
      ARGO_WORKFLOW_NAME: "warm",
      ARGO_WORKFLOW_UID: "warm",
      ARGO_PLUGIN_NAMES: "[]",
      ARGO_PLUGIN_ADDRESSES: "[]",
    },
  },
  "plugin-hello": plugin("plugin-hello"),
  "plugin-http-poll": plugin("plugin-http-poll"),
  "plugin-slack": plugin("plugin-slack"),
};
