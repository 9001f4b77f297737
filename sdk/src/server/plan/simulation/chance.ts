/**
 * Chance that comes the same for the same seed, and fast: a simulation of ten million machines draws fifty million
 * times.
 */

/** Draws from [0, 1). */
export type Chance = () => number;

/** sfc32 (Chris Doty-Humphrey's Small Fast Counter; passes PractRand), seeded by a number. */
export function chanceOf(seed: number): Chance {
  let [a, b, c, counter] = [0x9e37_79b9, 0x243f_6a88, seed | 0, 1];
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let turn = 0; turn < 15; turn++) draw(); // the seed has reached every bit by then
  return draw;
}

/** Whole seconds drawn from a table of quantiles: one draw, one look. */
export type SecondsDraw = (chance: Chance) => number;

const tableSize = 8192;

/** Log-normal, as delays of mail and of machines are: by its median and the time that 95 of 100 keep to. */
export function logNormal(medianSeconds: number, p95Seconds: number): SecondsDraw {
  const sigma = Math.log(Math.max(1, p95Seconds / medianSeconds)) / 1.644_854;
  return tableOf((quantile) => medianSeconds * Math.exp(sigma * normalQuantile(quantile)));
}

/** Exponential: how long until a machine that is off comes back. */
export function exponential(meanSeconds: number): SecondsDraw {
  return tableOf((quantile) => -meanSeconds * Math.log(1 - quantile));
}

/** Anything from 0 up to so many: how long until somebody looks who looks regularly. */
export function evenly(seconds: number): SecondsDraw {
  return (chance) => Math.floor(chance() * seconds);
}

function tableOf(secondsAt: (quantile: number) => number): SecondsDraw {
  const table = Float64Array.from({ length: tableSize }, (_, index) =>
    Math.round(secondsAt((index + 0.5) / tableSize)),
  );
  return (chance) => table[Math.floor(chance() * tableSize)] ?? 0;
}

/** Acklam's rational approximation; its relative error is below 1.2e-9. */
function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.024_25) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784_894_002e-3 * q - 0.322_396_458) * q - 2.400_758_277) * q - 2.549_732_539) * q +
        4.374_664_141) *
        q +
        2.938_163_983) /
      ((((7.784_695_709e-3 * q + 0.322_467_129) * q + 2.445_134_137) * q + 3.754_408_662) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.696_830_287 * r + 220.946_098_425) * r - 275.928_510_447) * r + 138.357_751_867) * r -
      30.664_798_066) *
      r +
      2.506_628_277) *
      q) /
    (((((-54.476_098_798 * r + 161.585_836_859) * r - 155.698_979_86) * r + 66.801_311_887) * r -
      13.280_681_553) *
      r +
      1)
  );
}
