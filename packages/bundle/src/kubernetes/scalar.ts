/** What YAML 1.1 makes of a scalar: a value of JSON, or why there is none. */
export type Resolved = { readonly value: string | number | boolean | null } | { readonly problem: string };

const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

const integer = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const notFinite = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/**
 * The value of a scalar as go-yaml v2 reads it for Kubernetes (sigs.k8s.io/yaml goyaml.v2/resolve.go): `y` and `on` are
 * true, 017 is 15, 1_000 is 1000; 22:22 and dates are texts. `tag` as `tag:yaml.org,2002:str`; `plain`: without quotes.
 */
export function resolveScalar(text: string, tag: string | undefined, plain: boolean): Resolved {
  const kind = tag?.replace(/^tag:yaml\.org,2002:/, '!!');
  if (kind === undefined) return plain ? plainScalar(text) : { value: text };
  if (kind === '!!binary') return binary(text);
  if (!['!!bool', '!!int', '!!float', '!!null'].includes(kind)) return { value: text };
  const read = plainScalar(text);
  if ('problem' in read || kindOf(read.value) === kind) return read;
  if (kind === '!!float' && typeof read.value === 'number') return read;
  return { problem: `${JSON.stringify(text)} is no ${kind}` };
}

function plainScalar(text: string): Resolved {
  const word = words.get(text);
  if (word !== undefined) return { value: word };
  if (notFinite.test(text)) return { problem: `JSON, which every manifest becomes, has no number ${text}` };
  // Go's ParseFloat, which has these, knows no underscores.
  if (text.startsWith('.')) return { value: float.test(text) ? finite(text) : text };
  if (!/^[-+0-9]/.test(text)) return { value: text };
  const digits = text.replaceAll('_', '');
  return { value: whole(digits) ?? (float.test(digits) ? finite(digits) : text) };
}

/** Of 64 bits; undefined for anything else. */
function whole(text: string): number | undefined {
  const [, sign = '', digits] = integer.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits.toLowerCase());
  const most = sign === '' ? 2n ** 64n - 1n : sign === '-' ? 2n ** 63n : 2n ** 63n - 1n;
  return size <= most ? Number(sign === '-' ? -size : size) : undefined;
}

function finite(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function binary(text: string): Resolved {
  const base64 = text.replaceAll(/[\r\n]/g, '');
  const sound = base64.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(base64);
  return sound
    ? { value: Buffer.from(base64, 'base64').toString('utf8') }
    : { problem: 'a !!binary that is no base64' };
}

function kindOf(value: string | number | boolean | null): string {
  if (value === null) return '!!null';
  if (typeof value === 'boolean') return '!!bool';
  if (typeof value === 'number') return Number.isInteger(value) ? '!!int' : '!!float';
  return '!!str';
}
