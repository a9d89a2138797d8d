import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export interface Cut {
  /** `up`: what the client sends; `down`: what it is sent. */
  readonly direction: 'up' | 'down';
  /** Bytes that go through in this direction, over all connections, since the cut was asked for or the last one made. */
  readonly after: number;
  /** How many cuts are made, each after so many bytes. */
  readonly times?: number;
  /** `reset`: as a machine that fails; `end`: as one that closes in order; `stall`: nothing more, and no end. */
  readonly how?: 'reset' | 'end' | 'stall';
}

/** A TCP proxy that cuts connections when it is told to. */
export class CuttingProxy implements AsyncDisposable {
  /** `localhost:PORT`. */
  readonly host: string;
  /** Cuts made so far. */
  cuts = 0;
  /** Connections taken so far. */
  connections = 0;
  /** Bytes that came through so far, over all connections. */
  readonly bytes = { up: 0, down: 0 };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #events = new EventEmitter();
  #asked: Cut | undefined;
  #left = 0;
  #passed = 0;

  /** `target`: `host:port`. */
  static async start(target: string): Promise<CuttingProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CuttingProxy(server, target);
  }

  private constructor(server: Server, target: string) {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    this.host = `localhost:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    server.on('connection', (client) => {
      this.connections += 1;
      const upstream = connect({
        host: host.replace('localhost', '127.0.0.1'),
        port: Number(port),
        allowHalfOpen: true,
      });
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      void this.#forward('up', client, upstream);
      void this.#forward('down', upstream, client);
    });
  }

  /** Takes the place of what was asked for before. */
  cut(cut: Cut): void {
    this.#asked = cut;
    this.#left = cut.times ?? 1;
    this.#passed = 0;
  }

  /** Kept when the next cut is made. */
  async nextCut(): Promise<void> {
    await once(this.#events, 'cut');
  }

  /** Ends all connections, those too that stand still. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.drop();
  }

  async #forward(direction: Cut['direction'], from: Socket, to: Socket): Promise<void> {
    try {
      for await (const part of from as AsyncIterable<Buffer>) {
        const rest = this.#remaining(direction);
        this.#passed += direction === this.#asked?.direction ? part.length : 0;
        this.bytes[direction] += Math.min(part.length, rest);
        if (rest >= part.length) {
          if (!to.write(part)) await once(to, 'drain');
          continue;
        }
        const [client, upstream] = direction === 'up' ? [from, to] : [to, from];
        return await this.#make(part.subarray(0, rest), to, client, upstream);
      }
      to.end();
    } catch {
      // One side is gone: so is the other.
      from.destroy();
      to.destroy();
    }
  }

  /** How many bytes more may pass. */
  #remaining(direction: Cut['direction']): number {
    if (this.#asked?.direction !== direction || this.#left === 0) return Infinity;
    return this.#asked.after - this.#passed;
  }

  async #make(last: Buffer, to: Socket, client: Socket, upstream: Socket): Promise<void> {
    const how = this.#asked?.how ?? 'reset';
    this.#left -= 1;
    this.#passed = 0;
    this.cuts += 1;
    await new Promise<void>((done) => to.write(last, () => done()));
    this.#events.emit('cut');
    // A stalled connection stays as it is until the proxy goes.
    if (how === 'stall') return new Promise(() => undefined);
    upstream.destroySoon();
    if (how === 'reset') client.resetAndDestroy();
    else client.destroySoon();
  }
}
