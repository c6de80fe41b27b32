import type { HttpPollInput } from "./http-poll-input.ts";

/**
 * The headers of a request to this address. A header out of the environment is a secret of the plugin's, and whoever writes a Workflow chooses
 * the address: so it goes only to the hosts that `<NAME>_HOSTS` names beside it. Throws what to do where that does not fit.
 */
export function requestHeaders(
  headers: HttpPollInput["headers"],
  url: string,
  secret: (name: string) => string,
): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => [header.name, "env" in header ? allowed(header.env, url, secret) : header.value]),
  );
}

function allowed(name: string, url: string, secret: (name: string) => string): string {
  const value = secret(name);
  const hosts = secret(`${name}_HOSTS`)
    .split(",")
    .map((host) => host.trim());
  const { host } = new URL(url);
  if (hosts.includes(host)) return value;
  throw new Error(
    `the header out of ${name} does not go to ${host}: the variable ${name}_HOSTS of the plugin's container allows ${hosts.join(", ")}`,
  );
}
