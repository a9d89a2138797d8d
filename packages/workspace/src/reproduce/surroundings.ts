import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** In what the two builds differ. What comes out must not know any of it. */
export interface Surroundings {
  readonly name: 'first' | 'second';
  /** The workspace's folder below that of the build. */
  readonly folder: string;
  readonly umask: number;
  /** When the workspace's files were last changed, in seconds since 1970. */
  readonly mtime: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Between these two zones lies more than a day: the dates differ whenever it is. */
export const surroundings: readonly [Surroundings, Surroundings] = [
  {
    name: 'first',
    folder: 'w',
    umask: 0o022,
    mtime: 1_000_000_000,
    variables: { TZ: 'Etc/GMT+12', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
  },
  {
    name: 'second',
    folder: 'another/depth/and-length/workspace',
    umask: 0o077,
    mtime: 1_700_000_000,
    variables: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
  },
];

/** Whom root builds as the second time: nobody. */
export const otherUser = { uid: 65_534, gid: 65_534 } as const;

/** Of Nx's own variables, those that a person sets and that name no cache. */
const keptOfNx = new Set(['NX_ISOLATE_PLUGINS']);

/**
 * The environment of a build in the folder `base`: what this process was given, but for Nx's variables (this process may
 * be a task of Nx), caches, and what `surroundings` changes. SOURCE_DATE_EPOCH stays as it is.
 */
export function environmentOf(
  { variables, folder }: Surroundings,
  base: string,
  given: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const kept = Object.entries(given).filter(
    ([name]) => keptOfNx.has(name) || !/^(NX_|INGOT_STORE$|FORCE_COLOR$|npm_)/.test(name),
  );
  // Offline nothing but the store has what comes from registries.
  const store = given['INGOT_OFFLINE'] === '1' ? given['INGOT_STORE'] : join(base, 'store');
  return {
    ...Object.fromEntries(kept),
    ...logins(given),
    ...variables,
    ...(store === undefined ? {} : { INGOT_STORE: store }),
    HOME: join(base, 'home'),
    TMPDIR: join(base, 't'),
    // A path in TMPDIR may be too long for a socket.
    NX_SOCKET_DIR: join(base, 's'),
    NX_WORKSPACE_ROOT_PATH: join(base, folder),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NO_COLOR: '1',
    // The copies share git's folder with the workspace: nothing is written there.
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}

/** Logins of registries lie in the home folder, which is another one. */
function logins(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folder = join(given['HOME'] ?? homedir(), '.docker');
  return given['DOCKER_CONFIG'] === undefined && existsSync(folder) ? { DOCKER_CONFIG: folder } : {};
}
