import { RetryableError, definePlugin, failed, running, succeeded } from "@outrigger/sdk";
import type { Plugin, PluginResult } from "@outrigger/sdk";
import { httpPollInput, jobState } from "./http-poll-input.ts";
import type { HttpPollInput, JobState } from "./http-poll-input.ts";
import { ask, inWords } from "./job-client.ts";
import type { JobAnswer, JobRequest } from "./job-client.ts";
import { requestHeaders } from "./request-headers.ts";
import { textAt, valueAt } from "./value-at.ts";

export interface HttpPollOptions {
  /** How long a request may take. Default: 10 s. */
  readonly timeoutMs?: number;
}

interface Step {
  readonly input: HttpPollInput;
  readonly secret: (name: string) => string;
  readonly signal: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 10_000;
// In a row; then the step gives the job up, which may well go on.
const MOST_FAILURES = 20;

/** Starts a job by HTTP, asks how it fares until it has ended, and cancels it when nobody wants it any more. */
export function httpPoll({ timeoutMs = DEFAULT_TIMEOUT_MS }: HttpPollOptions = {}): Plugin {
  const send = (
    { input, secret, signal }: Step,
    request: Pick<JobRequest, "method" | "url" | "body">,
    more: Readonly<Record<string, string>> = {},
  ): Promise<JobAnswer> => {
    const headers = { ...requestHeaders(input.headers, request.url, secret), ...more };
    return ask({ ...request, headers, timeoutMs, signal });
  };
  return definePlugin({
    key: "http-poll",
    input: httpPollInput,
    state: jobState,
    async execute(context) {
      const { input, idempotencyKey } = context;
      // A server that knows the key starts no second job where the answer to the first was lost.
      const key = idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey };
      return started(input, await send(context, input.start, key));
    },
    async poll(context) {
      const { input, state } = context;
      return polled(input, state, await send(context, { method: "GET", url: withJob(input.poll.url, state) }));
    },
    async cancel(context) {
      const { input, state } = context;
      if (state === undefined) return "no job is known";
      if (input.cancel === undefined) return `job ${state.job} goes on: the template does not say how to cancel it`;
      const answer = await send(context, { ...input.cancel, url: withJob(input.cancel.url, state) });
      return cancelled(state, answer);
    },
  });
}

function started({ job: path, poll }: HttpPollInput, answer: JobAnswer): PluginResult<undefined, JobState> {
  if (answer.kind === "unavailable") return notStarted(answer);
  const { status, body } = answer;
  if (status >= 300) return failed(`the job was not started: ${inWords(status, body)}`);
  const job = textAt(body, path);
  if (job === undefined)
    return failed(`the answer to start has no ${path}, which is to be the job's id: ${inWords(status, body)}`);
  return running({ message: `job ${job} was started`, requeueAfter: poll.every, state: { job, failures: 0 } });
}

function notStarted({ message, isSafe, retryAfter }: Extract<JobAnswer, { kind: "unavailable" }>): never {
  const said = `the job was not started: ${message}`;
  if (isSafe) throw new RetryableError(said, retryAfter === undefined ? {} : { retryAfter });
  throw new Error(`${said}; or perhaps it was: nobody knows`);
}

function polled(
  input: HttpPollInput,
  state: JobState,
  answer: JobAnswer,
): PluginResult<Record<string, string>, JobState> {
  const { job } = state;
  if (answer.kind === "unavailable") return unanswered(input, state, answer.message);
  const { status, body } = answer;
  if (status >= 300) return failed(`job ${job} cannot be asked how it fares: ${inWords(status, body)}`);
  const phase = textAt(body, input.poll.state);
  if (phase === undefined) return failed(`job ${job} does not say ${input.poll.state}: ${inWords(status, body)}`);
  const message = `job ${job}: ${textAt(body, input.poll.message) ?? phase}`;
  if (input.poll.failed.includes(phase)) return failed(message);
  if (input.poll.succeeded.includes(phase)) return ended(input, message, body);
  const progress = progressOf(textAt(body, input.poll.progress));
  return running({ message, requeueAfter: input.poll.every, state: { job, failures: 0 }, ...progress });
}

function unanswered({ poll }: HttpPollInput, state: JobState, reason: string): PluginResult<never, JobState> {
  const failures = state.failures + 1;
  const message = `job ${state.job} cannot be asked how it fares (${failures} of ${MOST_FAILURES} times): ${reason}`;
  return failures < MOST_FAILURES
    ? running({ message, requeueAfter: poll.every, state: { ...state, failures } })
    : failed(message);
}

function ended(
  { outputs }: HttpPollInput,
  message: string,
  body: unknown,
): PluginResult<Record<string, string>, JobState> {
  const values = Object.entries(outputs).map(([name, path]) => [name, path, valueAt(body, path)] as const);
  const missing = values.find(([, , value]) => value === undefined);
  if (missing !== undefined) return failed(`${message}, but its answer has no ${missing[1]}, the output ${missing[0]}`);
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  return succeeded({ message, outputs: Object.fromEntries(values.map(([name, , value]) => [name, text(value)])) });
}

function cancelled({ job }: JobState, answer: JobAnswer): string {
  if (answer.kind === "unavailable") return `job ${job} could not be cancelled: ${answer.message}`;
  const { status, body } = answer;
  if (status < 300) return `job ${job} was cancelled`;
  return `job ${job} was not cancelled: ${inWords(status, body)}`;
}

/** `3/10` as it is; a number up to 100 is a percentage. */
function progressOf(said: string | undefined): { progress?: `${number}/${number}` } {
  if (said === undefined) return {};
  if (/^\d+\/\d+$/.test(said)) return { progress: said as `${number}/${number}` };
  const percent = Number(said);
  return percent >= 0 && percent <= 100 ? { progress: `${Math.floor(percent)}/100` } : {};
}

function withJob(url: string, { job }: JobState): string {
  return url.replaceAll("{job}", encodeURIComponent(job));
}
