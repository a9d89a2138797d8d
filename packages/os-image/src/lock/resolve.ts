import type { MmdebstrapDescription } from '../description/description.ts';
import type { AptRoot } from './apt-root.ts';
import type { LockedPackage } from './packages-lock.ts';

/**
 * All packages that mmdebstrap will install, found as it finds them (mmdebstrap 1.3, run_download and run_install): the
 * essential ones first, on their own, then the rest on top of them. apt decides between alternatives by what is there
 * already, so both steps are asked for; no package is fetched. Sorted by name.
 */
export async function resolvePackages(
  root: AptRoot,
  { suite, variant, packages }: Pick<MmdebstrapDescription, 'suite' | 'variant' | 'packages'>,
  architecture: string,
): Promise<LockedPackage[]> {
  const narrow = (pattern: string) =>
    `?narrow(?or(?archive(^${suite}$),?codename(^${suite}$)),?architecture(${architecture}),${pattern})`;
  const found = new Map<string, LockedPackage>();
  const take = async (args: readonly string[]): Promise<void> => {
    if (args.length === 0) return;
    for (const line of await root.run('apt-get', ['--simulate', '--yes', ...args])) {
      const each = installLine(line);
      if (each) found.set(each.name, each);
    }
  };
  const rest = [...packages, ...(priorities[variant] === undefined ? [] : [narrow(priorities[variant])])];
  if (variant === 'buildd') rest.push('build-essential');
  const first = variant === 'apt' ? ['dist-upgrade'] : ['install', narrow('?essential')];
  if (variant !== 'custom' && variant !== 'extract') {
    await take(first);
    await root.installed(await stanzasOf(root, [...found.values()]));
  }
  if (rest.length > 0) await take(['install', ...rest]);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the variants of mmdebstrap(1) have beside what is essential. */
const priorities: Readonly<Record<string, string>> = {
  required: '?and(?priority(required),?not(?essential))',
  minbase: '?and(?priority(required),?not(?essential))',
  buildd: '?and(?priority(required),?not(?essential))',
  important: '?and(?or(?priority(required),?priority(important)),?not(?essential))',
  debootstrap: '?and(?or(?priority(required),?priority(important)),?not(?essential))',
  standard: '?and(?or(~prequired,~pimportant,~pstandard),?not(?essential))',
};

/** `Inst adduser (3.134 Debian:12.12/stable [all])`, `Inst libc6 [2.35] (2.36 … [amd64]) []`. */
export function installLine(line: string): LockedPackage | undefined {
  const [, name, version, architecture] =
    /^Inst ([^\s:]+)(?::\S+)? (?:\[\S+\] )?\((\S+) .*?\[([a-z0-9-]+)\]\)/.exec(line) ?? [];
  return name === undefined ? undefined : { name, version: version!, architecture: architecture! };
}

async function stanzasOf(root: AptRoot, packages: readonly LockedPackage[]): Promise<string[]> {
  if (packages.length === 0) return [];
  const lines = await root.run('apt-cache', [
    'show',
    '--',
    ...packages.map(({ name, version }) => `${name}=${version}`),
  ]);
  return lines
    .join('\n')
    .split(/\n{2,}/)
    .filter((stanza) => stanza.trim() !== '');
}

/** The versions that the sources have of packages, by name. */
export async function availableVersions(root: AptRoot, names: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let i = 0; i < names.length; i += 500) {
    for (const line of await root.run('apt-cache', ['madison', '--', ...names.slice(i, i + 500)])) {
      const [name, version] = line.split('|').map((part) => part.trim());
      if (name && version) found.set(name, [...(found.get(name) ?? []), version]);
    }
  }
  return found;
}
