import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Giving, descriptorOf, someBytes } from '../test/blobs.ts';
import { testRegistries } from '../test/open.ts';
import { Sent } from './sent.ts';

const { at, open, startRegistry } = testRegistries();
const bytes = someBytes(2_000_000);
const blob = descriptorOf(bytes);
const host = 'localhost:5000';

describe('what was sent', () => {
  it('is remembered for each registry, the latest first, and forgotten where it is not there any more', async () => {
    const sent = new Sent(at('sent'));
    for (const name of ['a', 'b', 'c', 'd', 'c']) await sent.add(host, blob.digest, name);
    expect(await sent.holders(host, blob.digest)).toEqual(['c', 'd', 'b']);
    expect(await sent.holders('localhost:5001', blob.digest)).toEqual([]);
    await sent.remove(host, blob.digest, 'c');
    expect(await new Sent(at('sent')).holders(host, blob.digest)).toEqual(['d', 'b', 'a']);
    expect(readdirSync(at('sent'))).toEqual(['localhost%3A5000']);
  });

  it('is not believed where a record is broken, or cannot be written', async () => {
    const sent = new Sent(at('sent'));
    await sent.add(host, blob.digest, 'a');
    const [file] = readdirSync(at('sent', 'localhost%3A5000'));
    writeFileSync(at('sent', 'localhost%3A5000', file!), 'b\n../../etc\n\u0000\nA&from=x\n');
    expect(await sent.holders(host, blob.digest)).toEqual(['b']);
    writeFileSync(at('file'), '');
    const nowhere = new Sent(at('file', 'below'));
    await nowhere.add(host, blob.digest, 'a');
    expect(await nowhere.alone(host, blob.digest, undefined, async () => 5)).toBe(5);
  });

  it('is mounted again in a later run, and sent where that fails', async () => {
    const registry = await startRegistry();
    await open().repository(`${registry.host}/a`).receive(blob, new Giving(bytes));
    expect(await open().repository(`${registry.host}/b`).receive(blob, new Giving(bytes))).toBe('mounted');
    registry.repositories.clear();
    expect(await open().repository(`${registry.host}/c`).receive(blob, new Giving(bytes))).toBe('sent');
    const [file] = readdirSync(at('sent', encodeURIComponent(registry.host)));
    expect(readFileSync(at('sent', encodeURIComponent(registry.host), file!), 'utf8')).toBe('c\n');
  });
});

describe('the lock of a blob', () => {
  it('lets one after the other, also after one has failed', async () => {
    const sent = new Sent(at('sent'));
    const order: string[] = [];
    const first = sent.alone(host, blob.digest, undefined, async () => {
      order.push('first begins');
      await new Promise((go) => setImmediate(go));
      order.push('first ends');
      throw new Error('failed');
    });
    const second = sent.alone(host, blob.digest, undefined, async () => order.push('second'));
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });

  it('is taken over from a process that is no more', async () => {
    const sent = new Sent(at('sent'));
    await sent.add(host, blob.digest, 'a');
    const lock = at('sent', 'localhost%3A5000', `${blob.digest.slice('sha256:'.length)}.lock`);
    mkdirSync(lock);
    utimesSync(lock, 1, 1);
    expect(await sent.alone(host, blob.digest, undefined, async () => 'done')).toBe('done');
  });

  it('is taken over at once from a process that was killed, and not from one that lives', async () => {
    const lock = at('sent', 'localhost%3A5000', `${blob.digest.slice('sha256:'.length)}`);
    mkdirSync(`${lock}.lock`, { recursive: true });
    const { pid } = spawnSync(process.execPath, ['--version']);
    const owner = await new Sent(at('other')).alone(host, blob.digest, undefined, async () =>
      readFileSync(`${lock.replace('sent', 'other')}.owner`, 'utf8'),
    );
    expect(owner).toMatch(new RegExp(` ${process.pid}$`));
    writeFileSync(`${lock}.owner`, owner.replace(/\d+$/, String(pid)));
    // The lock is as fresh as can be, for as long as the test may take.
    utimesSync(`${lock}.lock`, 1, Date.now() / 1000 + 3600);
    expect(await new Sent(at('sent')).alone(host, blob.digest, undefined, async () => 'done')).toBe('done');
    expect(readdirSync(at('sent', 'localhost%3A5000'))).toEqual([]);
    mkdirSync(`${lock}.lock`);
    for (const text of [owner, `elsewhere ${pid}`, `${hostname()} ${pid}`, 'nonsense', '']) {
      writeFileSync(`${lock}.owner`, text);
      const abort = new AbortController();
      const waiting = new Sent(at('sent')).alone(host, blob.digest, abort.signal, async () => 'done');
      setImmediate(() => abort.abort(new Error('enough')));
      await expect(waiting).rejects.toThrow('enough');
    }
  });

  it('is waited for no longer than the run goes on', async () => {
    mkdirSync(at('sent', 'localhost%3A5000', `${blob.digest.slice('sha256:'.length)}.lock`), { recursive: true });
    const abort = new AbortController();
    const waiting = new Sent(at('sent')).alone(host, blob.digest, abort.signal, async () => 'done');
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('holds within a process also where no folder can be written', async () => {
    writeFileSync(at('file'), '');
    const sent = new Sent(at('file', 'below'));
    const order: string[] = [];
    const first = sent.alone(host, blob.digest, undefined, async () => {
      order.push('first begins');
      await new Promise((go) => setTimeout(go, 1));
      order.push('first ends');
    });
    await Promise.all([first, sent.alone(host, blob.digest, undefined, async () => order.push('second'))]);
    expect(order).toEqual(['first begins', 'first ends', 'second']);
  });
});

describe('many who push the same blob', () => {
  it('in one process send it once', async () => {
    const registry = await startRegistry();
    const registries = open();
    const names = Array.from({ length: 20 }, (_, index) => `image${index}`);
    const received = await Promise.all(
      names.map((name) => registries.repository(`${registry.host}/${name}`).receive(blob, new Giving(bytes))),
    );
    expect(received.filter((how) => how === 'sent')).toHaveLength(1);
    expect(received.filter((how) => how === 'mounted')).toHaveLength(19);
  });

  it('to the same repository send it once', async () => {
    const registry = await startRegistry();
    // Each has a session of its own: what one knows, the others do not.
    const pushes = [1, 2, 3].map(() => open().repository(`${registry.host}/a`).receive(blob, new Giving(bytes)));
    expect((await Promise.all(pushes)).sort()).toEqual(['present', 'present', 'sent']);
  });

  it('in several processes send it once', async () => {
    const registry = await startRegistry();
    writeFileSync(at('blob'), bytes);
    const script = `
      import { readFileSync } from 'node:fs';
      import { openRegistries } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
      const registries = openRegistries({ sentFolder: ${JSON.stringify(at('sent'))} });
      const from = { exists: async () => true, fetch: async function* () { yield readFileSync(${JSON.stringify(at('blob'))}); } };
      const repository = registries.repository('${registry.host}/' + process.argv[1]);
      console.log(await repository.receive(${JSON.stringify(blob)}, from));
      await registries.close();
    `;
    const run = async (name: string) => {
      const args = ['--conditions=ingot-source', '--input-type=module', '--eval', script, name];
      return (await promisify(execFile)(process.execPath, args)).stdout.trim();
    };
    const received = await Promise.all(['a', 'b', 'c', 'd'].map(run));
    expect(received.sort()).toEqual(['mounted', 'mounted', 'mounted', 'sent']);
  });
});
