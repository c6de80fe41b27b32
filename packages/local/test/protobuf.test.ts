import { describe, expect, it } from "vitest";
import { decodeProtobuf, openEnvelope } from "../src/schema/protobuf/decode-protobuf.ts";
import { WireMessage } from "../src/schema/protobuf/wire-writer.ts";

function message(...texts: readonly (readonly [number, string])[]): WireMessage {
  return texts.reduce((all, [number, text]) => all.text(number, text), new WireMessage());
}

describe("bodies in protobuf", () => {
  it("are read by the table of Kubernetes' types", () => {
    const labels = [message([1, "a"], [2, "b"]), message([1, "c"], [2, "d"])];
    const meta = message([1, "settings"], [3, "default"]);
    for (const label of labels) meta.message(11, label);
    const configMap = new WireMessage().message(1, meta).message(2, message([1, "key"], [2, "value"]));
    expect(decodeProtobuf(configMap.encode(), "ConfigMap")).toEqual({
      metadata: { name: "settings", namespace: "default", labels: { a: "b", c: "d" } },
      data: { key: "value" },
    });
  });

  it("show the fields of inlined messages as their own", () => {
    const secret = message([1, "token"]);
    const volume = message([1, "v"]).message(2, new WireMessage().message(6, secret));
    expect(decodeProtobuf(volume.encode(), "Volume")).toEqual({ name: "v", secret: { secretName: "token" } });
  });

  it("keep bytes as base64, and what is unknown out", () => {
    const secret = new WireMessage().message(2, message([1, "k"], [2, "v"])).text(99, "from the future");
    expect(decodeProtobuf(secret.encode(), "Secret")).toEqual({ data: { k: "dg==" } });
  });

  it("come in an envelope that says what they are", () => {
    const typeMeta = message([1, "v1"], [2, "Secret"]);
    const envelope = new WireMessage().message(1, typeMeta).text(2, "raw").encode();
    const opened = openEnvelope(Buffer.concat([Buffer.from("k8s\0"), envelope]));
    expect({ ...opened, raw: opened.raw.toString() }).toEqual({ apiVersion: "v1", kind: "Secret", raw: "raw" });
  });

  it.each([
    ["no magic", Buffer.from("nothing of the kind")],
    ["a length beyond the end", Buffer.from([0x6b, 0x38, 0x73, 0, 0x0a, 0x7f])],
    ["a number that does not end", Buffer.from([0x6b, 0x38, 0x73, 0, 0xff, 0xff])],
    ["a wire type that there is not", Buffer.from([0x6b, 0x38, 0x73, 0, 0x0f])],
  ])("are refused with %s", (_what, bytes) => {
    expect(() => openEnvelope(bytes)).toThrow(/protobuf|longer|end|wire type/);
  });
});
