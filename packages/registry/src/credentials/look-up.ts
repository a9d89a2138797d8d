import { RegistryError } from '../error.ts';
import { badAuthFile, entryOf, helperOf, parseAuthFile, readAuthFile, type AuthFile } from './auth-file.ts';
import { getFromHelper, type Helper } from './credential-helper.ts';
import { credentialPlaces } from './places.ts';
import { normalKey } from './registry-name.ts';
import type { RegistriesOptions } from '../options.ts';
import type { Credentials } from './credentials.ts';

export interface CredentialOptions extends Pick<RegistriesOptions, 'authFile' | 'env' | 'onWarning' | 'signal'> {
  /** How long a helper may take, in milliseconds; else a minute. */
  readonly helperLimit?: number;
}

/**
 * Who we are at a registry; undefined for nobody in particular. Looked for in this order, the first that is found counts:
 * INGOT_REGISTRY_USERNAME and INGOT_REGISTRY_PASSWORD where INGOT_REGISTRY names the registry; the auth file that the
 * options or REGISTRY_AUTH_FILE name, and then no other; the text in DOCKER_AUTH_CONFIG; Docker's config.json; Podman's
 * auth.json. In a file a helper goes before what the file itself holds.
 * Throws INGOT_CREDENTIALS_ENV, INGOT_AUTH_FILE, INGOT_CREDENTIAL_HELPER.
 */
export async function credentialsFor(
  registry: string,
  repository: string,
  options: CredentialOptions = {},
): Promise<Credentials | undefined> {
  const { env = process.env, authFile } = options;
  const key = normalKey(registry);
  const given = fromVariables(key, env);
  if (given !== undefined) return given;
  for await (const file of files(authFile, env)) {
    const found = await inFile(file, key, repository, options);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A helper as a file names it. */
export function helperFor(
  file: AuthFile,
  registry: string,
  { env = process.env, helperLimit, signal }: CredentialOptions,
): (Helper & { readonly isOwn: boolean }) | undefined {
  const found = helperOf(file, registry);
  return found === undefined ? undefined : { ...found, namedIn: file.name, env, limit: helperLimit, signal };
}

async function* files(authFile: string | undefined, env: NodeJS.ProcessEnv): AsyncGenerator<AuthFile> {
  const { named, files } = credentialPlaces(authFile, env);
  if (named !== undefined) {
    const found = await readAuthFile(named.path);
    if (found === undefined) throw badAuthFile(named.path, `is not there, but ${named.by} names it`);
    yield found;
    return;
  }
  const text = env['DOCKER_AUTH_CONFIG'] ?? '';
  if (text !== '') yield parseAuthFile('$DOCKER_AUTH_CONFIG', text);
  for (const path of files) {
    const found = await readAuthFile(path);
    if (found !== undefined) yield found;
  }
}

async function inFile(file: AuthFile, registry: string, repository: string, options: CredentialOptions) {
  const helper = helperFor(file, registry, options);
  if (helper === undefined) return entryOf(file, registry, repository);
  try {
    return (await getFromHelper(helper, registry)) ?? entryOf(file, registry, repository);
  } catch (error) {
    // A store for all that came with somebody else's set-up must not be in the way of who needs no login at all.
    // One that is there and fails (a desktop's keyring on a server) is in the way of nobody else either.
    options.signal?.throwIfAborted();
    if (helper.isOwn) throw error;
    options.onWarning?.(`${(error as Error).message}: going on without it`);
    return entryOf(file, registry, repository);
  }
}

function fromVariables(registry: string, env: NodeJS.ProcessEnv): Credentials | undefined {
  const name = (suffix: string) => `INGOT_REGISTRY${suffix}`;
  const [where = '', username = '', password = ''] = ['', '_USERNAME', '_PASSWORD'].map((suffix) => env[name(suffix)]);
  if (where === '' && username === '' && password === '') return undefined;
  const missing = [where === '' && '', username === '' && '_USERNAME', password === '' && '_PASSWORD'].filter(
    (suffix) => suffix !== false,
  );
  if (missing.length > 0) {
    throw new RegistryError('INGOT_CREDENTIALS_ENV', `${missing.map(name).join(' and ')} is not set`, {
      help: 'INGOT_REGISTRY (host[:port]), INGOT_REGISTRY_USERNAME and INGOT_REGISTRY_PASSWORD go together.',
    });
  }
  if (normalKey(where) !== registry) return undefined;
  return { username, password, account: username, from: 'INGOT_REGISTRY_USERNAME' };
}
