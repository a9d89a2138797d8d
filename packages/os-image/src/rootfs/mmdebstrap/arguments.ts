import type { Architecture, MmdebstrapDescription } from '../../description/description.ts';
import { aptSourcesOf } from './sources.ts';

export interface ArgumentOptions {
  readonly architecture: Architecture;
  readonly mode: 'unshare' | 'root';
  /** The tar that is made. Paths are absolute. */
  readonly target: string;
  /** A folder. */
  readonly keyrings: string;
  /** Files for apt alone, each under its name. */
  readonly aptFiles: Readonly<Partial<Record<AptFile, string>>>;
}

/** `apt.conf` with `@ROOT@` for the root's path; `auth.conf`; `preferences`. */
export type AptFile = 'apt.conf' | 'auth.conf' | 'preferences';

/** Within the root, and gone before the author's customize hooks run. */
export const aptFolder = 'tmp/.ingot';

const folder = `/${aptFolder}`;

/** Stands in what mmdebstrap copies from the host, so that the copy is known in the end from what somebody wrote. */
export const hostMark = '# of the host; emptied when the image is done';

/** The arguments of mmdebstrap(1). No secret is among them. */
export function mmdebstrapArguments(description: MmdebstrapDescription, options: ArgumentOptions): string[] {
  const { suite, variant, packages, hooks } = description;
  return [
    `--mode=${options.mode}`,
    `--variant=${variant}`,
    `--architectures=${options.architecture}`,
    '--format=tar',
    // It would write into the image which keys this host trusts.
    '--skip=check/signed-by',
    ...packages.map((name) => `--include=${name}`),
    `--keyring=${options.keyrings}`,
    ...setupHooks(options).map((hook) => `--setup-hook=${hook}`),
    ...hooks.setup.map((hook) => `--setup-hook=${hook}`),
    ...hooks.extract.map((hook) => `--extract-hook=${hook}`),
    ...hooks.essential.map((hook) => `--essential-hook=${hook}`),
    `--customize-hook=rm -rf "$1${folder}"`,
    ...hooks.customize.map((hook) => `--customize-hook=${hook}`),
    suite,
    options.target,
    // As lines they become /etc/apt/sources.list; a file would keep its name.
    ...aptSourcesOf(description),
  ];
}

function setupHooks({ aptFiles }: ArgumentOptions): string[] {
  const names = Object.keys(aptFiles) as AptFile[];
  return [
    ownHost,
    `mkdir -m 0700 "$1${folder}"`,
    // `upload` reads outside of the namespace, by the rights of who builds.
    ...names.map((name) => `upload ${quoted(aptFiles[name]!)} ${folder}/${name}`),
    ...(aptFiles['apt.conf'] === undefined
      ? []
      : [`sed "s|@ROOT@|$1|g" "$1${folder}/apt.conf" >> "$MMDEBSTRAP_APT_CONFIG"`]),
  ];
}

/** Settings that lead apt to the files; for the end of `apt.conf`. */
export function leadingTo(names: readonly AptFile[]): string {
  const keys: Partial<Record<AptFile, string>> = {
    'auth.conf': 'Dir::Etc::netrc',
    preferences: 'Dir::Etc::preferences',
  };
  return names
    .filter((name) => keys[name] !== undefined)
    .map((name) => `${keys[name]} "@ROOT@${folder}/${name}";\n`)
    .join('');
}

/** What packages ask the system for must not be this host's name. */
const ownHost = [
  'if [ -e "$1/etc/hostname" ]; then echo localhost > "$1/etc/hostname"; fi',
  `if [ -e "$1/etc/resolv.conf" ]; then echo '${hostMark}' >> "$1/etc/resolv.conf"; fi`,
  // A namespace has a name of its own; in root mode it would be the host's.
  'if [ "$MMDEBSTRAP_MODE" = unshare ] && command -v hostname >/dev/null; then hostname localhost || true; fi',
].join('; ');

/** As Text::ParseWords, which mmdebstrap reads special hooks with, takes it. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
