import type { JsonValue } from "@outrigger/types";
import { isJsonObject } from "@outrigger/types";
import type { ApiCase, CaseGroup } from "../api-case.ts";

const LABELLED = [
  { name: "plain", labels: { set: "s" } },
  { name: "red", labels: { set: "s", color: "red", size: "5" } },
  { name: "blue", labels: { set: "s", color: "blue", size: "10" } },
  { name: "empty", labels: { set: "s", color: "" } },
];

const SELECTORS = [
  "color",
  "!color",
  "color=red",
  "color==red",
  "color!=red",
  "color=",
  "color in (red, blue)",
  "color in ()",
  "color notin (red)",
  "size>6",
  "size<6",
  "color,size",
  " color = red , size = 5 ",
  "size>x",
  "a===b",
  "a in (b",
  "a in b",
  "=a",
  "a foo b",
  "a=b c",
  "-a",
  "a=-",
  "a,",
  "!",
];

function names(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || !Array.isArray(body["items"])) return body;
  return (body["items"] as { metadata: { name: string } }[]).map((item) => item.metadata.name);
}

const FIELD_SELECTORS: readonly (readonly [plural: string, selector: string])[] = [
  ["configmaps", "metadata.name=red"],
  ["configmaps", "metadata.name!=kube-root-ca.crt"],
  ["configmaps", "metadata.name=red,metadata.namespace=default"],
  ["configmaps", "data.a=b"],
  ["configmaps", "metadata.name"],
  ["pods", "spec.nodeName=,status.phase!=Running"],
  ["pods", "spec.image=x"],
  ["secrets", "type=Opaque"],
  ["events", "involvedObject.kind=Pod,reason=Started"],
  ["events", "involvedObject.color=red"],
  ["services", "spec.type=ClusterIP"],
];

const fieldCases: readonly ApiCase[] = FIELD_SELECTORS.map(([plural, selector]) => ({
  name: `field selector ${selector} on ${plural}`,
  run: async (api) => {
    const ns = await api.newNamespace();
    for (const meta of LABELLED) await api.post(`${ns}/configmaps`, { metadata: meta }, { quiet: true });
    await api.get(`${ns}/${plural}?fieldSelector=${encodeURIComponent(selector)}`, { pick: names });
  },
}));

export const selectors: CaseGroup = {
  name: "selectors",
  cases: [
    {
      name: "label selectors",
      run: async (api) => {
        const ns = await api.newNamespace();
        for (const meta of LABELLED) await api.post(`${ns}/secrets`, { metadata: meta }, { quiet: true });
        for (const selector of SELECTORS) {
          await api.get(`${ns}/secrets?labelSelector=${encodeURIComponent(selector)}`, { pick: names });
        }
      },
    },
    ...fieldCases,
    {
      name: "selectable fields of custom kinds",
      run: async (api) => {
        const path = `/apis/${api.group}/v1/namespaces/${api.namespace}/widgets`;
        for (const color of ["red", "blue"]) {
          const widget = { apiVersion: `${api.group}/v1`, kind: "Widget", spec: { size: 1, color } };
          await api.post(
            path,
            { ...widget, metadata: { name: `select-${color}`, labels: { selectable: "y" } } },
            { quiet: true },
          );
        }
        await api.get(`${path}?labelSelector=selectable&fieldSelector=spec.color%3Dblue`, { pick: names });
        await api.get(`${path}?fieldSelector=spec.size%3D1`, { pick: names });
        await api.get(`${path}?fieldSelector=metadata.name%3Dselect-red`, { pick: names });
      },
    },
  ],
};
