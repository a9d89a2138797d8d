import { resolve } from 'node:path';
import type { Registries, RegistryOptions } from '@ingot/registry';
import type { ExecutorContext } from '@nx/devkit';
import { ProjectError } from '../error.ts';

/** What a task needs to know of the workspace to talk to registries. */
export type RegistryContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>;

const PLUGIN = '@ingot/oci/plugin';

const sessions = new Map<string, Promise<Registries>>();

/**
 * The registries of this workspace, with what nx.json says of them (`registries` in the options of @ingot/oci/plugin).
 * One session for a process: tokens and connections are shared by all tasks of a batch. Throws ProjectError
 * INGOT_OPTION_VALUE, INGOT_REGISTRY_OPTION.
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
  try {
    return openRegistries({ registries, onWarning: (text) => void process.stderr.write(`warning: ${text}\n`) });
  } catch (error) {
    throw ofOptions(error);
  }
}

/** `registries` of nx.json, its CA files relative to the workspace. What is within is for @ingot/registry to check. */
function registryOptions({ root, nxJsonConfiguration }: RegistryContext): Record<string, RegistryOptions> {
  const written = pluginOptions(nxJsonConfiguration)['registries'] ?? {};
  if (!isRecord(written)) {
    const message = `${PLUGIN}: registries must be a map from host[:port] to its settings`;
    throw new ProjectError('INGOT_OPTION_VALUE', message, { path: 'nx.json' });
  }
  return Object.fromEntries(
    Object.entries(written).map(([host, settings]) => {
      const caFile = isRecord(settings) ? settings['caFile'] : undefined;
      const isPath = typeof caFile === 'string' && caFile !== '';
      return [
        host,
        isPath ? { ...(settings as object), caFile: resolve(root, caFile) } : (settings as RegistryOptions),
      ];
    }),
  );
}

/** The error at the file that has the options. */
function ofOptions(error: unknown): unknown {
  const { code, message, help } = error as ProjectError;
  if (code !== 'INGOT_REGISTRY_OPTION') return error;
  const facts = { path: 'nx.json', cause: error, ...(help === undefined ? {} : { help }) };
  return new ProjectError(code, `${PLUGIN}: ${message}`, facts);
}

/** The options that nx.json gives @ingot/oci's plugin. */
export function pluginOptions(nxJson: ExecutorContext['nxJsonConfiguration']): Readonly<Record<string, unknown>> {
  for (const each of nxJson?.plugins ?? []) {
    if (typeof each !== 'string' && each.plugin === PLUGIN) return (each.options ?? {}) as Record<string, unknown>;
  }
  return {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
