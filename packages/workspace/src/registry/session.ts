import { resolve } from 'node:path';
import type { Registries, RegistryOptions } from '@ingot/registry';
import type { ExecutorContext } from '@nx/devkit';
import { ProjectError } from '../error.ts';
import { checkOptions } from '../run/options.ts';

/** What a task needs to know of the workspace to talk to registries. */
export type RegistryContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>;

const PLUGIN = '@ingot/oci/plugin';
const known = { plainHttp: ['true', 'false'], skipTlsVerify: ['true', 'false'], caFile: undefined, mirrors: undefined };

const sessions = new Map<string, Promise<Registries>>();

/**
 * The registries of this workspace, with what nx.json says of them (`registries` in the options of @ingot/oci/plugin).
 * One session for a process: tokens and connections are shared by all tasks of a batch. Throws ProjectError
 * INGOT_OPTION_UNKNOWN, INGOT_OPTION_VALUE.
 */
export function registriesOf(context: RegistryContext): Promise<Registries> {
  const registries = registryOptions(context);
  const key = JSON.stringify([context.root, registries]);
  const session = sessions.get(key) ?? open(registries);
  sessions.set(key, session);
  return session;
}

async function open(registries: Readonly<Record<string, RegistryOptions>>): Promise<Registries> {
  const { openRegistries } = await import('@ingot/registry');
  return openRegistries({ registries, onWarning: (text) => void process.stderr.write(`warning: ${text}\n`) });
}

/** `registries` of nx.json, its CA files relative to the workspace. */
function registryOptions({ root, nxJsonConfiguration }: RegistryContext): Record<string, RegistryOptions> {
  const written = pluginOptions(nxJsonConfiguration)['registries'] ?? {};
  if (!isRecord(written)) throw wrong('registries', 'a map from host[:port] to its settings');
  return Object.fromEntries(
    Object.entries(written).map(([host, settings]) => {
      const name = `registries["${host}"]`;
      if (!isRecord(settings)) throw wrong(name, 'a map with plainHttp, caFile, mirrors or skipTlsVerify');
      checkOptions(settings, known);
      const { caFile, mirrors } = settings;
      if (caFile !== undefined && typeof caFile !== 'string') throw wrong(`${name}.caFile`, 'a path');
      if (mirrors !== undefined && !isTexts(mirrors)) throw wrong(`${name}.mirrors`, 'a list of host[:port][/path]');
      return [host, { ...settings, ...(caFile === undefined ? {} : { caFile: resolve(root, caFile) }) }];
    }),
  );
}

/** The options that nx.json gives @ingot/oci's plugin. */
export function pluginOptions(nxJson: ExecutorContext['nxJsonConfiguration']): Readonly<Record<string, unknown>> {
  for (const each of nxJson?.plugins ?? []) {
    if (typeof each !== 'string' && each.plugin === PLUGIN) return (each.options ?? {}) as Record<string, unknown>;
  }
  return {};
}

function wrong(name: string, expected: string): ProjectError {
  return new ProjectError('INGOT_OPTION_VALUE', `${PLUGIN}: ${name} must be ${expected}`, { path: 'nx.json' });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
