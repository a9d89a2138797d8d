import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { RegistryError } from '../error.ts';
import { homeOf, readText } from '../text-file.ts';

/** When a mirror is asked. */
export type MirrorUse = 'all' | 'digest-only' | 'tag-only';

export interface ConfiguredMirror {
  readonly location: string;
  readonly insecure: boolean;
  readonly use: MirrorUse;
}

/** A `[[registry]]` table. containers-registries.conf(5). */
export interface ConfiguredRegistry {
  /** `host[:port][/path]`, or `*.host`. */
  readonly prefix: string;
  /** What stands for the prefix; empty: the prefix itself. */
  readonly location: string;
  readonly insecure: boolean;
  readonly blocked: boolean;
  readonly mirrors: readonly ConfiguredMirror[];
  /** The file that it stands in. */
  readonly path: string;
}

/**
 * What the files of containers-registries.conf(5) and containers-registries.conf.d(5) say, a later table in place of an
 * earlier one of the same prefix. Throws INGOT_REGISTRIES_CONF.
 */
export async function readRegistriesConf(env: NodeJS.ProcessEnv, system: string): Promise<ConfiguredRegistry[]> {
  const byPrefix = new Map<string, ConfiguredRegistry>();
  for (const path of await confFiles(env, system)) {
    for (const table of await readTables(path)) byPrefix.set(table.prefix, table);
  }
  return [...byPrefix.values()];
}

/** In the order of c/image's sysregistriesv2: who has a main file of their own reads nothing of the system's. */
async function confFiles(env: NodeJS.ProcessEnv, system: string): Promise<string[]> {
  const home = homeOf(env);
  const own = home === undefined ? undefined : join(home, '.config', 'containers');
  const ownMain = own === undefined ? undefined : join(own, 'registries.conf');
  const ownMore = own === undefined ? [] : await dropIns(join(own, 'registries.conf.d'));
  const named = env['CONTAINERS_REGISTRIES_CONF'];
  const isNamed = named !== undefined && named !== '';
  if (!isNamed && ownMain !== undefined && (await text(ownMain)) !== undefined) return [ownMain, ...ownMore];
  if (isNamed && (await text(named)) === undefined)
    throw bad(named, 'is not there, but CONTAINERS_REGISTRIES_CONF names it');
  const main = isNamed ? named : join(system, 'containers', 'registries.conf');
  return [main, ...(await dropIns(join(system, 'containers', 'registries.conf.d'))), ...ownMore];
}

async function dropIns(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.conf'))
    .sort()
    .map((name) => join(folder, name));
}

async function text(path: string): Promise<string | undefined> {
  return readText(path).catch((error: Error) => {
    throw bad(path, error.message);
  });
}

async function readTables(path: string): Promise<ConfiguredRegistry[]> {
  const toml = parseToml(path, (await text(path)) ?? '');
  if ('registries' in toml) {
    const help = 'Write [[registry]] tables, as containers-registries.conf(5) has them.';
    throw bad(path, 'is in the old format, with tables [registries.…]', help);
  }
  return tables(toml['registry'], path, 'registry').map((table) => registry(table, path));
}

function parseToml(path: string, content: string): Record<string, unknown> {
  try {
    return parse(content, { maxDepth: 20 });
  } catch (error) {
    if (!(error instanceof TomlError)) throw bad(path, 'is nested too deeply');
    throw bad(`${path}:${error.line}:${error.column}`, `is not TOML: ${error.message.split('\n')[0]}`);
  }
}

type Table = Readonly<Record<string, unknown>>;

function registry(table: Table, path: string): ConfiguredRegistry {
  const location = place(table, 'location', path);
  const prefix = place(table, 'prefix', path) || location;
  if (prefix === '') throw bad(path, 'has a [[registry]] with neither prefix nor location');
  if (prefix.includes('*') && !/^\*\.[^*/:]+$/.test(prefix)) {
    throw bad(path, `has the prefix ${JSON.stringify(prefix)}`, 'A * stands only at the beginning: *.example.com.');
  }
  if (location === '' && !prefix.startsWith('*.')) {
    return registry({ ...table, prefix, location: prefix }, path);
  }
  const byDigest = flag(table, 'mirror-by-digest-only', path);
  const mirrors = tables(table['mirror'], path, 'registry.mirror').map((one) => mirror(one, byDigest, path));
  const insecure = flag(table, 'insecure', path);
  return { prefix, location, insecure, blocked: flag(table, 'blocked', path), mirrors, path };
}

function mirror(table: Table, byDigest: boolean, path: string): ConfiguredMirror {
  const location = place(table, 'location', path);
  if (location === '') throw bad(path, 'has a [[registry.mirror]] without location');
  const said = table['pull-from-mirror'] ?? '';
  if (said !== '' && byDigest) throw bad(path, 'has both mirror-by-digest-only and pull-from-mirror for one registry');
  const use = uses.find((one) => one === (said === '' ? (byDigest ? 'digest-only' : 'all') : said));
  if (use === undefined) {
    throw bad(path, `has pull-from-mirror = ${JSON.stringify(said)}`, `Write one of ${uses.join(', ')}.`);
  }
  return { location, insecure: flag(table, 'insecure', path), use };
}

const uses: readonly MirrorUse[] = ['all', 'digest-only', 'tag-only'];

function tables(value: unknown, path: string, name: string): readonly Table[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)) return value as Table[];
  throw bad(path, `has a ${name} that is not a [[${name}]]`);
}

function place(table: Table, key: string, path: string): string {
  const value = table[key] ?? '';
  if (typeof value !== 'string') throw bad(path, `has a ${key} that is not a text`);
  if (value.includes('://')) throw bad(path, `has a scheme in ${key} = ${JSON.stringify(value)}`, 'Leave it out.');
  return value.replace(/\/+$/, '');
}

function flag(table: Table, key: string, path: string): boolean {
  const value = table[key] ?? false;
  if (typeof value !== 'boolean') throw bad(path, `has a ${key} that is neither true nor false`);
  return value;
}

function bad(path: string, what: string, help = 'Mend it; containers-registries.conf(5) describes it.'): RegistryError {
  return new RegistryError('INGOT_REGISTRIES_CONF', `${path} ${what}`, { path: path.replace(/:\d+:\d+$/, ''), help });
}
