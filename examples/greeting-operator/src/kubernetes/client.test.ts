import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { certificateAuthority } from '../../../../tools/registry/certificates.ts';
import { kubernetesClient, type Client } from './client.ts';

let server: Server;
let ca: string;
let client: Client;
let answer: (to: ServerResponse) => void;
const tokens: (string | undefined)[] = [];

beforeAll(async () => {
  const authority = await certificateAuthority();
  server = createServer(await authority.issue('127.0.0.1'), (request, response) => {
    tokens.push(request.headers.authorization);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ca = authority.cert;
});
beforeEach(() => {
  const { port } = server.address() as AddressInfo;
  let calls = 0;
  const token = async () => `token-${++calls}`;
  client = kubernetesClient({ host: '127.0.0.1', port, ca, namespace: 'n', token });
});
afterEach(() => {
  client.close();
  server.closeAllConnections();
});
afterAll(() => server.close());

const says = (status: number, text: string) => (to: ServerResponse) => to.writeHead(status).end(text);
const never = new AbortController().signal;

async function all(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const found = [];
  for await (const event of events) found.push(event);
  return found;
}

describe('the client', () => {
  it('asks for the token each time', async () => {
    answer = says(200, '{"a":1}');
    expect(await client.get('/x')).toEqual({ a: 1 });
    await client.list('/x', {});
    expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('finds nothing where there is nothing', async () => {
    answer = says(404, '{"kind":"Status","code":404,"reason":"NotFound","message":"none"}');
    expect(await client.get('/x')).toBeUndefined();
    await expect(client.create('/x', {})).rejects.toMatchObject({ status: 404, reason: 'NotFound', path: '/x' });
  });

  it('says what the API server says', async () => {
    answer = says(403, '{"kind":"Status","code":403,"reason":"Forbidden","message":"services is forbidden"}');
    await expect(client.patch('/x', {})).rejects.toMatchObject({
      code: 'GREETING_API',
      message: '403: services is forbidden',
      help: expect.stringContaining('role.yaml'),
    });
  });

  it('knows what is no answer of an API server', async () => {
    answer = says(502, '<html>Bad Gateway</html>');
    await expect(client.get('/x')).rejects.toMatchObject({ status: 502, message: '502: <html>Bad Gateway</html>' });
    answer = says(200, '<html>');
    await expect(client.get('/x')).rejects.toMatchObject({ code: 'GREETING_API', message: 'no JSON: <html>' });
    answer = (to) => to.destroy();
    await expect(client.get('/x')).rejects.toMatchObject({
      code: 'GREETING_API',
      message: expect.stringContaining('no answer'),
    });
  });

  it('asks again where a connection that was kept has been closed', async () => {
    answer = says(200, '{}');
    await client.get('/x');
    const before = tokens.length;
    answer = (to) => {
      answer = says(200, '{"a":2}');
      to.destroy();
    };
    expect(await client.get('/x')).toEqual({ a: 2 });
    expect(tokens.length).toBe(before + 2);
  });

  it('gives events as they come, until the connection breaks', async () => {
    answer = (to) => {
      to.writeHead(200).write('{"type":"ADDED"}\n{"type":"DEL');
      setImmediate(() => to.write('ETED"}\n', () => to.destroy()));
    };
    const seen: unknown[] = [];
    const watched = (async () => {
      for await (const event of client.watch('/x', {}, 10_000, never)) seen.push(event);
    })();
    await expect(watched).rejects.toMatchObject({ code: 'GREETING_API' });
    expect(seen).toEqual([{ type: 'ADDED' }, { type: 'DELETED' }]);
  });

  it('gives a watch up where nothing comes for too long', async () => {
    answer = (to) => to.writeHead(200).flushHeaders();
    await expect(all(client.watch('/x', {}, 50, never))).rejects.toMatchObject({ code: 'GREETING_API' });
  });

  it('leaves a watch when it is told to', async () => {
    const stop = new AbortController();
    answer = (to) => {
      to.writeHead(200).flushHeaders();
      stop.abort();
    };
    await expect(all(client.watch('/x', {}, 10_000, stop.signal))).rejects.toMatchObject({ code: 'GREETING_API' });
  });
});
