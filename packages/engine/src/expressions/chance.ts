/**
 * Numbers that look random and are always the same for one seed. The engine is pure: an expression that asks for chance gets the same
 * answer whenever it is evaluated again for the same place of the same Workflow.
 */
export function chanceOf(seed: string): () => number {
  const state = Uint32Array.from([0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef], (salt) => hash(seed, salt));
  // What the first numbers have in common with the seed wears off.
  for (let turn = 0; turn < 12; turn += 1) next(state);
  return () => next(state) / 2 ** 32;
}

// FNV-1a over the UTF-16 units.
function hash(text: string, salt: number): number {
  let value = (0x811c9dc5 ^ salt) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

// sfc32: three words of state and a counter.
function next(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state;
  const result = (a + b + counter) >>> 0;
  state[0] = b ^ (b >>> 9);
  state[1] = c + (c << 3);
  state[2] = ((c << 21) | (c >>> 11)) + result;
  state[3] = counter + 1;
  return result;
}
