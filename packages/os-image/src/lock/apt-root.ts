import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildLog, runProgram } from '@ingot/workspace';
import type { Architecture, MmdebstrapDescription, OsImageDescription } from '../description/description.ts';
import { requireTools } from '../program/tools.ts';
import { environment } from '../rootfs/mmdebstrap/environment.ts';
import { aptSettings, type AptSettings } from '../rootfs/mmdebstrap/apt-settings.ts';
import { buildFailed } from '../rootfs/mmdebstrap/blame.ts';
import { keyringFolder } from '../rootfs/mmdebstrap/keyrings.ts';
import { checkSources, aptSourcesOf } from '../rootfs/mmdebstrap/sources.ts';
import { withTemporary, type Temporary } from '../rootfs/mmdebstrap/temporary.ts';

interface AptRootOptions {
  readonly description: OsImageDescription;
  readonly mmdebstrap: MmdebstrapDescription;
  readonly architecture: Architecture;
  readonly temporary: Temporary;
  readonly settings: AptSettings;
  readonly log: BuildLog;
  readonly signal: AbortSignal;
}

/**
 * apt with a root of its own, as mmdebstrap makes one: it knows the sources of a description and nothing of this
 * machine's packages. Needs no rights.
 */
export class AptRoot {
  readonly #options: AptRootOptions;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(options: AptRootOptions, folder: string, configuration: string) {
    this.#options = options;
    this.#folder = folder;
    this.#environment = { ...environment(0, options.temporary.tree), APT_CONFIG: configuration, LC_ALL: 'C' };
  }

  /** Fetches the lists of packages. Throws ProjectErrors at the place of the source that fails, as a build does. */
  static async open(options: AptRootOptions): Promise<AptRoot> {
    const { description, mmdebstrap, architecture, temporary } = options;
    await requireTools(['apt-get'], description.place(['mmdebstrap']));
    const folder = join(temporary.tree, `apt-${architecture}`);
    for (const path of [
      'etc/apt/apt.conf.d',
      'etc/apt/preferences.d',
      'var/lib/apt/lists/partial',
      'var/cache/apt/archives/partial',
      'var/lib/dpkg',
    ]) {
      await mkdir(join(folder, path), { recursive: true, mode: 0o755 });
    }
    await writeFile(
      join(folder, 'etc/apt/sources.list'),
      aptSourcesOf(mmdebstrap)
        .map((line) => `${line}\n`)
        .join(''),
    );
    await writeFile(join(folder, 'var/lib/dpkg/status'), '');
    const configuration = join(temporary.secret, `apt-${architecture}.conf`);
    await writeFile(configuration, await settingsOf(options, folder), { mode: 0o600 });
    const root = new AptRoot(options, folder, configuration);
    await root.run('apt-get', ['update', '--error-on=any']);
    return root;
  }

  /** What apt says to a question. Throws the error of a build that fails like this. */
  async run(program: 'apt-get' | 'apt-cache', args: readonly string[]): Promise<string[]> {
    const { log, signal, mmdebstrap, description } = this.#options;
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      if (program === 'apt-get') log.add(line);
    };
    const ended = await runProgram(program, args, { env: this.#environment, signal, onLine });
    if (ended?.code === 0) return lines;
    const how = ended === undefined ? 'is not there' : `ended with ${ended.code ?? 'a signal'}`;
    throw buildFailed(mmdebstrap, `${program} ${how}`, log, description.place);
  }

  /** Lets apt believe that packages are installed. @param stanzas of Packages files */
  async installed(stanzas: readonly string[]): Promise<void> {
    const status = stanzas.map((stanza) => `${stanza.trimEnd()}\nStatus: install ok installed\n\n`).join('');
    await writeFile(join(this.#folder, 'var/lib/dpkg/status'), status);
  }
}

/** A root for the time of `work`, with the lists of packages fetched. */
export async function withAptRoot<T>(
  description: OsImageDescription,
  mmdebstrap: MmdebstrapDescription,
  architecture: Architecture,
  { signal, show = () => undefined }: { readonly signal: AbortSignal; readonly show?: (line: string) => void },
  work: (root: AptRoot) => Promise<T>,
): Promise<T> {
  checkSources(mmdebstrap, description);
  const settings = await aptSettings(mmdebstrap, description.folder);
  return withTemporary(async (temporary) => {
    const log = await BuildLog.open(join(temporary.secret, 'log'), settings.secrets, show);
    try {
      return await work(
        await AptRoot.open({ description, mmdebstrap, architecture, temporary, settings, log, signal }),
      );
    } finally {
      log.close();
    }
  });
}

/** As mmdebstrap's setup writes them. */
async function settingsOf(options: AptRootOptions, folder: string): Promise<string> {
  const { description, mmdebstrap, architecture, temporary, settings } = options;
  const authentication = join(temporary.secret, `auth-${architecture}.conf`);
  await writeFile(authentication, settings.authentication ?? '', { mode: 0o600 });
  const keyrings = await keyringFolder(mmdebstrap, description.folder, folder, description.place);
  return [
    `Apt::Architecture "${architecture}";`,
    `Apt::Architectures "${architecture}";`,
    `Dir "${folder}";`,
    `Dir::State::Status "${folder}/var/lib/dpkg/status";`,
    'Dir::Etc::Trusted "/etc/apt/trusted.gpg";',
    `Dir::Etc::TrustedParts "${keyrings}";`,
    `Dir::Etc::netrc "${authentication}";`,
    'Apt::Install-Recommends false;',
    'Acquire::Languages "none";',
    'APT::Get::AutomaticRemove false;',
    ...(mmdebstrap.variant === 'apt' ? [] : ['pkgCacheGen::ForceEssential ",";']),
    settings.configuration,
  ].join('\n');
}
