const OPEN = "{{";
const CLOSE = "}}";

/**
 * Gives the text that stands for a tag: `name` without the braces and surrounding blanks, `source` as written. Called inside out
 * for tags within tags: `{{inputs.parameters.{{item}}}}` asks for `item` first.
 */
export type TagReplacer = (name: string, source: string) => string;

/**
 * Replaces each `{{tag}}` of a text, in one pass over it. What a tag is replaced with is data: it is not searched for tags again.
 * Braces without a partner are text.
 */
export function replaceTags(text: string, replace: TagReplacer): string {
  if (!mayHaveTags(text)) return text;
  // What stands before each tag that is open at this point; `current` is what follows the innermost opening.
  const outer: string[] = [];
  let current = "";
  let position = 0;
  for (const match of text.matchAll(/\{\{|\}\}/g)) {
    current += text.slice(position, match.index);
    position = match.index + match[0].length;
    if (match[0] === OPEN) {
      outer.push(current);
      current = "";
    } else {
      const before = outer.pop();
      current = before === undefined ? current + CLOSE : before + replace(current.trim(), OPEN + current + CLOSE);
    }
  }
  return [...outer, current + text.slice(position)].join(OPEN);
}

/** The tags of a text, inner ones first. */
export function tagsOf(text: string): readonly string[] {
  const tags: string[] = [];
  replaceTags(text, (name, source) => {
    tags.push(name);
    return source;
  });
  return tags;
}

export function mayHaveTags(text: string): boolean {
  return text.includes(OPEN);
}

/** An expression tag: `{{=1 + 1}}`. */
export function isExpressionTag(tag: string): boolean {
  return tag.startsWith("=");
}
