const MAX_LENGTH = 63;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
const MAX_PREFIX_LENGTH = 253;

/** What the API would say of a label's value; undefined if it takes it. */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  return VALUE.test(value)
    ? undefined
    : "it must be letters, digits, '-', '_' and '.', and begin and end with a letter or digit";
}

/** The same of the name of a label or annotation: `example.com/team`. */
export function metadataNameProblem(name: string): string | undefined {
  const [last = "", prefix, ...more] = name.split("/").reverse();
  const sound =
    more.length === 0 &&
    NAME.test(last) &&
    last.length <= MAX_LENGTH &&
    (prefix === undefined || (PREFIX.test(prefix) && prefix.length <= MAX_PREFIX_LENGTH));
  return sound
    ? undefined
    : `it must be a name of at most ${MAX_LENGTH} characters, with or without a domain before it: example.com/team`;
}
