/** A package as /var/lib/dpkg/status has it. */
export interface DpkgPackage {
  readonly name: string;
  readonly version: string;
  /** amd64, arm64, all, … */
  readonly architecture: string;
  readonly multiArch: string | undefined;
  /** Desired action, error flag, state: `install ok installed`. */
  readonly status: readonly [want: string, flag: string, state: string];
  /** The first line of its description. */
  readonly summary: string;
}

/** The packages of a status file, sorted as dpkg has them; those that are not there at all are left out. */
export function parseStatus(text: string): DpkgPackage[] {
  const packages = text.split(/\n{2,}/).flatMap((stanza) => {
    const field = fields(stanza);
    const name = field.get('package');
    const [want = 'unknown', flag = 'ok', state = 'not-installed'] = (field.get('status') ?? '').split(' ');
    if (name === undefined || state === 'not-installed') return [];
    return [
      {
        name,
        version: field.get('version') ?? '',
        architecture: field.get('architecture') ?? '',
        multiArch: field.get('multi-arch'),
        status: [want, flag, state] as const,
        summary: field.get('description') ?? '',
      },
    ];
  });
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.architecture, b.architecture));
}

/** What is installed, as the manifest and the lock have it: what was removed has left nothing but settings. */
export function isInstalled({ status }: DpkgPackage): boolean {
  return status[2] === 'installed';
}

/** The first line of each field; deb822(5). Blanks at its end are the field's only where more lines follow (dpkg, parse.c). */
function fields(stanza: string): Map<string, string> {
  const found = new Map<string, string>();
  const lines = stanza.split('\n');
  for (const [i, line] of lines.entries()) {
    const colon = line.indexOf(':');
    if (colon <= 0 || /^\s/.test(line)) continue;
    const value = line.slice(colon + 1).trimStart();
    found.set(line.slice(0, colon).toLowerCase(), /^\s/.test(lines[i + 1] ?? '') ? value : value.trimEnd());
  }
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
