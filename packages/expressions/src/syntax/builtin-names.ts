interface Arity {
  readonly min: number;
  readonly max: number;
}

const BY_ARITY: readonly (readonly [min: number, max: number, names: string])[] = [
  [1, 1, "len type abs ceil floor round int float string upper lower toJSON fromJSON toBase64 fromBase64"],
  [1, 1, "duration timezone first last keys values toPairs fromPairs reverse uniq flatten bitnot"],
  [1, 2, "trim trimPrefix trimSuffix join sort"],
  [2, 2, "repeat indexOf lastIndexOf hasPrefix hasSuffix get take bitand bitor bitxor bitnand bitshl bitshr bitushr"],
  [2, 3, "split splitAfter"],
  [3, 4, "replace"],
  [0, 1, "now"],
  [1, 4, "date"],
  [1, Number.POSITIVE_INFINITY, "max min mean median concat"],
];

/** The functions of the language and how many arguments they take. */
export const BUILTIN_ARITIES: ReadonlyMap<string, Arity> = new Map(
  BY_ARITY.flatMap(([min, max, names]) => names.split(" ").map((name): [string, Arity] => [name, { min, max }])),
);
