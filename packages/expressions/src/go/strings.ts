/** At most `limit` parts, the last one being the rest; all if it is negative, none if it is 0. */
export function splitText(text: string, separator: string, limit: number): readonly string[] {
  if (limit === 0) return [];
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

/** The first `limit` ones; all if it is negative. */
export function replaceText(text: string, old: string, by: string, limit: number): string {
  if (limit < 0) return text.replaceAll(old, () => by);
  const parts = splitText(text, old, limit + 1);
  return old === "" ? between(text, by, limit) : parts.join(by);
}

// An empty text stands before each character and at the end.
function between(text: string, by: string, limit: number): string {
  const characters = Array.from(text);
  return [
    ...characters.map((character, index) => (index < limit ? by : "") + character),
    characters.length < limit ? by : "",
  ].join("");
}

const SPACE = /^[^\S\ufeff]+|^\u0085+|[^\S\ufeff]+$/g;

export function trimSpace(text: string): string {
  return text.replaceAll(SPACE, "");
}

/** Without the characters of a set at both ends, or at one. */
export function trimCharacters(text: string, set: string, ends: "both" | "start" | "end" = "both"): string {
  const unwanted = new Set(set);
  const characters = Array.from(text);
  let start = 0;
  let end = characters.length;
  if (ends !== "end") while (start < end && unwanted.has(characters[start] ?? "")) start += 1;
  if (ends !== "start") while (end > start && unwanted.has(characters[end - 1] ?? "")) end -= 1;
  return characters.slice(start, end).join("");
}
