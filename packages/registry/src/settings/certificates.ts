import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RegistryError } from '../error.ts';
import { homeOf, readText } from '../text-file.ts';

/** PEM texts, as in `Endpoint`. */
export interface Certificates {
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/**
 * What lies for a registry in the first folder that there is of ~/.config/containers/certs.d, /etc/containers/certs.d,
 * /etc/docker/certs.d: *.crt to trust, and the first *.cert to show with its *.key. containers-certs.d(5).
 * Throws INGOT_REGISTRY_CA.
 */
export async function certificatesFor(registry: string, env: NodeJS.ProcessEnv, system: string): Promise<Certificates> {
  const home = homeOf(env);
  const own = home === undefined ? [] : [join(home, '.config', 'containers')];
  for (const parent of [...own, join(system, 'containers'), join(system, 'docker')]) {
    const folder = join(parent, 'certs.d', registry);
    const names = await readdir(folder).catch(() => undefined);
    if (names !== undefined) return inFolder(folder, names.sort());
  }
  return { ca: [] };
}

async function inFolder(folder: string, names: readonly string[]): Promise<Certificates> {
  const ending = (end: string) => names.filter((name) => name.endsWith(end));
  const ca = await Promise.all(ending('.crt').map((name) => readCertificates(join(folder, name))));
  const [cert] = ending('.cert');
  if (cert === undefined) return { ca };
  const key = cert.replace(/cert$/, 'key');
  if (!names.includes(key)) throw bad(join(folder, cert), `has no key: ${key} is not beside it`);
  return { ca, cert: await readCertificates(join(folder, cert)), key: await readPem(join(folder, key)) };
}

/** The text of a PEM file of certificates. Throws INGOT_REGISTRY_CA. */
export async function readCertificates(path: string): Promise<string> {
  const text = await readPem(path);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw bad(path, 'has no certificate in PEM form');
  return text;
}

async function readPem(path: string): Promise<string> {
  const text = await readText(path).catch((error: Error) => {
    throw bad(path, error.message);
  });
  if (text === undefined) throw bad(path, 'is not there');
  return text;
}

function bad(path: string, what: string): RegistryError {
  const help = 'It must be a PEM file that begins with -----BEGIN CERTIFICATE-----; mend it, or correct its path.';
  return new RegistryError('INGOT_REGISTRY_CA', `the certificate ${path} ${what}`, { path, help });
}
