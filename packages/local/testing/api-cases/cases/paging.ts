import { isJsonObject } from "@outrigger/types";
import type { JsonObject, JsonValue } from "@outrigger/types";
import { versionOf } from "../api-case.ts";
import type { CaseAnswer, CaseApi, CaseGroup } from "../api-case.ts";

async function fill(api: CaseApi, ns: string): Promise<void> {
  for (const name of ["a", "b", "c", "d", "e"]) {
    await api.post(
      `${ns}/secrets`,
      { metadata: { name, labels: { odd: String("ace".includes(name)) } } },
      { quiet: true },
    );
  }
}

/** The shape of a page: its metadata and the names. */
function page(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || !Array.isArray(body["items"])) return body;
  const items = body["items"] as { readonly metadata: { readonly name: string } }[];
  return { metadata: body["metadata"] ?? {}, items: items.map((item) => item.metadata.name) };
}

/** The names, and what is said of further pages: a list's version counts what others write meanwhile. */
function versionless(body: JsonValue): JsonValue {
  const { metadata, items } = page(body) as { metadata: JsonObject; items: JsonValue };
  const { resourceVersion: _others, ...further } = metadata;
  return { metadata: further, items };
}

function continueOf(answer: CaseAnswer): string {
  const meta = answer.body["metadata"] as { readonly continue?: string } | undefined;
  return encodeURIComponent(meta?.continue ?? "");
}

export const paging: CaseGroup = {
  name: "paging",
  cases: [
    {
      name: "pages are all of one moment",
      run: async (api) => {
        const ns = await api.newNamespace();
        await fill(api, ns);
        const first = await api.get(`${ns}/secrets?limit=2`, { pick: page });
        await api.delete(`${ns}/secrets/d`, undefined, { quiet: true });
        await api.post(`${ns}/secrets`, { metadata: { name: "c2" } }, { quiet: true });
        await api.patch(`${ns}/secrets/e`, { metadata: { labels: { odd: "changed" } } }, { quiet: true });
        const second = await api.get(`${ns}/secrets?limit=2&continue=${continueOf(first)}`, { pick: page });
        await api.get(`${ns}/secrets?limit=2&continue=${continueOf(second)}`, { pick: page });
        await api.get(`${ns}/secrets`, { pick: page });
      },
    },
    {
      name: "pages with a selector do not say how much is left",
      run: async (api) => {
        const ns = await api.newNamespace();
        await fill(api, ns);
        const first = await api.get(`${ns}/secrets?limit=2&labelSelector=odd%3Dtrue`, { pick: page });
        await api.get(`${ns}/secrets?limit=2&labelSelector=odd%3Dtrue&continue=${continueOf(first)}`, { pick: page });
      },
    },
    {
      name: "a page that takes in everything is a list",
      run: async (api) => {
        const ns = await api.newNamespace();
        await fill(api, ns);
        await api.get(`${ns}/secrets?limit=5`, { pick: versionless });
        await api.get(`${ns}/secrets?limit=0`, { pick: versionless });
        await api.get(`${ns}/secrets?limit=-1`, { pick: versionless });
      },
    },
    {
      name: "lists at a version",
      run: async (api) => {
        const ns = await api.newNamespace();
        await fill(api, ns);
        const version = versionOf(await api.get(`${ns}/secrets`, { pick: page }));
        await api.delete(`${ns}/secrets/a`, undefined, { quiet: true });
        await api.get(`${ns}/secrets?resourceVersion=${version}&resourceVersionMatch=Exact`, { pick: page });
        await api.get(`${ns}/secrets?resourceVersion=${version}&limit=3`, { pick: page });
        await api.get(`${ns}/secrets?resourceVersion=0&limit=3`, {
          pick: (body) => (page(body) as { items: JsonValue }).items,
        });
        await api.get(`${ns}/secrets?resourceVersion=${version}&resourceVersionMatch=NotOlderThan`, {
          pick: (body) => (page(body) as { items: JsonValue }).items,
        });
      },
    },
    {
      name: "options of a list are checked",
      run: async (api) => {
        await api.get(`${api.ns}/secrets?limit=many`);
        await api.get(`${api.ns}/secrets?resourceVersion=abc`);
        await api.get(`${api.ns}/secrets?resourceVersionMatch=Exact`);
        await api.get(`${api.ns}/secrets?resourceVersion=1&resourceVersionMatch=About`);
        await api.get(`${api.ns}/secrets?resourceVersion=0&resourceVersionMatch=Exact`);
        await api.get(`${api.ns}/secrets?timeoutSeconds=soon`);
        await api.get(`${api.ns}/secrets?continue=abc`, {
          pick: (body) => (isJsonObject(body) ? { reason: body["reason"] ?? "", code: body["code"] ?? 0 } : body),
        });
      },
    },
    {
      name: "a version that is yet to come",
      run: async (api) => {
        await api.get(`${api.ns}/secrets?resourceVersion=999999999`, {
          pick: (body) =>
            isJsonObject(body) ? { ...body, message: (body["message"] as string).replace(/\d+$/, "N") } : body,
        });
      },
    },
    {
      name: "a version from before there was the kind",
      run: async (api) => {
        await api.get(`/apis/${api.group}/v1/widgets?resourceVersion=1&resourceVersionMatch=Exact`, {
          pick: (body) => (isJsonObject(body) && body["kind"] === "Status" ? body : { items: [] }),
        });
      },
    },
    {
      name: "lists across namespaces are in order of namespace and name",
      run: async (api) => {
        const [one, two] = [await api.newNamespace(), await api.newNamespace()];
        const label = { labels: { across: api.namespace } };
        for (const ns of [one, two]) {
          for (const name of ["z", "a"])
            await api.post(`${ns}/secrets`, { metadata: { name, ...label } }, { quiet: true });
        }
        await api.get(`/api/v1/secrets?labelSelector=across%3D${label.labels.across}`, {
          pick: (body) => {
            const { items } = body as {
              readonly items: readonly { readonly metadata: { readonly namespace: string; readonly name: string } }[];
            };
            const keys = items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
            return { sorted: keys.join() === [...keys].sort().join(), count: keys.length };
          },
        });
      },
    },
  ],
};
