import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { referee } from '../referee.ts';

const run = promisify(execFile);

/** PEM texts. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that nobody trusts by themselves. */
export interface Authority {
  readonly cert: string;
  /** A certificate for these host names and addresses, or a client's for a name. */
  issue(...names: readonly string[]): Promise<KeyPair>;
}

/** Made by openssl. */
export async function certificateAuthority(name = 'Ingot tests'): Promise<Authority> {
  const root = await selfSigned(name, ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign,cRLSign']);
  return { cert: root.cert, issue: (...names) => issued(root, names) };
}

/** A certificate that vouches for itself. `extensions` as openssl's -addext takes them. */
export async function selfSigned(name: string, extensions: readonly string[] = []): Promise<KeyPair> {
  return inFolder(async (at) => {
    await openssl(
      'req',
      '-x509',
      '-days',
      '3650',
      '-subj',
      `/CN=${name}`,
      ...newKey(at),
      ...extended(extensions),
      '-out',
      at('cert'),
    );
    return keyPair(at);
  });
}

function issued(root: KeyPair, names: readonly string[]): Promise<KeyPair> {
  return inFolder(async (at) => {
    const alternatives = names.map((name) => `${/^[\d.:]+$/.test(name) ? 'IP' : 'DNS'}:${name}`).join(',');
    await writeFile(at('root.key'), root.key);
    await writeFile(at('root.cert'), root.cert);
    await writeFile(at('extensions'), `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    await openssl('req', '-subj', `/CN=${names[0]}`, ...newKey(at), '-out', at('request'));
    const authority = [
      '-CA',
      at('root.cert'),
      '-CAkey',
      at('root.key'),
      '-CAcreateserial',
      '-extfile',
      at('extensions'),
    ];
    await openssl('x509', '-req', '-days', '3650', '-in', at('request'), ...authority, '-out', at('cert'));
    return keyPair(at);
  });
}

type At = (name: string) => string;

const newKey = (at: At) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key')];

const extended = (extensions: readonly string[]) => extensions.flatMap((one) => ['-addext', one]);

async function keyPair(at: At): Promise<KeyPair> {
  return { key: await readFile(at('key'), 'utf8'), cert: await readFile(at('cert'), 'utf8') };
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run(referee('openssl'), args);
}

async function inFolder<T>(work: (at: At) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-certificates-'));
  try {
    return await work((name) => join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
