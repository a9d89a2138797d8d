/** Debian's order of versions (deb-version(7)): below 0 where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  );
}

function parts(version: string) {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version)!;
  const dash = rest.lastIndexOf('-');
  const [upstream, revision] = dash < 0 ? [rest, ''] : [rest.slice(0, dash), rest.slice(dash + 1)];
  return { epoch: Number(epoch), upstream, revision };
}

/** Pieces without digits by character, digits by number, in turns; the end is after `~` and before all else. */
function compareParts(a: string, b: string): number {
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    while ((i < a.length && !isDigit(a[i]!)) || (j < b.length && !isDigit(b[j]!))) {
      const order = weight(a[i]) - weight(b[j]);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const [left, right] = [digits(a, i), digits(b, j)];
    i += left.length;
    j += right.length;
    const order = Number(left || 0) - Number(right || 0);
    if (order !== 0) return order;
  }
  return 0;
}

function digits(text: string, from: number): string {
  return /^\d*/.exec(text.slice(from))![0];
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function weight(character: string | undefined): number {
  if (character === undefined || isDigit(character)) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
