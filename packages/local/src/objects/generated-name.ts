import { randomInt } from "node:crypto";

// No vowels and nothing that looks like another letter: no words, no mix-ups.
const SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const SUFFIX_LENGTH = 5;
const NAME_LENGTH = 63;

/** What `generateName` makes of a prefix. */
export function generatedName(prefix: string): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_ALPHABET[randomInt(SUFFIX_ALPHABET.length)]);
  return prefix.slice(0, NAME_LENGTH - SUFFIX_LENGTH) + suffix.join("");
}
