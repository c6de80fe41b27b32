/** How many leaves are done, of how many. */
export interface Count {
  readonly done: number;
  readonly total: number;
}

export const NOTHING: Count = { done: 0, total: 0 };

export function add(a: Count, b: Count): Count {
  return { done: a.done + b.done, total: a.total + b.total };
}

export function sumOf(counts: Iterable<Count>): Count {
  let sum = NOTHING;
  for (const count of counts) sum = add(sum, count);
  return sum;
}
