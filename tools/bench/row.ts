/** One measurement of a `*.bench.ts`. */
export type Row = {
  /** What was done, with its size: `write an ISO of 1 GB`. */
  readonly what: string;
  readonly seconds: number;
  /** This against `against`, measured in the same run; which way round is the bench's to say in `against`. */
  readonly ratio?: number;
  readonly against?: string;
  /** What is promised of the ratio (`≤ 1.2`, `≥ 8`, a number alone means at most) or of the memory (`< 200 MiB`). */
  readonly bound?: string | number;
  /** Peak memory of the process that did it, in MiB. */
  readonly rssMiB?: number;
};

/** What a `*.bench.ts` exports. */
export type Bench = { readonly name: string; run(): Promise<Row[]> };

/** Was the promise kept? Undefined where there is none. Throws an Error for a bound that nobody can read. */
export function isMet({ bound, ratio, rssMiB, what }: Row): boolean | undefined {
  if (bound === undefined) return undefined;
  const match = /^\s*(≤|<=|<|≥|>=|>)?\s*(\d+(?:\.\d+)?)\s*(×|x)?\s*(MiB|MB)?\s*$/.exec(String(bound));
  const value = match?.[4] === undefined ? ratio : rssMiB;
  if (match === null || value === undefined) throw new Error(`the bound of "${what}" cannot be checked: ${bound}`);
  const limit = Number(match[2]);
  switch (match[1]) {
    case '<':
      return value < limit;
    case '>':
      return value > limit;
    case '≥':
    case '>=':
      return value >= limit;
    default:
      return value <= limit;
  }
}

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const number = (value: number | undefined, digits: number) => (value === undefined ? '' : value.toFixed(digits));
  const lines = rows.map((row) => {
    const met = isMet(row);
    const bound = met === undefined ? '' : `${String(row.bound)} ${met ? 'met' : '**missed**'}`;
    const cells = [row.what, number(row.seconds, row.seconds < 10 ? 2 : 1), number(row.ratio, 2), row.against ?? ''];
    return `| ${[...cells, bound, number(row.rssMiB, 0)].join(' | ')} |`;
  });
  return [
    '| What | Seconds | Ratio | Against | Bound | Peak MiB |',
    '| --- | ---: | ---: | --- | --- | ---: |',
    ...lines,
  ].join('\n');
}
