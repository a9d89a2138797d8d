import { resolve } from 'node:path';

/** Where engines look for their settings (containers-registries.conf(5) and its like, docker(1)). */
const files = [
  'CONTAINERS_REGISTRIES_CONF',
  'CONTAINERS_STORAGE_CONF',
  'CONTAINERS_CONF',
  'CONTAINERS_CONF_OVERRIDE',
  'REGISTRY_AUTH_FILE',
  'DOCKER_CONFIG',
];

/** The environment for an engine that runs in another folder: what it names relative to this one means the same there. */
export function forAnotherFolder(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = files.flatMap((name) => (env[name] ? [[name, resolve(env[name])] as const] : []));
  return { ...env, ...Object.fromEntries(named) };
}
