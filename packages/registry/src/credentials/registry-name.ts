import { RegistryError } from '../error.ts';
import { isRegistryName } from '../reference.ts';

/** Docker's own key for its registry, in files and for helpers. */
const dockerKey = 'https://index.docker.io/v1/';
const dockerNames = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** The key of an `auths` entry as `host[:port][/path]`: what has a scheme is a host alone. c/image, pkg/docker/config. */
export function normalKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, '');
  const [host = '', ...path] = bare.split('/');
  const registry = dockerNames.has(host) ? 'docker.io' : host;
  return bare !== key || path.length === 0 ? registry : [registry, ...path].join('/').replace(/\/+$/, '');
}

/** As Docker writes it, and asks helpers for it. */
export function serverKey(registry: string): string {
  return dockerNames.has(registry) ? dockerKey : registry;
}

/** The registry that somebody names who logs in: `ghcr.io`, `https://index.docker.io/v1/`. Throws INGOT_REGISTRY_NAME. */
export function registryOf(text: string): string {
  const registry = normalKey(text);
  if (isRegistryName(registry)) return registry;
  throw new RegistryError('INGOT_REGISTRY_NAME', `${JSON.stringify(text.slice(0, 300))} is not a registry`, {
    help: 'Write host or host:port without a path, e.g. ghcr.io or localhost:5000.',
  });
}
