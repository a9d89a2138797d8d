import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobStore, storeFolder } from './blob-store.ts';
import { digestOf } from './digest.ts';
import { readBlob, verified } from './read.ts';
import type { Descriptor } from './descriptor.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = Buffer.from('some bytes');
const descriptor: Descriptor = { mediaType: 'text/plain', digest: digestOf(bytes), size: bytes.length };
async function* content(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function temporaries(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('.'));
}

describe('BlobStore', () => {
  it('keeps a blob under its digest, readable by all whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const store = new BlobStore(join(folder, 'a', 'b'));
      await store.push(descriptor, content(bytes));
      expect(Buffer.from(await readBlob(store, descriptor))).toEqual(bytes);
      const span = await store.locate(descriptor);
      expect(span).toEqual({ path: join(folder, 'a/b/blobs/sha256', descriptor.digest.slice(7)), offset: 0, size: 10 });
      expect((await stat(span?.path ?? '')).mode & 0o777).toBe(0o644);
      for (const made of ['a', 'a/b', 'a/b/blobs', 'a/b/blobs/sha256']) {
        expect((await stat(join(folder, made))).mode & 0o777, made).toBe(0o755);
      }
    } finally {
      process.umask(before);
    }
  });

  it('says of ingested bytes what they are', async () => {
    const store = new BlobStore(folder);
    expect(await store.ingest('text/plain', content(bytes.subarray(0, 4), bytes.subarray(4)))).toEqual(descriptor);
    expect(await store.exists(descriptor)).toBe(true);
  });

  it.each([
    ['digest', Buffer.from('other byte')],
    ['too short', bytes.subarray(1)],
    ['too long', Buffer.concat([bytes, bytes])],
  ])('refuses content that is wrong (%s) and keeps nothing of it', async (_, wrong) => {
    const store = new BlobStore(folder);
    await expect(store.push(descriptor, content(wrong))).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await store.exists(descriptor)).toBe(false);
    expect(await temporaries()).toEqual([]);
  });

  it('names a missing blob', async () => {
    const error = { code: 'INGOT_BLOB_MISSING', digest: descriptor.digest };
    await expect(readBlob(new BlobStore(folder), descriptor)).rejects.toMatchObject(error);
  });

  it('does not see a blob of the wrong size, and a push replaces it', async () => {
    const store = new BlobStore(folder);
    await store.push(descriptor, content(bytes));
    await truncate(store.pathOf(descriptor), 3);
    expect(await store.exists(descriptor)).toBe(false);
    expect(await store.locate(descriptor)).toBeUndefined();
    const range = store.fetch(descriptor, { offset: 0, length: 2 })[Symbol.asyncIterator]();
    await expect(range.next()).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG', path: store.pathOf(descriptor) });
    await store.push(descriptor, content(bytes));
    expect(Buffer.from(await readBlob(store, descriptor))).toEqual(bytes);
  });

  it('drops a changed blob once it is noticed, and a push replaces it', async () => {
    const store = new BlobStore(folder);
    await store.push(descriptor, content(bytes));
    await writeFile(store.pathOf(descriptor), 'SOME BYTES');
    await expect(readBlob(store, descriptor)).rejects.toMatchObject({
      code: 'INGOT_BLOB_WRONG',
      digest: descriptor.digest,
    });
    expect(await store.exists(descriptor)).toBe(false);
    await store.push(descriptor, content(bytes));
    expect(await store.verify(descriptor)).toBe(true);
    await writeFile(store.pathOf(descriptor), 'SOME BYTES');
    expect(await store.verify(descriptor)).toBe(false);
    expect(await store.exists(descriptor)).toBe(false);
  });

  it('does not drop the right blob that somebody put there while the wrong one was read', async () => {
    const store = new BlobStore(folder);
    await store.push(descriptor, content(bytes));
    await writeFile(store.pathOf(descriptor), 'SOME BYTES');
    const reading = verified(descriptor, store.fetch(descriptor));
    await reading.next();
    await store.push(descriptor, content(bytes));
    await expect(reading.next()).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await store.verify(descriptor)).toBe(true);
  });

  it('reads a range, within the blob only', async () => {
    const store = new BlobStore(folder);
    await store.push(descriptor, content(bytes));
    const parts = [];
    for await (const part of store.fetch(descriptor, { offset: 5, length: 5 })) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('bytes');
    for (const range of [
      { offset: 5, length: 6 },
      { offset: -1, length: 2 },
    ]) {
      const reading = store.fetch(descriptor, range)[Symbol.asyncIterator]();
      await expect(reading.next()).rejects.toMatchObject({ code: 'INGOT_RANGE' });
    }
  });

  it('never follows a digest out of its folder', async () => {
    const store = new BlobStore(folder);
    const evil = { ...descriptor, digest: 'sha256:../../../etc/passwd' };
    await expect(store.exists(evil)).rejects.toMatchObject({ code: 'INGOT_DIGEST' });
    await expect(store.push(evil, content(bytes))).rejects.toMatchObject({ code: 'INGOT_DIGEST' });
  });

  it('removes what dead processes left, and nothing of the living', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const left = join(folder, `.ingot-${dead.pid}-0123456789abcdef`);
    const recent = join(folder, `.ingot-${dead.pid}-0123456789abcde0`);
    const ours = join(folder, `.ingot-${process.pid}-0123456789abcdef`);
    const foreign = join(folder, '.ingot-notes');
    for (const path of [left, recent, ours, foreign]) await writeFile(path, 'x');
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const path of [left, ours, foreign]) await utimes(path, old, old);
    await new BlobStore(folder).push(descriptor, content(bytes));
    expect((await temporaries()).sort()).toEqual(
      [recent, ours, foreign].map((path) => path.slice(folder.length + 1)).sort(),
    );
  });

  it('says clearly that it cannot write its folder', async () => {
    const root = join(folder, 'not-yours');
    await chmod(folder, 0o755);
    await mkdir(root, { mode: 0o555 });
    await asNobody(async () => {
      const pushing = new BlobStore(root).push(descriptor, content(bytes));
      await expect(pushing).rejects.toMatchObject({ code: 'INGOT_UNWRITABLE', path: root });
    });
  });

  it('is right after many processes wrote the same and other blobs at once, and one was killed', async () => {
    const mine = (index: number): string[] => ['same', 'same too', `own ${index}`];
    const victim = worker('hang', folder, ['same']);
    await victim.writing;
    const children = Array.from({ length: 5 }, (_, index) => worker('push', folder, mine(index)));
    victim.kill();
    for (const child of children) expect(await child.result()).toEqual({ ok: true });
    const store = new BlobStore(folder);
    for (const seed of Array.from({ length: 5 }, (_, index) => mine(index)).flat()) {
      expect(await store.verify(describeSeed(seed)), seed).toBe(true);
    }
    expect(await readdir(join(folder, 'blobs/sha256'))).toHaveLength(7);
    // Only the killed one left something.
    expect(await temporaries()).toEqual([expect.stringMatching(new RegExp(`^\\.ingot-${victim.pid}-`))]);
  });
});

describe('storeFolder', () => {
  it.each([
    ['linux', { INGOT_STORE: '/x', XDG_CACHE_HOME: '/c', HOME: '/h' }, '/x'],
    ['linux', { XDG_CACHE_HOME: '/c', HOME: '/h' }, '/c/ingot/store'],
    ['linux', { XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/ingot/store'],
    ['linux', { HOME: '/h' }, '/h/.cache/ingot/store'],
    ['darwin', { HOME: '/h', XDG_CACHE_HOME: '/c' }, '/h/Library/Caches/ingot/store'],
    ['win32', { LOCALAPPDATA: '/l' }, '/l/ingot/store'],
  ])('on %s with %o is %s', (platform, env, expected) => {
    expect(storeFolder(env, platform)).toBe(expected);
  });
});

/** Root may write everywhere: become somebody who may not. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

function describeSeed(seed: string): Descriptor {
  const all = Buffer.alloc(3_000_000, seed);
  return { mediaType: 'text/plain', digest: digestOf(all), size: all.length };
}

/** A process of its own that pushes 3 MB for each seed; `hang` stops in the middle. */
function worker(verb: 'push' | 'hang', store: string, seeds: string[]) {
  const script = `
    import { BlobStore, ContentError, digestOf } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    const [verb, folder, ...seeds] = process.argv.slice(1);
    async function* content(all) {
      for (let at = 0; at < all.length; at += 65536) {
        yield all.subarray(at, at + 65536);
        if (verb === 'hang' && at > 500000) { console.log('writing'); await new Promise(() => setInterval(() => {}, 1000)); }
      }
    }
    try {
      await Promise.all(seeds.map((seed) => {
        const all = Buffer.alloc(3000000, seed);
        return new BlobStore(folder).push({ mediaType: 'text/plain', digest: digestOf(all), size: all.length }, content(all));
      }));
      console.log(JSON.stringify({ ok: true }));
    } catch (error) { console.log(JSON.stringify({ code: error.code, path: error.path, message: error.message })); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', verb, store, ...seeds], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  const writing = new Promise<void>((resolve) =>
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
      if (out.includes('writing')) resolve();
    }),
  );
  return {
    pid: child.pid,
    writing,
    kill: () => child.kill('SIGKILL'),
    async result(): Promise<unknown> {
      if (child.exitCode === null) await once(child, 'close');
      return JSON.parse(out);
    },
  };
}
