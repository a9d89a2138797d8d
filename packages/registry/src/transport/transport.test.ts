import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { copy } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../../../tools/registry/certificates.ts';
import { bytesOf, descriptorOf, imageOf, someBytes } from '../test/blobs.ts';
import { testRegistries } from '../test/open.ts';
import { retryAfterOf } from './retry.ts';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Fault, OciRegistryOptions } from '../../../../tools/registry/oci-registry.ts';

const { at, open, startRegistry } = testRegistries();
const bytes = someBytes(1000);
const blob = descriptorOf(bytes);

async function started(options: OciRegistryOptions = {}, settings: Parameters<typeof open>[0] = {}) {
  const registry = await startRegistry(options);
  registry.repository('a/b').addBlob(bytes);
  const registries = open(settings);
  return { registry, registries, repository: registries.repository(`${registry.host}/a/b`) };
}

/** These faults, one after the other, then none. */
function inTurn(...faults: readonly Fault[]) {
  const left = [...faults];
  return () => left.shift();
}

/** A server that takes connections and does this with each. */
async function listening(connected: (socket: Socket) => void): Promise<{ host: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    connected(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('a failure that may pass', () => {
  it.each([408, 429, 500, 502, 503, 504])('%i is tried again, with growing pauses', async (status) => {
    const { registry, registries, repository } = await started({ faults: inTurn({ status }, { status }, { status }) });
    expect(await repository.exists(blob)).toBe(true);
    expect(registry.requests).toHaveLength(4);
    const [first, second, third] = registries.waits as [number, number, number];
    for (const [wait, most] of [
      [first, 500],
      [second, 1000],
      [third, 2000],
    ] as const) {
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
  });

  it('is one in the end, after as many attempts as are allowed', async () => {
    const { registry, repository } = await started({ faults: () => ({ status: 500 }) }, { limits: { attempts: 2 } });
    await expect(repository.exists(blob)).rejects.toMatchObject({ code: 'INGOT_REGISTRY_FAILED', status: 500 });
    expect(registry.requests).toHaveLength(2);
  });

  it.each([400, 404, 405, 409, 501])('is not %i', async (status) => {
    const { registry, registries, repository } = await started({ faults: () => ({ status }) });
    await expect(repository.checkPush()).rejects.toMatchObject({ status });
    expect(registry.requests).toHaveLength(1);
    expect(registries.waits).toEqual([]);
  });

  it('waits as long as the registry asks for', async () => {
    const { registries, repository } = await started({
      faults: inTurn({ status: 429, headers: { 'retry-after': '7' } }),
    });
    expect(await repository.exists(blob)).toBe(true);
    expect(registries.waits).toEqual([7000]);
    expect(registries.warnings).toEqual([expect.stringMatching(/answered 429; trying again in 7 s$/)]);
  });

  it('says nothing of a pause that nobody notices, and why a longer one is made', async () => {
    const busy = { status: 503 };
    const { registries, repository } = await started({ faults: inTurn(busy, busy) });
    await repository.exists(blob);
    expect(registries.warnings).toEqual([]);
    const longer = await started({ faults: inTurn(busy, busy, busy, busy) });
    await longer.repository.exists(blob);
    expect(longer.registries.warnings).toEqual([expect.stringMatching(/answered 503; trying again in [234] s$/)]);
  });

  it('is not waited for where the registry asks for more than anybody would', async () => {
    const { registries, repository } = await started({
      faults: () => ({ status: 429, headers: { 'retry-after': '3600' } }),
    });
    await expect(repository.exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_BUSY',
      status: 429,
      message: expect.stringContaining('3600 s'),
    });
    expect(registries.waits).toEqual([]);
  });

  it('has a date, or seconds, or nonsense', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    const after = (text: string) => retryAfterOf({ headers: { 'retry-after': text } }, now);
    expect(after('Thu, 01 Jan 2026 00:00:09 GMT')).toBe(9000);
    expect(after('Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0);
    expect(after('12')).toBe(12_000);
    expect(after('soon')).toBeUndefined();
    expect(after('')).toBeUndefined();
  });
});

describe('an error says what to do', () => {
  it.each([
    ['registry.invalid', 'INGOT_REGISTRY_HOST', 'registry.invalid'],
    ['localhost:1', 'INGOT_REGISTRY_UNREACHABLE', 'localhost:1'],
  ])('where %s cannot be reached', async (host, code, named) => {
    const { repository } = { repository: open().repository(`${host}/a`) };
    await expect(repository.exists(blob)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(named),
      help: expect.any(String),
    });
  });

  it('where the certificate is not trusted, and is content with the CA', async () => {
    const pair = await selfSigned('localhost');
    const { registry, repository } = await started({ tls: pair }, {});
    const plain = open({ registries: { [registry.host]: { plainHttp: false } } }).repository(`${registry.host}/a/b`);
    await expect(plain.exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_CERTIFICATE',
      help: expect.stringContaining(`"caFile" for ${registry.host}`),
    });
    writeFileSync(at('ca.pem'), pair.cert);
    const trusting = open({ registries: { [registry.host]: { caFile: at('ca.pem') } } }).repository(
      `${registry.host}/a/b`,
    );
    expect(await trusting.exists(blob)).toBe(true);
    const careless = open({ registries: { [registry.host]: { plainHttp: false, skipTlsVerify: true } } });
    expect(await careless.repository(`${registry.host}/a/b`).exists(blob)).toBe(true);
    void repository;
  });

  it('where the registry speaks plain HTTP', async () => {
    const { registry } = await started();
    const repository = open({ registries: { [registry.host]: { plainHttp: false } } }).repository(
      `${registry.host}/a/b`,
    );
    await expect(repository.exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_TLS',
      help: expect.stringContaining('"plainHttp": true'),
    });
  });

  it.each([
    ['docker-registry', 'text/plain; charset=utf-8', 'Client sent an HTTP request to an HTTPS server.\n'],
    ['nginx', 'text/html', '<html><center>The plain HTTP request was sent to HTTPS port</center></html>'],
  ])('where it speaks TLS and was spoken to without: %s', async (_, type, body) => {
    const answer = { status: 400, headers: { 'content-type': type }, body };
    const { repository } = await started({ faults: () => answer });
    for (const ask of [() => repository.resolve('1.0'), () => repository.checkPush()]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'INGOT_REGISTRY_TLS',
        help: expect.stringContaining('"plainHttp": false'),
      });
    }
  });

  it('where something answers that is no registry', async () => {
    await using ssh = await listening((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    await expect(open().repository(`${ssh.host}/a`).exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_ANSWER',
    });
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome!' };
    const { repository } = await started({ faults: () => page });
    await expect(repository.checkPush()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_ANSWER',
      message: expect.stringContaining('a page of HTML'),
    });
  });

  it('with the words of the registry, and nothing that steers a terminal', async () => {
    const body = JSON.stringify({ errors: [{ code: 'NAME_INVALID', message: 'no\u001b[2J such name' }] });
    const { registry, repository } = await started({ faults: () => ({ status: 400, body }) });
    await expect(repository.checkPush()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_REFUSED',
      reason: 'NAME_INVALID',
      message: `cannot push to ${registry.host}/a/b: ${registry.url}/v2/a/b/blobs/uploads/ answered 400: NAME_INVALID: no [2J such name`,
    });
  });

  it('where nothing may be fetched', async () => {
    const { registry, repository } = await started({}, { env: { INGOT_OFFLINE: '1' } });
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'INGOT_OFFLINE',
      message: `INGOT_OFFLINE is set: cannot fetch the manifest ${registry.host}/a/b:v1`,
    });
    expect(registry.requests).toEqual([]);
  });
});

describe('time limits', () => {
  it('end a connection that nobody answers on', async () => {
    await using silent = await listening(() => undefined);
    const { waits, ...registries } = open({ limits: { headers: 20, attempts: 2 } });
    await expect(registries.repository(`${silent.host}/a/b`).exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_TIMEOUT',
      message: expect.stringContaining(`http://${silent.host}/v2/a/b/blobs/${blob.digest} did not answer in time`),
    });
    expect(waits).toHaveLength(1);
  });

  it('end an answer that stands still', async () => {
    await using slow = await listening((socket) => {
      socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${blob.size}\r\n\r\nabc`));
    });
    const registries = open({ limits: { idle: 20, attempts: 2 } });
    await expect(bytesOf(registries.repository(`${slow.host}/a/b`).fetch(blob))).rejects.toMatchObject({
      code: expect.stringMatching('INGOT_REGISTRY_(TIMEOUT|RANGE)'),
    });
  });

  it('end an upload that is not taken', async () => {
    await using full = await listening((socket) => {
      socket.once('data', (data) => {
        const [method = ''] = data.toString().split(' ');
        const answers = new Map([
          ['HEAD', '404 Not Found\r\n'],
          ['POST', '202 Accepted\r\nLocation: /u\r\n'],
        ]);
        const answer = answers.get(method);
        if (answer === undefined) socket.pause();
        else socket.end(`HTTP/1.1 ${answer}Content-Length: 0\r\nConnection: close\r\n\r\n`);
      });
    });
    const large = someBytes(20_000_000);
    const registries = open({ limits: { headers: 50, attempts: 1 } });
    const pushed = registries.repository(`${full.host}/a/b`).receive(descriptorOf(large), {
      exists: async () => true,
      fetch: async function* () {
        for (let start = 0; start < large.length; start += 1_000_000) yield large.subarray(start, start + 1_000_000);
      },
    });
    await expect(pushed).rejects.toMatchObject({ code: 'INGOT_REGISTRY_TIMEOUT' });
  });
});

describe('a redirect', () => {
  it('to another host is followed without Authorization', async () => {
    const storage = await startRegistry();
    storage.repository('s').addBlob(bytes);
    const { registry, repository } = await started({
      redirectBlobsTo: (_name, digest) => `${storage.url}/v2/s/blobs/${digest}?signature=x`,
    });
    expect((await bytesOf(repository.fetch(blob))).equals(bytes)).toBe(true);
    expect(storage.lines).toEqual([`GET 200 /v2/s/blobs/${blob.digest}`]);
    expect(registry.lines).toEqual([`GET 307 /v2/a/b/blobs/${blob.digest}`]);
  });

  it('in a circle comes to an end', async () => {
    const { registry, repository } = await started({
      faults: ({ path }) => ({ status: 302, headers: { location: path } }),
    });
    await expect(bytesOf(repository.fetch(blob))).rejects.toMatchObject({ code: 'INGOT_REGISTRY_REDIRECT' });
    expect(registry.requests).toHaveLength(6);
  });

  it.each(['http://storage.example/x', 'file:///etc/passwd', 'http://'])(
    'from TLS to %s is refused',
    async (location) => {
      const pair = await selfSigned('localhost');
      const { registry } = await started({ tls: pair, faults: () => ({ status: 307, headers: { location } }) });
      const options = { registries: { [registry.host]: { plainHttp: false, skipTlsVerify: true } } };
      const repository = open(options).repository(`${registry.host}/a/b`);
      await expect(bytesOf(repository.fetch(blob))).rejects.toMatchObject({ code: 'INGOT_REGISTRY_REDIRECT' });
    },
  );

  it('of an upload back to plain HTTP of the same host is mended', async () => {
    const pair = await selfSigned('localhost');
    const { registry } = await started({
      tls: pair,
      faults: ({ method }) =>
        method === 'POST'
          ? { status: 202, headers: { location: 'http://localhost/v2/a/b/blobs/uploads/1' } }
          : undefined,
    });
    const options = { registries: { [registry.host]: { plainHttp: false, skipTlsVerify: true } } };
    await open(options).repository(`${registry.host}/a/b`).checkPush();
    expect(registry.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v2/a/b/blobs/uploads/',
      'DELETE /v2/a/b/blobs/uploads/1',
    ]);
  });
});

describe('a warning', () => {
  it('of the registry is told once', async () => {
    const warning = '299 - "this registry \\"closes\\" soon"';
    const { registry, registries, repository } = await started({ faults: () => ({ addHeaders: { warning } }) });
    await repository.exists(blob);
    await repository.exists(blob);
    expect(registries.warnings).toEqual([`${registry.host}: this registry "closes" soon`]);
  });
});

describe('a proxy', () => {
  it('is taken from the environment, but never for this machine itself', async () => {
    const asked: string[] = [];
    await using proxy = await listening((socket) => {
      socket.once('data', (data) => {
        asked.push(data.toString().split('\r\n')[0]!);
        socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const env = { HTTP_PROXY: `http://user:pass@${proxy.host}`, NO_PROXY: 'direct.invalid' };
    const plain = { plainHttp: true };
    const registries = open({ env, registries: { 'registry.invalid': plain, 'direct.invalid': plain } });
    expect(await registries.repository('registry.invalid/a').exists(blob)).toBe(false);
    expect(asked).toEqual([`HEAD http://registry.invalid/v2/a/blobs/${blob.digest} HTTP/1.1`]);
    await expect(registries.repository('direct.invalid/a').exists(blob)).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_HOST',
    });
    const { registry } = await started();
    expect(await registries.repository(`${registry.host}/a/b`).exists(blob)).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('that lets nobody through is named, without its password', async () => {
    await using proxy = await listening((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'));
    });
    const env = { HTTPS_PROXY: `http://user:pass@${proxy.host}` };
    const error: unknown = await open({ env })
      .repository('registry.invalid/a')
      .exists(blob)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INGOT_REGISTRY_PROXY', help: expect.stringContaining('HTTPS_PROXY') });
    expect(`${(error as Error).stack} ${String((error as Error).cause)}`).not.toContain('pass@');
  });
});

describe('a session', () => {
  it('that is aborted ends what is under way, with the reason', async () => {
    const abort = new AbortController();
    const { repository } = await started(
      { faults: () => (abort.abort(new Error('enough')), { delay: new Promise(() => undefined) }) },
      { signal: abort.signal },
    );
    await expect(repository.exists(blob)).rejects.toThrow('enough');
    await expect(bytesOf(repository.fetch(blob))).rejects.toThrow('enough');
  });

  it('that is aborted while it waits does not wait on', async () => {
    const abort = new AbortController();
    const registry = await startRegistry({ faults: () => ({ status: 500 }) });
    const registries = open({ signal: abort.signal, wait: async () => abort.abort(new Error('enough')) });
    await expect(registries.repository(`${registry.host}/a/b`).exists(blob)).rejects.toThrow('enough');
    expect(registry.requests).toHaveLength(1);
  });

  it('that is closed asks no more', async () => {
    const { registries, repository } = await started();
    await repository.exists(blob);
    await registries.close();
    await expect(repository.exists(blob)).rejects.toMatchObject({ code: 'INGOT_REGISTRY_CLOSED' });
  });

  it('lets the process end', async () => {
    const { registry } = await started();
    const image = await imageOf(bytes);
    await copy(image.root, image.store, open().repository(`${registry.host}/a/b`));
    const script = `
      import { openRegistries } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
      const registries = openRegistries({ sentFolder: ${JSON.stringify(at('sent'))} });
      const repository = registries.repository('${registry.host}/a/b');
      const layer = ${JSON.stringify(blob)};
      for await (const part of repository.fetch(layer)) { console.log(part.length); break; }
      await repository.resolve('none').catch((error) => console.log(error.code));
      await registries.close();
    `;
    const args = ['--conditions=ingot-source', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    expect(stdout).toBe('1000\nINGOT_REGISTRY_MISSING\n');
  });
});
