import { dirname, join, normalize, relative } from "node:path";
import { defineConfig } from "vitepress";

const repository = "https://github.com/outrigger-dev/outrigger";
// A copy of docs/ (see package.json): outside of this folder nothing is installed that pages could be built with.
const pages = join(import.meta.dirname, "../pages");

/** Links out of docs/ lead to the repository; those within are checked: a dead one fails the build. */
function outward(href: string, page: string): string {
  if (/^(https?:|#|\/)/.test(href)) return href;
  const target = normalize(join(dirname(page), href));
  return target.startsWith("..") ? `${repository}/blob/main/${normalize(join("docs", target))}` : href;
}

export default defineConfig({
  title: "Outrigger",
  description: "Executor plugins for Kubernetes workflows",
  srcDir: "pages",
  outDir: "dist",
  cacheDir: ".cache",
  cleanUrls: true,
  lastUpdated: false,
  vite: { publicDir: false },
  markdown: {
    config: (md) => {
      // Workflows have {{tags}}, which Vue would take for its own.
      const plain = (text: string): string => md.utils.escapeHtml(text).replaceAll("{{", "{<!-- -->{");
      md.renderer.rules["code_inline"] = (tokens, index) =>
        `<code v-pre>${md.utils.escapeHtml(tokens[index]?.content ?? "")}</code>`;
      md.renderer.rules["text"] = (tokens, index) => plain(tokens[index]?.content ?? "");
      md.core.ruler.push("outward-links", ({ tokens, env }) => {
        const page = relative(pages, (env as { readonly path?: string }).path ?? pages);
        for (const { children } of tokens) {
          for (const token of children ?? []) {
            const href = token.type === "link_open" ? token.attrGet("href") : null;
            if (href !== null) token.attrSet("href", outward(href, page));
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    socialLinks: [{ icon: "github", link: repository }],
    nav: [
      { text: "Quickstart", link: "/quickstart" },
      { text: "Operate", link: "/operate" },
      { text: "Reference", link: "/reference/cli" },
    ],
    sidebar: [
      {
        text: "Write plugins",
        items: [
          { text: "A plugin in ten minutes", link: "/quickstart" },
          { text: "Write a plugin", link: "/write-a-plugin" },
          { text: "Test it", link: "/test-a-plugin" },
          { text: "Ship it", link: "/ship-a-plugin" },
          { text: "What it can rely on", link: "/plugins" },
          { text: "The protocol", link: "/protocol" },
        ],
      },
      {
        text: "Write workflows",
        items: [
          { text: "Time and order", link: "/time-and-order" },
          { text: "Expressions", link: "/expressions" },
          { text: "HTTP requests", link: "/http" },
          { text: "Shared templates", link: "/workflow-templates" },
        ],
      },
      {
        text: "Operate",
        items: [
          { text: "Run it in a cluster", link: "/operate" },
          { text: "Together with Argo", link: "/guides/with-argo" },
          { text: "Steps that start at once", link: "/warm-agents" },
          { text: "Images", link: "/images" },
          { text: "Performance", link: "/performance" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Command line", link: "/reference/cli" },
          { text: "Messages", link: "/reference/messages" },
          { text: "SDK", link: "/reference/sdk" },
          { text: "Fields of a Workflow", link: "/reference/workflow-fields" },
          { text: "Helm values", link: "/reference/helm-values" },
          { text: "Configuration", link: "/reference/configuration" },
          { text: "Permissions", link: "/reference/permissions" },
          { text: "Conformance cases", link: "/reference/conformance-cases" },
        ],
      },
    ],
  },
});
