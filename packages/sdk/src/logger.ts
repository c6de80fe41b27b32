/** What varies in a log line, by name. An Error is shown with its stack. */
export type LogFields = Readonly<Record<string, unknown>>;

interface Log {
  (message: string): void;
  /** The message is constant; what varies goes into the fields. */
  (fields: LogFields, message: string): void;
}

/** Structured logging: one JSON object a line. */
export interface Logger {
  /** For whoever looks for a fault; not written by default. */
  readonly debug: Log;
  /** What happens as it should. */
  readonly info: Log;
  /** What goes wrong and passes. */
  readonly warn: Log;
  /** What somebody has to look into. */
  readonly error: Log;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];

/** Writes lines such as `{"level":"info","time":"…","plugin":"hello","msg":"sent"}`. Default: all but debug, to standard output. */
export function createLogger(
  options: { readonly level?: Level; readonly write?: (line: string) => void } = {},
): Logger {
  const { level = "info", write = (line) => void process.stdout.write(line) } = options;
  return loggerOf({ least: LEVELS.indexOf(level), write, bound: {} });
}

interface Settings {
  readonly least: number;
  readonly write: (line: string) => void;
  readonly bound: LogFields;
}

function loggerOf(settings: Settings): Logger {
  return {
    debug: logAt("debug", settings),
    info: logAt("info", settings),
    warn: logAt("warn", settings),
    error: logAt("error", settings),
    child: (fields) => loggerOf({ ...settings, bound: { ...settings.bound, ...fields } }),
  };
}

function logAt(level: Level, { least, write, bound }: Settings): Log {
  if (LEVELS.indexOf(level) < least) return () => {};
  return (fieldsOrMessage: LogFields | string, message?: string) => {
    const [fields, msg] = typeof fieldsOrMessage === "string" ? [{}, fieldsOrMessage] : [fieldsOrMessage, message];
    write(`${lineOf({ level, time: new Date().toISOString(), ...bound, ...fields, msg })}\n`);
  };
}

// What cannot be shown must not take the plugin down.
function lineOf(entry: LogFields): string {
  try {
    return JSON.stringify(entry, (_name, value: unknown) =>
      value instanceof Error ? (value.stack ?? value.message) : value,
    );
  } catch {
    return JSON.stringify({
      level: entry["level"],
      time: entry["time"],
      msg: entry["msg"],
      fields: "cannot be shown as JSON",
    });
  }
}
