import { resolve } from 'node:path';
import { UsageError } from './error.ts';
import type { RegistriesOptions } from '@ingot/registry';
import type { Terminal, VerbOption, VerbValues } from './verb.ts';

/** How a registry is reached, as far as the command line says so. */
export type Access = Pick<RegistriesOptions, 'authFile' | 'registries'>;

/** Of two registries on one command line, the one that is read or the one that is written to. */
export type Side = 'src' | 'dest';

/** The options of all verbs that talk to a registry. */
export const accessOptions: Readonly<Record<string, VerbOption>> = {
  authfile: { type: 'string', value: 'file', help: "credentials, instead of Docker's and Podman's own files" },
  'ca-file': { type: 'string', value: 'pem', help: "certificates to trust besides the system's" },
  'plain-http': { type: 'boolean', help: 'speak HTTP without TLS; localhost needs no such word' },
};

/** The same for a verb that may talk to two registries. */
export const sidedAccessOptions: Readonly<Record<string, VerbOption>> = {
  ...accessOptions,
  ...Object.fromEntries(
    (['src', 'dest'] as const).flatMap((side) =>
      Object.entries(accessOptions).map(([name, option]) => [
        `${side}-${name}`,
        { ...option, help: `--${name} for the ${side === 'src' ? 'source' : 'destination'} alone` },
      ]),
    ),
  ),
};

/** What the command line says of `registry` (`host[:port]`). */
export function accessTo(registry: string, values: VerbValues, { cwd }: Pick<Terminal, 'cwd'>, side?: Side): Access {
  const value = (name: string) => (side === undefined ? undefined : values[`${side}-${name}`]) ?? values[name];
  const [authFile, caFile] = ['authfile', 'ca-file'].map((name) => file(name, value(name), cwd()));
  const own = {
    ...(caFile === undefined ? {} : { caFile }),
    ...(value('plain-http') === true ? { plainHttp: true } : {}),
  };
  return {
    ...(authFile === undefined ? {} : { authFile }),
    ...(Object.keys(own).length === 0 ? {} : { registries: { [registry]: own } }),
  };
}

/** Throws UsageError where --plain-http could mean either: a password must not go unprotected by mistake. */
export function checkPlainHttp(registries: readonly string[], values: VerbValues): void {
  if (values['plain-http'] !== true || new Set(registries).size < 2) return;
  throw new UsageError(
    `--plain-http does not say which registry: ${registries.join(' or ')}`,
    'Write --src-plain-http or --dest-plain-http.',
  );
}

function file(name: string, value: string | boolean | undefined, cwd: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value === '') throw new UsageError(`--${name} names no file`, `Write --${name} FILE.`);
  return resolve(cwd, value);
}
