import { Arguments } from "../arguments.ts";
import type { Functions } from "../builtins/builtin.ts";
import { ExpressionError } from "../error.ts";
import { Callable } from "../value.ts";
import type { ValueMap } from "../value.ts";
import { SPRIG_DICTS, SPRIG_LISTS } from "./collections.ts";
import { SPRIG_DATES } from "./dates.ts";
import { SPRIG_ENCODINGS } from "./encodings.ts";
import { SPRIG_NUMBERS } from "./numbers.ts";
import { SPRIG_PATTERNS } from "./patterns.ts";
import { SPRIG_TEXTS } from "./texts.ts";
import { SPRIG_VALUES } from "./values.ts";

const FUNCTIONS: Functions = [
  ...SPRIG_TEXTS,
  ...SPRIG_NUMBERS,
  ...SPRIG_LISTS,
  ...SPRIG_DICTS,
  ...SPRIG_VALUES,
  ...SPRIG_ENCODINGS,
  ...SPRIG_PATTERNS,
  ...SPRIG_DATES,
];

// These have a form that reports what is wrong as an error; ours always does.
const MUST =
  "append chunk compact first fromJson has initial last prepend push regexFind regexFindAll regexMatch regexReplaceAll regexReplaceAllLiteral regexSplit rest reverse slice toDate toJson toPrettyJson toRawJson uniq without".split(
    " ",
  );

// Taken away by Argo, or not to be had in something that has neither files, network, keys nor a memory.
const LEFT_OUT =
  "env expandenv getHostByName genPrivateKey genCA genSelfSignedCert genSignedCert derivePassword buildCustomCert bcrypt htpasswd encryptAES decryptAES randBytes set unset shuffle ago durationRound deepCopy osBase osDir osClean osExt osIsAbs urlParse urlJoin semver semverCompare tuple wrap wrapWith seq typeOf typeIs typeIsLike".split(
    " ",
  );

/** `sprig.…`: the functions in common use, as far as they compute something from their arguments alone. */
export const SPRIG: ValueMap = new Map<string, Callable>([...known(), ...leftOut()]);

function known(): readonly (readonly [string, Callable])[] {
  const must = FUNCTIONS.filter(([name]) => MUST.includes(name)).map(
    ([name, call]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, call] as const,
  );
  return [...FUNCTIONS, ...must].map(([name, call]) => [
    name,
    new Callable(`sprig.${name}`, (values, context) => call(new Arguments(`sprig.${name}`, values), context)),
  ]);
}

function leftOut(): readonly (readonly [string, Callable])[] {
  return LEFT_OUT.map((name) => [
    name,
    new Callable(`sprig.${name}`, () => {
      throw new ExpressionError(`sprig.${name} is not available here`);
    }),
  ]);
}
