import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** GET /healthz: the process runs. GET /readyz: everything that it watches has been listed; 503 before that. */
export async function serveHealth(address: { host?: string; port: number }, ready: () => boolean): Promise<Health> {
  const server = createServer((asked, answer) => {
    const known = asked.url === '/healthz' || asked.url === '/readyz';
    const status = !known ? 404 : asked.url === '/readyz' && !ready() ? 503 : 200;
    answer.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
    answer.end(status === 200 ? 'ok\n' : status === 503 ? 'not yet\n' : 'not found\n');
  });
  server.listen(address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
