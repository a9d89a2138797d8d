import { join } from 'node:path';

/** Variables of the person's own shell that would change what a test sees. */
const stray =
  /^(NX_|INGOT_|npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)|FORCE_COLOR$|SOURCE_DATE_EPOCH$|INIT_CWD$|LC_|LANG)/;

/**
 * The environment in which every step runs: nothing of the caller's Nx or Ingot settings, a blob store and a folder
 * for temporary files of its own (`scratch`), no Nx daemon that would outlive the run, and plugins from source.
 */
export function testEnvironment(caller: NodeJS.ProcessEnv, scratch: string, full: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(caller).filter(([name]) => !stray.test(name));
  return {
    ...Object.fromEntries(kept),
    NODE_OPTIONS: '--conditions=ingot-source',
    NX_DAEMON: 'false',
    NO_COLOR: '1',
    // Referees take names in UTF-8 for what they are only where the locale says so.
    LC_ALL: 'C.UTF-8',
    INGOT_STORE: join(scratch, 'store'),
    TMPDIR: scratch,
    ...(full ? { INGOT_TESTS: 'full' } : {}),
  };
}
