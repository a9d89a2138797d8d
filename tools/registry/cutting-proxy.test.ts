import { describe, expect, it } from 'vitest';
import { sampleLayout } from '../../e2e/sample-layout.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { DockerRegistry } from './docker-registry.ts';
import { skopeo } from './skopeo.ts';
import { testFolder } from './temporary-folder.ts';

const at = testFolder();
/** What no compression makes smaller. */
const layers = [
  { noise: Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index * 2654435761) >>> 13)) },
];

const push = (proxy: CuttingProxy) =>
  skopeo(['copy', '--dest-tls-verify=false', `oci:${at('in')}:1.0.0`, `docker://${proxy.host}/some/image:1`]);
const pull = (proxy: CuttingProxy, to: string) =>
  skopeo(['copy', '--src-tls-verify=false', `docker://${proxy.host}/some/image:1`, `oci:${at(to)}:1`]);

describe('the cutting proxy', () => {
  it.each(['reset', 'end'] as const)('cuts in both directions, as often as it is told: %s', async (how) => {
    await sampleLayout(at('in'), { layers, compression: 'none' });
    await using registry = await DockerRegistry.start();
    await using proxy = await CuttingProxy.start(registry.host);
    proxy.cut({ direction: 'up', after: 50_000, how });
    await expect(push(proxy)).rejects.toThrow(/EOF|reset|broken pipe|closed/);
    expect(proxy.cuts).toBe(1);
    await push(proxy);
    proxy.cut({ direction: 'down', after: 60_000, times: 2, how });
    await expect(pull(proxy, 'first')).rejects.toThrow(/EOF|reset/);
    await expect(pull(proxy, 'second')).rejects.toThrow(/EOF|reset/);
    expect(proxy.cuts).toBe(3);
    await pull(proxy, 'third');
    expect(proxy.connections).toBeGreaterThan(3);
  });

  it('lets exactly so many bytes through before an orderly end, and before it stalls', async () => {
    await using registry = await DockerRegistry.start();
    await using proxy = await CuttingProxy.start(registry.host);
    proxy.cut({ direction: 'down', after: 20, how: 'end' });
    expect(await raw(proxy.host)).toBe('HTTP/1.1 200 OK\r\nCon');
    proxy.cut({ direction: 'down', after: 15, how: 'stall' });
    const cut = proxy.nextCut();
    const stalled = raw(proxy.host);
    await cut;
    await proxy[Symbol.asyncDispose]();
    expect(await stalled).toBe('HTTP/1.1 200 OK');
  });
});

/** All that comes in answer to a request, until the connection is gone. */
async function raw(host: string): Promise<string> {
  const { connect } = await import('node:net');
  const socket = connect({ host: '127.0.0.1', port: Number(host.split(':')[1]) });
  socket.write('GET /v2/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const parts: Buffer[] = [];
  try {
    for await (const part of socket as AsyncIterable<Buffer>) parts.push(part);
  } catch {
    // What came before counts.
  }
  return Buffer.concat(parts).toString();
}
