const ANY_KEYS = "Go's JSON cannot write a map whose keys may be anything; ours writes the keys as text";
const UNKNOWN = "to expr-lang an unknown name is nil, which hides typing errors; ours says that it is unknown";

/** Expressions of which we make something else than the recorded language, and why. */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  "groupBy(users, .age)": ANY_KEYS,
  'fromPairs([["a", 1]])': ANY_KEYS,
  'date("14 Aug 2023", "02 Jan 2006").Month() == 8':
    "Go's months are a type of their own, which no number equals; ours are numbers",
  foo: UNKNOWN,
  "map(list, foo)": UNKNOWN,
  "m[0]": "a key of another kind is an error in Go; to ours it is a key that is not there",
};
