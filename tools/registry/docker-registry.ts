import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { referee } from '../referee.ts';
import { startProgram, type Program } from './program.ts';
import type { KeyPair } from './certificates.ts';
import type { TokenServer } from './token-server.ts';

export interface DockerRegistryOptions {
  /** Name to password: Basic authentication by htpasswd. */
  readonly users?: Readonly<Record<string, string>>;
  /** Bearer authentication. */
  readonly tokens?: TokenServer;
  readonly tls?: KeyPair;
  /** Does it keep what it has in memory? Then a bench measures who pushes, and not a disk that syncs each of its files. */
  readonly inMemory?: boolean;
  /** Are its redirects and locations without a host? */
  readonly relativeUrls?: boolean;
}

/** Debian's docker-registry (distribution 2.8), in a temporary folder, on a port that it chooses itself. */
export class DockerRegistry implements AsyncDisposable {
  /** `localhost:PORT`. */
  readonly host: string;
  /** `http://localhost:PORT`, or https. */
  readonly url: string;
  /** Where it keeps what it has: `docker/registry/v2/…` below it. */
  readonly storage: string;
  readonly #folder: string;
  readonly #program: Program;

  static async start(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
    const folder = await mkdtemp(join(options.inMemory === true ? '/dev/shm' : tmpdir(), 'ingot-docker-registry-'));
    try {
      const config = join(folder, 'config.json');
      // YAML is a superset of JSON.
      await writeFile(config, JSON.stringify(await configuration(folder, options)));
      const program = await startProgram('docker-registry', ['serve', config], /listening on 127\.0\.0\.1:(\d+)/);
      return new DockerRegistry(folder, program, options.tls === undefined ? 'http' : 'https');
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(folder: string, program: Program, scheme: string) {
    this.host = `localhost:${program.ready[1]}`;
    this.url = `${scheme}://${this.host}`;
    this.storage = join(folder, 'storage');
    this.#folder = folder;
    this.#program = program;
  }

  /** Its log. */
  get log(): string {
    return this.#program.output();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function configuration(folder: string, options: DockerRegistryOptions): Promise<object> {
  return {
    version: '0.1',
    log: { accesslog: { disabled: false }, level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
    http: {
      addr: '127.0.0.1:0',
      relativeurls: options.relativeUrls ?? false,
      ...(options.tls && { tls: await tlsFiles(folder, options.tls) }),
    },
    ...((options.users ?? options.tokens) && { auth: await auth(folder, options) }),
  };
}

async function tlsFiles(folder: string, { key, cert }: KeyPair): Promise<object> {
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'cert.pem'), cert);
  return { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
}

async function auth(folder: string, { users = {}, tokens }: DockerRegistryOptions): Promise<object> {
  if (tokens !== undefined) {
    const rootcertbundle = join(folder, 'token.pem');
    await writeFile(rootcertbundle, tokens.certificate);
    const { url: realm, service, issuer } = tokens;
    return { token: { realm, service, issuer, rootcertbundle } };
  }
  const path = join(folder, 'htpasswd');
  await writeFile(path, '');
  for (const [name, password] of Object.entries(users)) {
    // bcrypt is all that it takes; 4 rounds are quick.
    await promisify(execFile)(referee('htpasswd'), ['-bB', '-C', '4', path, name, password]);
  }
  return { htpasswd: { realm: 'registry of the tests', path } };
}
