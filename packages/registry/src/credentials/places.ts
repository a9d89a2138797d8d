import { join } from 'node:path';
import { homeOf } from '../text-file.ts';

/** Where credentials may lie, in the order in which they are looked for. */
export interface CredentialPlaces {
  /** A file that somebody named, and the name of who did: it must be there, and no other file counts. */
  readonly named?: { readonly path: string; readonly by: string };
  readonly files: readonly string[];
  /** The file that a login writes. Undefined where there is no home. */
  readonly written: string | undefined;
}

export function credentialPlaces(authFile: string | undefined, env: NodeJS.ProcessEnv): CredentialPlaces {
  const variable = env['REGISTRY_AUTH_FILE'] ?? '';
  const [path = '', by = ''] = authFile !== undefined ? [authFile, 'authFile'] : [variable, '$REGISTRY_AUTH_FILE'];
  if (path !== '') return { named: { path, by }, files: [], written: path };
  const home = homeOf(env);
  const inHome = (...names: readonly string[]) => (home === undefined ? undefined : join(home, ...names));
  const folder = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);
  const below = (parent: string | undefined, ...names: readonly string[]) =>
    parent === undefined ? undefined : join(parent, ...names);
  const docker = below(folder('DOCKER_CONFIG'), 'config.json') ?? inHome('.docker', 'config.json');
  const podman = [
    below(folder('XDG_RUNTIME_DIR'), 'containers', 'auth.json'),
    below(folder('XDG_CONFIG_HOME'), 'containers', 'auth.json') ?? inHome('.config', 'containers', 'auth.json'),
  ];
  return { files: [docker, ...podman].filter((file) => file !== undefined), written: docker };
}
