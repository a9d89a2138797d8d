import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { referee } from '../../../../../tools/referee.ts';

const run = promisify(execFile);

export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  readonly essential?: boolean;
  readonly priority?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** An apt repository of small packages, served over HTTP: the suite `test`, component `main`. */
export class AptRepository {
  readonly root: string;
  readonly requests: string[] = [];
  /** What a request has to bring; undefined: anybody may read. */
  login: { readonly user: string; readonly password: string } | undefined;
  readonly #server: Server;

  private constructor(root: string, server: Server) {
    this.root = root;
    this.#server = server;
  }

  static async create(): Promise<AptRepository> {
    const server = createServer();
    const repository = new AptRepository(await mkdtemp(join(tmpdir(), 'ingot-apt-repository-')), server);
    server.on('request', (request, response) => {
      const { login, requests, root } = repository;
      const path = decodeURIComponent(request.url ?? '');
      requests.push(path);
      const wanted = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
      if (wanted !== undefined && request.headers.authorization !== wanted) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
        return;
      }
      readFile(join(root, path)).then(
        (bytes) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return repository;
  }

  /** Without a scheme, as apt_auth.conf names it. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get source(): string {
    return `deb [trusted=yes] http://${this.host}/ test main`;
  }

  /** All that the repository has now; what it had before is gone. */
  async publish(packages: readonly TestPackage[]): Promise<void> {
    await rm(join(this.root, 'dists'), { recursive: true, force: true });
    await rm(join(this.root, 'pool'), { recursive: true, force: true });
    const stanzas: string[] = [];
    for (const each of packages) stanzas.push(await this.#build(each));
    const index = stanzas.join('\n');
    const folder = join(this.root, 'dists/test/main/binary-amd64');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'Packages'), index);
    const digest = createHash('sha256').update(index).digest('hex');
    const release = [
      'Origin: Test',
      'Suite: test',
      'Codename: test',
      'Architectures: amd64',
      'Components: main',
      'Date: Tue, 14 Nov 2023 22:13:20 UTC',
      'SHA256:',
      ` ${digest} ${Buffer.byteLength(index)} main/binary-amd64/Packages`,
      '',
    ].join('\n');
    await writeFile(join(this.root, 'dists/test/Release'), release);
  }

  /** Signs what is published; answers with the key, in ASCII. */
  async sign(): Promise<string> {
    const home = await mkdtemp(join(tmpdir(), 'ingot-gpg-'));
    const gpg = (...args: string[]) =>
      run(referee('gpg'), ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args]);
    try {
      await gpg('--quick-generate-key', 'test@example.org', 'ed25519', 'sign', 'never');
      const release = join(this.root, 'dists/test/Release');
      await gpg('--output', join(this.root, 'dists/test/InRelease'), '--clearsign', release);
      return (await gpg('--armor', '--export')).stdout;
    } finally {
      await run('gpgconf', ['--homedir', home, '--kill', 'all']);
      await rm(home, { recursive: true, force: true });
    }
  }

  async #build({ name, version, depends, essential, priority = 'optional', files = {} }: TestPackage): Promise<string> {
    const tree = await mkdtemp(join(tmpdir(), 'ingot-deb-'));
    try {
      const control = [
        `Package: ${name}`,
        `Version: ${version}`,
        'Architecture: amd64',
        'Maintainer: Test <test@example.org>',
        `Priority: ${priority}`,
        ...(essential === true ? ['Essential: yes'] : []),
        ...(depends === undefined ? [] : [`Depends: ${depends}`]),
        `Description: the package ${name}`,
        '',
      ].join('\n');
      const all = { [`usr/share/${name}/version`]: `${version}\n`, ...files, 'DEBIAN/control': control };
      for (const [path, text] of Object.entries(all)) {
        await mkdir(join(tree, dirname(path)), { recursive: true });
        await writeFile(join(tree, path), text);
      }
      const file = `pool/${name}_${version.replace(':', '%3a')}_amd64.deb`;
      await mkdir(join(this.root, 'pool'), { recursive: true });
      await run(referee('dpkg-deb'), ['--root-owner-group', '-Znone', '--build', tree, join(this.root, file)]);
      const bytes = await readFile(join(this.root, file));
      const digest = createHash('sha256').update(bytes).digest('hex');
      return `${control.trimEnd()}\nFilename: ${file.replace('%', '%25')}\nSize: ${bytes.length}\nSHA256: ${digest}\n`;
    } finally {
      await rm(tree, { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.root, { recursive: true, force: true });
  }
}
