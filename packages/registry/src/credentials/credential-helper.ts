import { spawn } from 'node:child_process';
import { RegistryError } from '../error.ts';
import { isObject } from './auth-file.ts';
import { serverKey } from './registry-name.ts';
import type { Credentials } from './credentials.ts';

/** Time enough to unlock a key ring by hand. Milliseconds. */
const standardLimit = 60_000;
/** Tokens have some thousand bytes. */
const mostOutput = 1024 * 1024;

/** A program `docker-credential-<name>`: https://github.com/docker/docker-credential-helpers#development. */
export interface Helper {
  readonly name: string;
  /** Which file names it. For messages. */
  readonly namedIn: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Undefined where it has none. Throws INGOT_CREDENTIAL_HELPER; `isMissing` tells whether there is no such program. */
export async function getFromHelper(helper: Helper, registry: string): Promise<Credentials | undefined> {
  const { code, output } = await run(helper, 'get', serverKey(registry));
  if (code !== 0) {
    if (isNotFound(output)) return undefined;
    throw failed(helper, `failed for ${registry} (exit code ${code})`);
  }
  let found: unknown;
  try {
    found = JSON.parse(output);
  } catch {
    // The error of JSON.parse would show a part of the secret.
  }
  const { Username: username, Secret: secret } = isObject(found) ? found : {};
  if (typeof username !== 'string' || typeof secret !== 'string') throw failed(helper, 'answers with something else');
  const from = helperName(helper);
  if (username === '<token>') return { identityToken: secret, account: 'identity token', from };
  return username === '' && secret === '' ? undefined : { username, password: secret, account: username, from };
}

/** Throws INGOT_CREDENTIAL_HELPER. */
export async function storeInHelper(helper: Helper, registry: string, username: string, secret: string): Promise<void> {
  const input = JSON.stringify({ ServerURL: serverKey(registry), Username: username, Secret: secret });
  const { code } = await run(helper, 'store', input);
  if (code !== 0) throw failed(helper, `did not store the credentials of ${registry} (exit code ${code})`);
}

/** Whether there was something to erase. Throws INGOT_CREDENTIAL_HELPER. */
export async function eraseInHelper(helper: Helper, registry: string): Promise<boolean> {
  if ((await getFromHelper(helper, registry)) === undefined) return false;
  const { code } = await run(helper, 'erase', serverKey(registry));
  if (code !== 0) throw failed(helper, `did not erase the credentials of ${registry} (exit code ${code})`);
  return true;
}

/** How messages call it. */
export function helperName({ name, namedIn }: Helper): string {
  return `docker-credential-${name} (named in ${namedIn})`;
}

function isNotFound(output: string): boolean {
  return /credentials not found/i.test(output);
}

interface Ended {
  readonly code: number | null;
  /** What it wrote to its standard output. May hold a secret, so nobody shows it. */
  readonly output: string;
}

function run(helper: Helper, verb: 'get' | 'store' | 'erase', input: string): Promise<Ended> {
  const { name, env, limit = standardLimit, signal } = helper;
  if (!/^[\w.-]+$/.test(name)) {
    throw failed({ ...helper, name: JSON.stringify(name) }, 'is a wrong name: it is letters, digits, ".", "_" and "-"');
  }
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, [verb], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(signal === undefined ? {} : { signal }),
    });
    const parts: Buffer[] = [];
    let size = 0;
    const giveUp = (what: string) => {
      child.kill('SIGKILL');
      // What it has started itself may hold the pipe open for ever.
      child.stdout.destroy();
      reject(failed(helper, what));
    };
    const timer = setTimeout(() => giveUp(`gave no answer within ${limit / 1000} seconds`), limit);
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > mostOutput) giveUp('answers without end');
    });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const what = cause.code === 'ENOENT' ? 'is not installed' : `cannot be run (${cause.code})`;
      reject(failed(helper, what, cause));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: Buffer.concat(parts).toString() });
    });
    // It may end without reading.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

function failed(helper: Helper, what: string, cause?: unknown): RegistryError {
  return new RegistryError('INGOT_CREDENTIAL_HELPER', `${helperName(helper)} ${what}`, {
    path: helper.namedIn,
    help: `Try it by hand (docker-credential-${helper.name} list), or take it out of the file and log in again.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
