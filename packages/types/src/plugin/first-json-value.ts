/** A JSON value that a text begins with; what follows it is not looked at. Throws a SyntaxError if there is none. */
export function parseFirstJsonValue(text: string): unknown {
  const whole = tryParse(text);
  if (whole !== undefined) return whole.value;
  return JSON.parse(text.slice(0, endOfFirstValue(text)));
}

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

const WORD = /\s*(?:"(?:[^"\\]|\\.)*"|[^\s{}[\]",:]+)/y;
const STRUCTURE = /[{}[\]"]/g;

// Where the brackets that the value opens are closed again. Whether it is sound in between is for JSON.parse to say.
function endOfFirstValue(text: string): number {
  if (!/^\s*[{[]/.test(text)) {
    WORD.lastIndex = 0;
    return WORD.test(text) ? WORD.lastIndex : text.length;
  }
  let depth = 0;
  STRUCTURE.lastIndex = 0;
  for (let match = STRUCTURE.exec(text); match !== null; match = STRUCTURE.exec(text)) {
    const [character] = match;
    if (character === '"') STRUCTURE.lastIndex = endOfString(text, match.index);
    else depth += character === "{" || character === "[" ? 1 : -1;
    if (depth === 0) return match.index + 1;
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return text.length;
}
