import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RegistryError } from '../error.ts';
import { isObject, keysOf, readAuthFile, type AuthFile } from './auth-file.ts';
import { eraseInHelper, helperName, storeInHelper } from './credential-helper.ts';
import { credentialsFor, helperFor, type CredentialOptions } from './look-up.ts';
import { credentialPlaces } from './places.ts';
import { registryOf, serverKey } from './registry-name.ts';

/** What a person gives to log in: a password or access token, or an identity token in place of it. */
export type Login =
  | { readonly username: string; readonly password: string }
  | { readonly username?: string; readonly identityToken: string };

export interface LoggedIn {
  /** The registry as credentials know it: `docker.io`. */
  readonly registry: string;
  /** The file, or the helper and the file that names it. */
  readonly storedIn: string;
  /** Where other credentials for it are, that are found before these. */
  readonly hiddenBy?: string;
}

export interface LoggedOut {
  readonly registry: string;
  /** Undefined where nobody was logged in. */
  readonly removedFrom?: string;
  /** Where there still are credentials for it, which no logout removes. */
  readonly remainsIn?: string;
}

/**
 * Keeps credentials where Docker does (`authFile` or REGISTRY_AUTH_FILE: there): with the helper that the file names,
 * else in the file itself, mode 0600. Asks no registry. Throws INGOT_REGISTRY_NAME, INGOT_LOGIN, INGOT_AUTH_FILE,
 * INGOT_CREDENTIAL_HELPER.
 */
export async function login(server: string, given: Login, options: CredentialOptions = {}): Promise<LoggedIn> {
  const registry = registryOf(server);
  const [username, secret] = checked(given);
  const file = await writtenFile(options);
  const helper = helperFor(file, registry, options);
  if (helper !== undefined) await storeInHelper(helper, registry, username, secret);
  const user = given.username ?? username;
  const token =
    'password' in given ? { auth: base64(`${user}:${secret}`) } : { auth: base64(`${user}:`), identitytoken: secret };
  // Docker lists by this, too, what a helper has.
  await change(file, registry, helper === undefined ? token : {});
  const storedIn = helper === undefined ? file.name : helperName(helper);
  const found = await credentialsFor(registry, '', options);
  return { registry, storedIn, ...(found === undefined || found.from === storedIn ? {} : { hiddenBy: found.from }) };
}

/** Removes what `login` keeps. Throws INGOT_REGISTRY_NAME, INGOT_LOGIN, INGOT_AUTH_FILE, INGOT_CREDENTIAL_HELPER. */
export async function logout(server: string, options: CredentialOptions = {}): Promise<LoggedOut> {
  const registry = registryOf(server);
  const file = await writtenFile(options);
  const helper = helperFor(file, registry, options);
  const erased = helper !== undefined && (await eraseInHelper(helper, registry));
  const isListed = keysOf(file, registry).length > 0;
  if (isListed) await change(file, registry, undefined);
  const removedFrom = erased ? helperName(helper) : isListed ? file.name : undefined;
  const found = await credentialsFor(registry, '', options);
  return {
    registry,
    ...(removedFrom === undefined ? {} : { removedFrom }),
    ...(found === undefined ? {} : { remainsIn: found.from }),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function checked(given: Login): [username: string, secret: string] {
  // What Docker writes for an identity token, and gives a helper for one.
  const [username, secret] = 'password' in given ? [given.username, given.password] : ['<token>', given.identityToken];
  const help = 'Give a user name without ":", and a password or access token.';
  if (username === '' || username.includes(':'))
    throw new RegistryError('INGOT_LOGIN', 'the user name is empty or has a ":"', { help });
  if (secret === '') throw new RegistryError('INGOT_LOGIN', 'the password is empty', { help });
  return [username, secret];
}

async function writtenFile({ authFile, env = process.env }: CredentialOptions): Promise<AuthFile> {
  const { written } = credentialPlaces(authFile, env);
  if (written === undefined) {
    const help = 'Set HOME, DOCKER_CONFIG or REGISTRY_AUTH_FILE.';
    throw new RegistryError('INGOT_LOGIN', 'there is no home folder to keep credentials in', { help });
  }
  return (await readAuthFile(written)) ?? { name: written, content: {} };
}

/** Sets or removes the entry of a registry; all else stays as it is. */
async function change(file: AuthFile, registry: string, entry: object | undefined): Promise<void> {
  const stale = new Set(keysOf(file, registry));
  const { auths } = file.content;
  const kept = Object.entries(isObject(auths) ? auths : {}).filter(([key]) => !stale.has(key));
  const changed = entry === undefined ? kept : [...kept, [serverKey(registry), entry] as const];
  const content = { ...file.content, auths: Object.fromEntries(changed) };
  await writeSecret(file.name, `${JSON.stringify(content, null, '\t')}\n`);
}

/** Writes a file for its owner alone, in one step. A link stays a link. */
async function writeSecret(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const target = await realpath(path).catch(() => path);
    const temporary = join(dirname(target), `.ingot-${process.pid}-${randomBytes(8).toString('hex')}`);
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const help = 'Free some space, or name a file that you may write by --authfile or REGISTRY_AUTH_FILE.';
    throw new RegistryError('INGOT_LOGIN', `${path} cannot be written (${code})`, { path, help, cause });
  }
}
