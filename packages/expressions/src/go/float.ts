/** A float as Go's `%v` shows it: `3`, `0.5`, `1e+06`. */
export function floatText(value: number): string {
  return special(value) ?? shortest(value, (exponent) => exponent < -4 || exponent >= 21);
}

/** A float as Go's JSON has it; undefined for what JSON cannot say. */
export function floatJson(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  return shortest(value, (exponent) => exponent < -6 || exponent >= 21).replace(/e-0(\d)$/, "e-$1");
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? "+Inf" : "-Inf";
}

// The fewest digits that stand for this float alone: JavaScript finds the same ones, and writes them in another way.
function shortest(value: number, inExponents: (exponent: number) => boolean): string {
  if (Object.is(value, -0)) return "-0";
  if (value === 0) return "0";
  const [, minus = "", digits = "", exponentText = ""] = /^(-?)([\d.]+)e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const exponent = Number(exponentText);
  if (inExponents(exponent)) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${minus}${digits}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  return minus + plain(digits.replace(".", ""), exponent);
}

function plain(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
