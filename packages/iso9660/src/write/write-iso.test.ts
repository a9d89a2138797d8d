import { createHash } from 'node:crypto';
import { spawn, execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkMd5 } from '../isomd5/check.ts';
import { implantMd5 } from '../isomd5/implant.ts';
import type { IsoContent, IsoInput } from '../plan/input.ts';
import { planIso } from '../plan/plan-iso.ts';
import { isoBytes } from './iso-bytes.ts';
import { sampleOptions, temporaryFolder, textFile } from './test/sample.ts';
import { temporaryName } from './temporary.ts';
import { writeIso } from './write-iso.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that repeat nowhere near: so that a piece in the wrong place shows. */
function pattern(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) words[i] = state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return new Uint8Array(words.buffer, 0, size);
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    yield new Uint8Array(0);
  }
}

function file(path: string, bytes: Uint8Array, content: IsoContent = { bytes }): IsoInput & { type: 'file' } {
  return { path, type: 'file', size: bytes.length, content, digest: `sha256:${sha256(bytes)}` };
}

/** A tree of more than 32 MiB, so that hashing has its threads, from every kind of content. */
function mixedTree(folder: string): IsoInput[] {
  const large = pattern(20_000_001, 1);
  const ranged = pattern(15_000_000, 2);
  const streamed = pattern(3_000_001, 3);
  writeFileSync(join(folder, 'large'), large);
  writeFileSync(join(folder, 'ranged'), ranged);
  const range = ranged.subarray(1_000_003, 14_000_000);
  const small = Array.from({ length: 300 }, (_, i) => file(`small/${i}`, pattern((i * 37) % 9000, i)));
  return [
    file('large', large, { path: join(folder, 'large') }),
    file('ranged', range, { path: join(folder, 'ranged'), offset: 1_000_003 }),
    file('streamed', streamed, { fetch: () => inChunks(streamed, 65_537) }),
    ...small,
  ];
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('writeIso', () => {
  it('makes a file that all can read, whatever the umask', async () => {
    const target = join(temporaryFolder(), 'x.iso');
    const before = process.umask(0o077);
    onTestFinished(() => void process.umask(before));
    await writeIso(planIso([textFile('a', 'a')], sampleOptions), target);
    expect(statSync(target).mode & 0o777).toBe(0o644);
  });

  it('writes the bytes of isoBytes, and tells their number and digest', async () => {
    const folder = temporaryFolder();
    const plan = planIso(mixedTree(folder), sampleOptions);
    const target = join(folder, 'x.iso');
    let told = 0;
    const written = await writeIso(plan, target, { hash: true, onBytes: (bytes) => (told += bytes) });
    const image = readFileSync(target);
    expect(written).toEqual({ size: plan.size, sha256: sha256(image) });
    expect(told).toBe(plan.size);
    expect(sha256(await collect(isoBytes(plan)))).toBe(written.sha256);
    expect(await writeIso(plan, target)).toEqual({ size: plan.size });
    expect(sha256(readFileSync(target))).toBe(written.sha256);
    for (const entry of plan.files) {
      if (entry.path !== 'ranged') continue;
      const bytes = image.subarray(entry.sector * 2048, entry.sector * 2048 + entry.size);
      expect(sha256(bytes)).toBe(sha256(pattern(15_000_000, 2).subarray(1_000_003, 14_000_000)));
    }
  });

  it('implants media check sums and digests the result', async () => {
    const target = join(temporaryFolder(), 'x.iso');
    const applicationUse = new Uint8Array(512).fill(0x20);
    const plan = planIso([textFile('a', 'x'.repeat(3_000_000))], { ...sampleOptions, applicationUse });
    const { sha256: digest } = await writeIso(plan, target, { hash: true, md5: implantMd5 });
    expect(digest).toBe(sha256(readFileSync(target)));
    expect(await checkMd5(target)).toMatchObject({ state: 'passed' });
  });

  it('runs beforeRename, and waits for it, when the image is complete but not yet in its place', async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'x.iso');
    writeFileSync(target, 'old');
    const plan = planIso([textFile('a', 'new')], sampleOptions);
    let seen: unknown;
    const beforeRename = async (): Promise<void> => {
      const [temporary = ''] = readdirSync(folder).filter((name) => name !== 'x.iso');
      const complete = readFileSync(join(folder, temporary));
      await new Promise((resolve) => setImmediate(resolve));
      seen = { old: readFileSync(target, 'utf8'), complete: sha256(complete) };
    };
    const { sha256: digest } = await writeIso(plan, target, { hash: true, beforeRename });
    expect(seen).toEqual({ old: 'old', complete: digest });
    expect(sha256(readFileSync(target))).toBe(digest);
  });

  it('takes a target name as long as names get', async () => {
    const target = join(temporaryFolder(), `${'x'.repeat(251)}.iso`);
    await writeIso(planIso([], sampleOptions), target);
    expect(readFileSync(target).length).toBeGreaterThan(0);
  });
});

describe('writeIso leaves the old file as it was, and nothing else, when', () => {
  async function fails(inputs: IsoInput[], expected: object, options: object = {}): Promise<void> {
    const folder = join(temporaryFolder(), 'out');
    mkdirSync(folder);
    const target = join(folder, 'x.iso');
    writeFileSync(target, 'old');
    await expect(writeIso(planIso(inputs, sampleOptions), target, options)).rejects.toMatchObject(expected);
    expect(readdirSync(folder)).toEqual(['x.iso']);
    expect(readFileSync(target, 'utf8')).toBe('old');
  }
  const size = { code: 'INGOT_ISO_CONTENT_SIZE', path: 'wrong' };
  const before = textFile('before', 'b'.repeat(5_000_000));

  it('a file is longer or shorter than planned', async () => {
    const path = join(temporaryFolder(), 'content');
    writeFileSync(path, 'ten bytes!');
    for (const planned of [9, 11, 0]) {
      await fails([before, { path: 'wrong', type: 'file', size: planned, content: { path } }], size);
    }
    await fails([before, { path: 'wrong', type: 'file', size: 3, content: { path, offset: 8 } }], size);
  });

  it('a stream is longer or shorter than planned', async () => {
    const content = { fetch: () => inChunks(pattern(1000, 1), 300) };
    for (const planned of [0, 999, 1001]) {
      await fails([before, { path: 'wrong', type: 'file', size: planned, content }], size);
    }
  });

  it('a stream fails, and closes it when something else does', async () => {
    const broken = async function* (): AsyncIterable<Uint8Array> {
      yield new Uint8Array(10);
      throw new Error('connection lost');
    };
    await fails([{ path: 'x', type: 'file', size: 20, content: { fetch: broken } }], { message: 'connection lost' });
    let closed = false;
    const endless = async function* (): AsyncIterable<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(10);
      } finally {
        closed = true;
      }
    };
    await fails([{ path: 'wrong', type: 'file', size: 20, content: { fetch: endless } }], size);
    expect(closed).toBe(true);
  });

  it('a file is missing, a folder, or unreadable', async () => {
    const folder = temporaryFolder();
    const unreadable = { code: 'INGOT_ISO_CONTENT_UNREADABLE', path: join(folder, 'missing') };
    await fails([{ path: 'x', type: 'file', size: 1, content: { path: join(folder, 'missing') } }], unreadable);
    await fails([{ path: 'x', type: 'file', size: 1, content: { path: folder } }], { ...unreadable, path: folder });
  });

  it('a content has another digest than planned, in this thread and in others', async () => {
    for (const length of [1000, 40_000_000]) {
      const right = pattern(length, 1);
      const wrong = Uint8Array.from(right);
      wrong[length - 1] = (wrong[length - 1] ?? 0) ^ 1;
      const digests = [`sha256:${sha256(right)}`, `sha256:${sha256(wrong)}`] as const;
      const message = `the content of "b" should be ${digests[0]}, but is ${digests[1]}`;
      const inputs = [file('a', pattern(10, 1)), { ...file('b', right), content: { bytes: wrong } }, before];
      await fails(inputs, { code: 'INGOT_ISO_CONTENT_DIGEST', path: 'b', digest: digests[0], message }, { hash: true });
      await expect(collect(isoBytes(planIso(inputs, sampleOptions)))).rejects.toMatchObject({ path: 'b' });
    }
  });

  it('it is aborted', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const onBytes = (): void => abort.abort(reason);
    await fails([textFile('a', 'x'.repeat(50_000_000))], reason, { signal: abort.signal, onBytes });
    await fails([], reason, { signal: abort.signal });
  });

  it('it is aborted while the implanting of check sums, or the digest after it, has its turn', async () => {
    const reason = new Error('enough');
    for (const hash of [true, false]) {
      const abort = new AbortController();
      let given: unknown;
      const md5 = (_: string, { signal }: { signal?: AbortSignal }): void => {
        given = signal;
        // Heard only by who lets others run.
        if (hash) setImmediate(() => abort.abort(reason));
        else abort.abort(reason);
      };
      await fails([before], reason, { signal: abort.signal, hash, md5 });
      expect(given).toBe(abort.signal);
    }
  });

  it('the implanting of check sums fails', async () => {
    const failure = new Error('no room');
    await fails([before], failure, { md5: () => Promise.reject(failure) });
  });

  it('beforeRename fails', async () => {
    const failure = new Error('not now');
    await fails([before], failure, { beforeRename: () => Promise.reject(failure) });
  });

  it('the folder is missing, no folder, or read-only', async () => {
    const folder = temporaryFolder();
    const plan = planIso([], sampleOptions);
    const unwritable = { code: 'INGOT_ISO_UNWRITABLE' };
    await expect(writeIso(plan, join(folder, 'none/x.iso'))).rejects.toMatchObject(unwritable);
    writeFileSync(join(folder, 'file'), '');
    await expect(writeIso(plan, join(folder, 'file/x.iso'))).rejects.toMatchObject(unwritable);
    await expect(writeIso(plan, '/proc/x.iso')).rejects.toMatchObject({
      code: expect.stringMatching(/^INGOT_ISO_(UNWRITABLE|NO_SPACE)$/),
    });
    mkdirSync(join(folder, 'taken.iso'));
    await expect(writeIso(plan, join(folder, 'taken.iso'))).rejects.toMatchObject(unwritable);
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken.iso']);
  });
});

describe('writeIso on a full disk', () => {
  /** A file system of its own. Needs root; without it this proves nothing, so it fails. */
  function smallDisk(megabytes: number): string {
    const folder = join(temporaryFolder(), 'disk');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder]);
    onTestFinished(() => void execFileSync('umount', ['-l', folder]));
    return folder;
  }
  const full = { code: 'INGOT_ISO_NO_SPACE' };

  it('notices before it begins', async () => {
    const disk = smallDisk(8);
    writeFileSync(join(disk, 'x.iso'), 'old');
    let told = 0;
    const plan = planIso([textFile('a', 'x'.repeat(9_000_000))], sampleOptions);
    const options = { onBytes: (bytes: number) => (told += bytes) };
    await expect(writeIso(plan, join(disk, 'x.iso'), options)).rejects.toMatchObject(full);
    expect(told).toBe(0);
    expect(readFileSync(join(disk, 'x.iso'), 'utf8')).toBe('old');
  });

  it('survives that somebody else fills it meanwhile', async () => {
    const disk = smallDisk(8);
    writeFileSync(join(disk, 'x.iso'), 'old');
    const plan = planIso([textFile('a', 'x'.repeat(6_000_000))], sampleOptions);
    let filled = false;
    const onBytes = (): void => {
      if (!filled) writeFileSync(join(disk, 'other'), new Uint8Array(5_000_000));
      filled = true;
    };
    await expect(writeIso(plan, join(disk, 'x.iso'), { onBytes })).rejects.toMatchObject(full);
    expect(readdirSync(disk).sort()).toEqual(['other', 'x.iso']);
    expect(readFileSync(join(disk, 'x.iso'), 'utf8')).toBe('old');
  });
});

describe('writeIso that is killed', () => {
  it('leaves the old file, and what it leaves besides goes away with the next write', async () => {
    const folder = temporaryFolder();
    const target = join(folder, 'x.iso');
    writeFileSync(target, 'old');
    const source = new URL('../index.ts', import.meta.url).href;
    const program = `
      const { planIso, writeIso } = await import(${JSON.stringify(source)});
      async function* fetch() { yield new Uint8Array(1000); console.log('begun'); await new Promise(() => setInterval(() => {}, 1000)); }
      await writeIso(planIso([{ path: 'a', type: 'file', size: 2000, content: { fetch } }], { volumeId: 'X', time: 0 }), ${JSON.stringify(target)});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    // What belongs to a living process stays, whoever writes.
    await writeIso(planIso([], sampleOptions), join(folder, 'other.iso'));
    const living = readdirSync(folder).filter((name) => name.startsWith('.ingot-'));
    expect(living.length).toBe(1);
    child.kill('SIGKILL');
    await ended;
    expect(readFileSync(target, 'utf8')).toBe('old');
    writeFileSync(join(folder, '.ingot-of-somebody-else'), '');
    await writeIso(planIso([], sampleOptions), target);
    expect(readdirSync(folder).sort()).toEqual(['.ingot-of-somebody-else', 'other.iso', 'x.iso']);
  });

  it('on another machine, whose processes nobody sees here, is cleaned up after a day', async () => {
    const target = join(temporaryFolder(), 'x.iso');
    // Its name as another host name makes it; the process ID is one that no process has here.
    const foreign = (name: string): string => temporaryName(name).replace(/-[0-9a-f]{8}-\d+-/, '-00000000-999999999-');
    const [old, recent, other] = [foreign(target), foreign(target), foreign(target.replace('x.iso', 'y.iso'))];
    const hoursAgo = (hours: number): number => Date.now() / 1000 - hours * 3600;
    for (const [path, hours] of [
      [old, 25],
      [recent, 23],
      [other, 25],
    ] as const) {
      writeFileSync(path, 'being written');
      utimesSync(path, hoursAgo(hours), hoursAgo(hours));
    }
    await writeIso(planIso([], sampleOptions), target);
    const left = [basename(recent), basename(other), 'x.iso'];
    expect(readdirSync(dirname(target)).sort()).toEqual(left.sort());
  });

  it('does not take a living process for a dead one', async () => {
    const target = join(temporaryFolder(), 'x.iso');
    const mine = temporaryName(target);
    writeFileSync(mine, 'being written');
    await writeIso(planIso([], sampleOptions), target);
    expect(readFileSync(mine, 'utf8')).toBe('being written');
  });
});
