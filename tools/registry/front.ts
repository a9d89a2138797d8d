import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram, type Program } from './program.ts';
import type { KeyPair } from './certificates.ts';

export interface FrontOptions {
  /** The registry behind it: `localhost:PORT`. */
  readonly upstream?: string;
  /** Instead of a registry: the storage of a DockerRegistry, whose blobs it gives to whoever shows no credentials. */
  readonly storage?: string;
  readonly tls?: KeyPair;
  /** PEM text: only who shows a certificate of this authority gets in. Needs `tls`. */
  readonly clientCa?: string;
  /** Blobs are fetched there: `https://host:port`. The redirect has a token in its query. */
  readonly redirectBlobsTo?: string;
}

/** nginx before a registry (or as the object store beside it): TLS, redirects, and what goes wrong with front ends. */
export class Front implements AsyncDisposable {
  /** `localhost:PORT`. */
  readonly host: string;
  readonly url: string;
  readonly #folder: string;
  readonly #program: Program;
  readonly #silence: Silence;

  static async start(options: FrontOptions): Promise<Front> {
    const folder = await mkdtemp(join(tmpdir(), 'ingot-front-'));
    const silence = await Silence.start();
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      try {
        const file = join(folder, 'nginx.conf');
        await writeFile(file, await configuration(folder, port, silence.port, options));
        const program = await startProgram('nginx', ['-p', folder, '-c', file], /start worker process \d+/);
        return new Front(folder, port, program, silence, options);
      } catch (error) {
        // Somebody else took the port in between.
        if (attempt < 5 && /Address already in use/.test(String(error))) continue;
        await silence.stop();
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    }
  }

  private constructor(folder: string, port: number, program: Program, silence: Silence, { tls }: FrontOptions) {
    this.host = `localhost:${port}`;
    this.url = `${tls === undefined ? 'http' : 'https'}://${this.host}`;
    this.#folder = folder;
    this.#program = program;
    this.#silence = silence;
  }

  /** From now on every request but `/v2/` is answered so: 429 with Retry-After (seconds), or 500, 502, 503, 504 in HTML. */
  async fail(status: 429 | 500 | 502 | 503 | 504): Promise<void> {
    await this.mend();
    await writeFile(join(this.#folder, `fail-${status}`), '');
  }

  /** From now on no request is answered at all; the promise within is kept when the first one came. */
  async fallSilent(): Promise<{ readonly asked: Promise<unknown> }> {
    await this.mend();
    await writeFile(join(this.#folder, 'silent'), '');
    return { asked: this.#silence.next() };
  }

  /** All is well again. */
  async mend(): Promise<void> {
    const switches = ['silent', ...failures.map((status) => `fail-${status}`)];
    await Promise.all(switches.map((name) => rm(join(this.#folder, name), { force: true })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
    await this.#silence.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const failures = [429, 500, 502, 503, 504] as const;

/** A server that takes connections and says nothing. */
class Silence {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<Silence> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Silence(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket.on('error', () => undefined).resume());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  next(): Promise<unknown> {
    return once(this.#server, 'connection');
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function configuration(folder: string, port: number, silent: number, options: FrontOptions): Promise<string> {
  const { tls, clientCa, upstream, storage, redirectBlobsTo } = options;
  const switches = failures
    .map((status) => `if (-f ${folder}/fail-${status}) { return ${status}; }`)
    .join('\n        ');
  const redirect =
    redirectBlobsTo === undefined
      ? ''
      : `if ($request_method = GET) { return 307 ${redirectBlobsTo}$uri?token=secret; }`;
  // nginx looks names up by itself only where it is told how: an address needs none.
  const proxied = `set $behind ${upstream?.replace('localhost', '127.0.0.1')};
        if (-f ${folder}/silent) { set $behind 127.0.0.1:${silent}; }
        proxy_pass http://$behind;`;
  const stored = `if ($http_authorization) { return 400 'credentials are not for here'; }
        alias ${storage}/docker/registry/v2/blobs/sha256/$2/$1/data;`;
  return `${process.getuid?.() === 0 ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { }
http {
    access_log off;
    ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n    ')}
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    map $status $retry_after { 429 7; default ''; }
    add_header Retry-After $retry_after always;
    server {
        listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'};
        ${tls === undefined ? '' : await tlsFiles(folder, tls, clientCa)}
        location / {
        ${switches}
        ${upstream === undefined ? 'return 404;' : proxied}
        }
        location = /v2/ {
        ${upstream === undefined ? "return 200 '{}';" : proxied}
        }
        location ~ ^/v2/.+/blobs/sha256:((..).*)$ {
        ${switches}
        ${redirect}
        ${storage === undefined ? proxied : stored}
        }
    }
}
`;
}

async function tlsFiles(folder: string, { key, cert }: KeyPair, clientCa: string | undefined): Promise<string> {
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'cert.pem'), cert);
  const server = `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`;
  if (clientCa === undefined) return server;
  await writeFile(join(folder, 'client-ca.pem'), clientCa);
  return `${server} ssl_verify_client on; ssl_client_certificate ${folder}/client-ca.pem;`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
