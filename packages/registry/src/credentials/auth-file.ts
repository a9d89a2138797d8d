import { RegistryError } from '../error.ts';
import { readText } from '../text-file.ts';
import { normalKey } from './registry-name.ts';
import type { Credentials } from './credentials.ts';

/** What Docker's config.json or Podman's auth.json says; all else in it is kept. */
export interface AuthFile {
  /** The file, or the variable that holds its text. For messages. */
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Undefined where there is no such file. Throws INGOT_AUTH_FILE, which quotes nothing: everything may be a secret. */
export async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  const text = await readText(path).catch((error: Error) => {
    throw badAuthFile(path, error.message);
  });
  return text === undefined ? undefined : parseAuthFile(path, text);
}

/** An empty text is an empty file. Throws INGOT_AUTH_FILE. */
export function parseAuthFile(name: string, text: string): AuthFile {
  if (text.trim() === '') return { name, content: {} };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The error of JSON.parse shows a part of the text.
    throw badAuthFile(name, 'is not JSON');
  }
  if (!isObject(content)) throw badAuthFile(name, 'has no JSON object');
  for (const key of ['auths', 'credHelpers']) {
    if (content[key] != null && !isObject(content[key])) throw badAuthFile(name, `has ${key} that is no object`);
  }
  return { name, content };
}

/** The helper for a registry: its own, else the one for all. */
export function helperOf({ name, content }: AuthFile, registry: string): { name: string; isOwn: boolean } | undefined {
  const [own] = entries(content['credHelpers'], registry);
  const helper = own ?? content['credsStore'];
  if (helper === undefined || helper === '') return undefined;
  if (typeof helper !== 'string')
    throw badAuthFile(name, `names the helper for ${registry} by something that is no text`);
  return { name: helper, isOwn: own !== undefined };
}

/**
 * The entry in `auths` whose key has most of `registry/repository`: containers-auth.json(5). Throws INGOT_AUTH_FILE.
 */
export function entryOf(file: AuthFile, registry: string, repository: string): Credentials | undefined {
  const parts = repository === '' ? [] : repository.split('/');
  for (let count = parts.length; count >= 0; count -= 1) {
    const wanted = [registry, ...parts.slice(0, count)].join('/');
    for (const found of entries(file.content['auths'], wanted)) {
      const credentials = credentialsOf(file.name, wanted, found);
      if (credentials !== undefined) return credentials;
    }
  }
  return undefined;
}

/** The keys of `auths` that stand for this registry, whole. */
export function keysOf({ content }: AuthFile, registry: string): string[] {
  return Object.keys(content['auths'] ?? {}).filter((key) => normalKey(key) === registry);
}

/** What stands under the keys that mean this, in the order of the file. */
function entries(object: unknown, wanted: string): unknown[] {
  const all = isObject(object) ? Object.entries(object) : [];
  return all.filter(([key]) => normalKey(key) === wanted).map(([, value]) => value);
}

/** cli/config/types/authconfig.go of Docker. Undefined for an entry that only says that a helper knows. */
function credentialsOf(from: string, key: string, found: unknown): Credentials | undefined {
  if (!isObject(found)) throw badAuthFile(from, `has an entry for ${key} that is no object`);
  const text = (name: string) => {
    const value = found[name] ?? '';
    if (typeof value !== 'string') throw badAuthFile(from, `has a wrong ${name} for ${key}`);
    return value;
  };
  const basic = text('auth') === '' ? [text('username'), text('password')] : decode(text('auth'), from, key);
  const [username = '', password = ''] = basic;
  if (text('registrytoken') !== '') {
    return { registryToken: text('registrytoken'), account: 'registry token', from };
  }
  if (text('identitytoken') !== '') {
    return {
      identityToken: text('identitytoken'),
      account: /^(<token>)?$/.test(username) ? 'identity token' : username,
      from,
    };
  }
  return username === '' && password === '' ? undefined : { username, password, account: username, from };
}

function decode(auth: string, from: string, key: string): [username: string, password: string] {
  const plain = Buffer.from(auth, 'base64').toString();
  const colon = plain.indexOf(':');
  if (colon < 1) throw badAuthFile(from, `has an auth for ${key} that is not base64 of user:password`);
  // Docker pads passwords with NUL bytes.
  return [plain.slice(0, colon), plain.slice(colon + 1).replace(/\0+$/, '')];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function badAuthFile(name: string, what: string): RegistryError {
  return new RegistryError('INGOT_AUTH_FILE', `the credentials in ${name} cannot be used: it ${what}`, {
    ...(name.startsWith('$') ? {} : { path: name }),
    help: 'Mend it, or log in again: ingot login REGISTRY.',
  });
}
