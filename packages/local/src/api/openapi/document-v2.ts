import type { Kind } from "../../kinds/kind.ts";
import { WireMessage } from "../../schema/protobuf/wire-writer.ts";
import { VERSION } from "../version.ts";
import { GROUP_VERSION_KIND, WRITE_PARAMETERS, groupVersionKind, objectPath } from "./patch-operation.ts";

export const OPENAPI_V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const TITLE = "Kubernetes";

/**
 * OpenAPI v2 for clients from before v3: that objects can be patched, and with which parameters. No definitions: a client that finds none for
 * a kind lets the server judge.
 */
export function documentV2(kinds: readonly Kind[]): object {
  const paths = kinds.map((kind) => [objectPath(kind), { patch: patchOperation(kind) }]);
  return {
    swagger: "2.0",
    info: { title: TITLE, version: VERSION.gitVersion },
    paths: Object.fromEntries(paths) as object,
    definitions: {},
  };
}

function patchOperation(kind: Kind): object {
  return {
    parameters: WRITE_PARAMETERS.map((name) => ({ name, in: "query", type: "string" })),
    responses: {},
    [GROUP_VERSION_KIND]: groupVersionKind(kind),
  };
}

/** The same as the protobuf message Document, which old clients ask for; field numbers as in gnostic's OpenAPIv2.proto. */
export function documentV2Protobuf(kinds: readonly Kind[]): Buffer {
  const paths = new WireMessage();
  for (const kind of kinds) paths.message(2, namedPath(kind));
  const info = new WireMessage().text(1, TITLE).text(2, VERSION.gitVersion);
  return new WireMessage().text(1, "2.0").message(2, info).message(8, paths).message(9, new WireMessage()).encode();
}

function namedPath(kind: Kind): WireMessage {
  const operation = new WireMessage();
  for (const name of WRITE_PARAMETERS) operation.message(8, queryParameter(name));
  const value = new WireMessage().text(2, JSON.stringify(groupVersionKind(kind)));
  operation.message(9, new WireMessage()).message(13, new WireMessage().text(1, GROUP_VERSION_KIND).message(2, value));
  return new WireMessage().text(1, objectPath(kind)).message(2, new WireMessage().message(8, operation));
}

function queryParameter(name: string): WireMessage {
  const schema = new WireMessage().text(2, "query").text(4, name).text(6, "string");
  const nonBody = new WireMessage().message(3, schema);
  return new WireMessage().message(1, new WireMessage().message(2, nonBody));
}
