import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const url = v.pipe(text, v.regex(/^https?:\/\//, "must begin with http:// or https://"));
const path = v.pipe(text, v.regex(/^[^.]+(\.[^.]+)*$/, "must be a path such as status.phase"));
const duration = v.pipe(text, v.regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/, "must be a duration such as 10s"));
// With `env`, the value is that of a variable of the plugin's container.
const header = v.union([
  v.strictObject({ name: text, value: v.string() }),
  v.strictObject({ name: text, env: v.pipe(text, v.regex(/^[A-Z][A-Z0-9_]*$/, "must be the name of a variable")) }),
]);
const method = v.picklist(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** What stands in a template below `http-poll:`. In URLs after the first, `{job}` stands for the job's id. */
export const httpPollInput = v.strictObject({
  start: v.strictObject({ method: v.optional(method, "POST"), url, body: v.optional(v.unknown()) }),
  /** Of all requests. */
  headers: v.optional(v.array(header), []),
  /** Where the job's id stands in the answer to `start`. */
  job: v.optional(path, "id"),
  poll: v.strictObject({
    url,
    every: v.optional(duration, "10s"),
    /** Where the answer says how far the job is. */
    state: v.optional(path, "status"),
    succeeded: v.optional(v.array(text), ["succeeded"]),
    failed: v.optional(v.array(text), ["failed", "cancelled"]),
    message: v.optional(path, "message"),
    progress: v.optional(path, "progress"),
  }),
  cancel: v.optional(v.strictObject({ method: v.optional(method, "DELETE"), url })),
  /** Outputs by name, and where they stand in the last answer. */
  outputs: v.optional(v.record(text, path), {}),
});

export type HttpPollInput = v.InferOutput<typeof httpPollInput>;

/** What comes back at the next poll. */
export const jobState = v.strictObject({ job: text, failures: v.pipe(v.number(), v.integer(), v.minValue(0)) });

export type JobState = v.InferOutput<typeof jobState>;
