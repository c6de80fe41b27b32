import type { JsonObject, JsonValue } from "@outrigger/types";
import { uidOf } from "../api-case.ts";
import type { CaseGroup } from "../api-case.ts";

/** What a token says, without what is random or a matter of the server's own address. */
function claims(body: JsonValue): JsonValue {
  const { metadata, spec, status } = body as { metadata?: JsonObject; spec?: JsonObject; status?: { token?: string } };
  if (status?.token === undefined) return body;
  const payload = JSON.parse(Buffer.from(status.token.split(".")[1] ?? "", "base64url").toString()) as JsonObject;
  const lifetime = Number(payload["exp"]) - Number(payload["iat"]);
  const { aud = null, sub = null, iss = null, "kubernetes.io": kubernetes = null } = payload;
  return {
    metadata: metadata ?? null,
    spec: spec ?? null,
    claims: { aud, sub, iss, lifetime, "kubernetes.io": kubernetes },
  };
}

export const serviceAccounts: CaseGroup = {
  name: "service-accounts",
  cases: [
    {
      name: "a token for a service account",
      run: async (api) => {
        const path = `${api.ns}/serviceaccounts/default/token`;
        await api.get(`${api.ns}/serviceaccounts/default`);
        await api.post(path, { spec: { audiences: [], expirationSeconds: 600 } }, { pick: claims });
        await api.post(path, { spec: { audiences: ["one", "two"], expirationSeconds: 7200 } }, { pick: claims });
        await api.post(path, {}, { pick: claims });
      },
    },
    {
      name: "a token that dies with a pod",
      run: async (api) => {
        const spec = { schedulerName: "none", containers: [{ name: "c", image: "i:1" }] };
        const uid = uidOf(await api.post(`${api.ns}/pods`, { metadata: { name: "bound" }, spec }, { quiet: true }));
        const path = `${api.ns}/serviceaccounts/default/token`;
        const boundObjectRef = { kind: "Pod", apiVersion: "v1", name: "bound", uid };
        await api.post(path, { spec: { audiences: ["x"], expirationSeconds: 600, boundObjectRef } }, { pick: claims });
        await api.post(path, { spec: { boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "nobody" } } });
        await api.post(path, { spec: { boundObjectRef: { ...boundObjectRef, uid: "another" } } });
      },
    },
    {
      name: "a token that is not issued",
      run: async (api) => {
        const path = `${api.ns}/serviceaccounts/default/token`;
        await api.post(path, { spec: { expirationSeconds: 60 } });
        await api.post(path, { spec: { expirationSeconds: 5_000_000_000 } });
        await api.post(`${api.ns}/serviceaccounts/nobody/token`, { spec: {} });
        await api.get(path);
      },
    },
    {
      name: "a token is reviewed",
      run: async (api) => {
        const reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
        const issued = await api.post(
          `${api.ns}/serviceaccounts/default/token`,
          { spec: { audiences: ["mine"], expirationSeconds: 600 } },
          { quiet: true },
        );
        const { token } = issued.body["status"] as { readonly token: string };
        const pick = (body: JsonValue): JsonValue => {
          const { authenticated = false, audiences = null, user = {} } = (body as { status: JsonObject }).status;
          const { username = null, groups = null } = user as JsonObject;
          return { authenticated, audiences, username, groups };
        };
        await api.post(reviews, { spec: { token, audiences: ["mine"] } }, { pick, quiet: true });
        const reviewed = await api.post(reviews, { spec: { token, audiences: ["mine", "other"] } }, { quiet: true });
        api.note(JSON.stringify(pick(reviewed.body)));
        const refused = await api.post(reviews, { spec: { token, audiences: ["other"] } }, { quiet: true });
        api.note(JSON.stringify(pick(refused.body)));
        await api.post(reviews, { spec: { token: "nonsense" } }, { pick });
      },
    },
    {
      name: "an account that is deleted is shown once more",
      run: async (api) => {
        await api.post(`${api.ns}/serviceaccounts`, { metadata: { name: "short" }, imagePullSecrets: [{ name: "p" }] });
        await api.delete(`${api.ns}/serviceaccounts/short`);
      },
    },
  ],
};
