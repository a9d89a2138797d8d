/** One way to log in that a server offers. RFC 9110 § 11.6.1. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/y;

/** All challenges in the WWW-Authenticate headers of an answer. What cannot be read is left out. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((text) => parseOne(text.slice(0, 8192)));
}

function parseOne(text: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < text.length) {
    take(/[\s,]*/y);
    const word = take(token)?.[0];
    if (word === undefined) break;
    if (take(/\s*=\s*/y) === null) {
      found.push({ scheme: word.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
      continue;
    }
    const value = take(quoted)?.[1]?.replace(/\\(.)/g, '$1') ?? take(token)?.[0];
    const last = found.at(-1);
    if (value === undefined || last === undefined) break;
    last.parameters[word.toLowerCase()] ??= value;
  }
  return found;
}
