/** An HTTP answer, whatever sends it. */
export interface PluginResponse {
  /** 200 where there is an answer; agents try again after 503. */
  readonly status: number;
  /** By name. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or text where the request is refused. */
  readonly body: string;
}

export function jsonResponse(value: unknown): PluginResponse {
  return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

/** An answer in words. Agents show the body of a refusal on the node. */
export function textResponse(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): PluginResponse {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers }, body };
}

export function tooLarge(maxBodyBytes: number): PluginResponse {
  return textResponse(413, `the request is larger than ${maxBodyBytes} bytes`);
}
