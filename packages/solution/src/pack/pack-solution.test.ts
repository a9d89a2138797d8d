import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Descriptor } from '@ingot/content';
import { BlobStore, digestOf, MemoryStore, oci } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Plan } from '../plan/plan.ts';
import { encodePlan } from '../plan/plan.ts';
import { planSolution } from '../plan/plan-solution.ts';
import type { SolutionToPlan } from '../plan/plan-solution.ts';
import { sampleImage } from '../plan/test/sample-image.ts';
import type { PackRequest } from './pack-solution.ts';
import { packSolution } from './pack-solution.ts';

let folder: string;
let store: BlobStore;
let source: MemoryStore;
let plan: Plan;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-pack-'));
  store = new BlobStore(join(folder, 'store'));
  source = new MemoryStore();
  await writeFile(join(folder, 'readme'), 'read me');
  plan = await planSolution(await solution(), store);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function solution(): Promise<SolutionToPlan> {
  const root = await sampleImage(source, 'none');
  const place = { file: 'solution.yaml', line: 1, column: 1 };
  const fetcher = Object.assign(source, { locate: () => Promise.resolve(undefined) });
  return {
    name: 'x',
    version: '1.0.0',
    images: [{ name: 'tool', tag: '1', aliases: ['2'], source: 'project:tool', root, fetcher, place }],
    platform: { os: 'linux', architecture: 'amd64' },
    labels: {},
    annotations: {},
    customApiGroups: [],
    volumeId: 'x 1.0.0',
    time: 0,
    place,
    tree: [{ type: 'file', path: 'readme', file: join(folder, 'readme'), size: 7, executable: false }],
    inWorkspace: (file) => file.slice(folder.length + 1),
  };
}

function pack(changes: Partial<PackRequest> = {}) {
  return packSolution(request(changes));
}

function request(changes: Partial<PackRequest> = {}): PackRequest {
  const open = () => Promise.resolve(Object.assign(source, { locate: () => Promise.resolve(undefined) }));
  return {
    plan,
    planBytes: encodePlan(plan),
    sources: { workspaceRoot: folder, store, open },
    outputFolder: join(folder, 'out/iso'),
    mediaCheck: false,
    ...changes,
  };
}

/** `packSolution` that is killed before it records what it has packed. */
async function killedPack(changes: Partial<PackRequest>): Promise<void> {
  vi.resetModules();
  vi.doMock(import('./pack-result.ts'), async (original) => ({
    ...(await original()),
    recordPack: () => Promise.reject(new Error('killed')),
  }));
  try {
    const { packSolution } = await import('./pack-solution.ts');
    await packSolution(request(changes));
  } finally {
    vi.doUnmock('./pack-result.ts');
    vi.resetModules();
  }
}

const recompressed = () => Object.entries(plan.contents).find(([, content]) => 'recompressed' in content)![0];
const storedBlob = () => join(folder, 'store/blobs/sha256', recompressed().slice('sha256:'.length));

describe('packSolution', () => {
  it('writes the ISO, its check sum and pack.json into a folder that it makes', async () => {
    const { file, result, written } = await pack();
    expect(written).toBe(true);
    expect((await readdir(join(folder, 'out/iso'))).sort()).toEqual(['pack.json', 'x-1.0.0.iso', 'x-1.0.0.iso.sha256']);
    expect(digestOf(await readFile(file))).toBe(`sha256:${result.sha256}`);
    expect(result.size).toBe(plan.size);
    expect((await pack()).written).toBe(false);
  });

  it('makes a recompressed layer again, the same, where the store has lost it', async () => {
    const { result } = await pack();
    await rm(join(folder, 'store'), { recursive: true });
    await rm(join(folder, 'out'), { recursive: true });
    const again = await pack();
    expect(again.result.sha256).toBe(result.sha256);
    expect(again.replaced).toEqual([]);
  });

  it('names a damaged blob of the store, and has it again', async () => {
    const bytes = await readFile(storedBlob());
    bytes[20]! ^= 1;
    await writeFile(storedBlob(), bytes);
    const { replaced, file, result } = await pack();
    expect(replaced).toEqual([recompressed()]);
    expect(digestOf(await readFile(storedBlob()))).toBe(recompressed());
    expect(digestOf(await readFile(file))).toBe(`sha256:${result.sha256}`);
  });

  it('does not write twice where the source itself gives wrong bytes', async () => {
    const wrong = await withWrongLayer();
    const sources = { workspaceRoot: folder, store: new BlobStore(join(folder, 'other')), open: async () => wrong };
    await expect(pack({ sources })).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await readdir(join(folder, 'out/iso'))).toEqual([]);
  });

  it('names a file that changed', async () => {
    await writeFile(join(folder, 'readme'), 'red met');
    await expect(pack()).rejects.toMatchObject({ code: 'INGOT_FILE_CHANGED', path: join(folder, 'readme') });
  });

  it('names what is missing, and what builds it', async () => {
    const sources = {
      workspaceRoot: folder,
      store: new BlobStore(join(folder, 'other')),
      open: async () => located(new MemoryStore()),
    };
    await expect(pack({ sources })).rejects.toMatchObject({
      code: 'INGOT_BLOB_MISSING',
      help: expect.stringContaining('nx run tool:image') as string,
    });
  });

  it.each<[string, (plan: Plan) => Plan]>([
    ['another size', (p) => ({ ...p, size: p.size + 2048 })],
    ['folders that another version laid out', (p) => ({ ...p, head: `sha256:${'0'.repeat(64)}` })],
    ['a path that leads out', (p) => ({ ...p, files: p.files.map((f) => ({ ...f, path: `../${f.path}` })) })],
    ['a file twice', (p) => ({ ...p, files: [...p.files, p.files[0]!] })],
    ['a volume ID that is too long', (p) => ({ ...p, volumeId: 'x'.repeat(33) })],
    ['a time that no ISO has', (p) => ({ ...p, time: 2 ** 50 })],
    [
      'a file of petabytes',
      (p) => ({ ...p, files: p.files.map((f) => (f.path === 'readme' ? { ...f, size: 2 ** 52 } : f)) }),
    ],
    ['a text that is another', (p) => ({ ...p, contents: withText(p, 'Directory Transport Version: 9.9\n') })],
    ['no content', (p) => ({ ...p, contents: {} })],
  ])('refuses a plan with %s, and leaves no file', async (_what, change) => {
    const changed = change(plan);
    await expect(pack({ plan: changed })).rejects.toMatchObject({ code: 'INGOT_PLAN' });
    expect(await readdir(join(folder, 'out/iso')).catch(() => [])).toEqual([]);
  });

  it('stops when it is told to, and leaves no file', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const open = async () => located(during(() => controller.abort(reason)));
    await expect(pack({ signal: controller.signal, sources: { workspaceRoot: folder, store, open } })).rejects.toBe(
      reason,
    );
    expect(await readdir(join(folder, 'out/iso'))).toEqual([]);
  });

  it('stops while it makes a layer again', async () => {
    await rm(join(folder, 'store'), { recursive: true });
    const controller = new AbortController();
    const reason = new Error('enough');
    const fetched: string[] = [];
    const open = async () =>
      located(
        during((blob) => {
          fetched.push(blob.mediaType);
          controller.abort(reason);
        }),
      );
    const sources = { workspaceRoot: folder, store, open };
    await expect(pack({ signal: controller.signal, sources })).rejects.toBe(reason);
    expect(fetched).toEqual([oci.layer]);
    await expect(readFile(storedBlob())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('leaves no sums of an older ISO beside a new one, also when it is killed before it records its own', async () => {
    await pack();
    const planBytes = encodePlan({ ...plan, volumeId: 'another' });
    await expect(killedPack({ planBytes })).rejects.toThrow('killed');
    expect(await readdir(join(folder, 'out/iso'))).toEqual(['x-1.0.0.iso']);
    expect((await pack()).written).toBe(true);
  });

  it('survives a disk that becomes full while it writes: the old ISO stays, nothing else', async () => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]);
    try {
      await writeFile(join(disk, 'x-1.0.0.iso'), 'old');
      const open = async () =>
        located(
          during(async () => {
            const { bavail, bsize } = await statfs(disk);
            await writeFile(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
          }),
        );
      const request = { sources: { workspaceRoot: folder, store, open }, outputFolder: disk };
      await expect(pack(request)).rejects.toMatchObject({ code: 'INGOT_ISO_NO_SPACE' });
      expect((await readdir(disk)).sort()).toEqual(['filler', 'x-1.0.0.iso']);
      expect(await readFile(join(disk, 'x-1.0.0.iso'), 'utf8')).toBe('old');
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

type Opened = Awaited<ReturnType<PackRequest['sources']['open']>>;

/** The source, which does something when the config is read. */
function during(act: (blob: Descriptor) => void | Promise<void>): Opened {
  return located({
    exists: (blob: Descriptor) => source.exists(blob),
    async *fetch(blob: Descriptor) {
      await act(blob);
      yield* source.fetch(blob);
    },
  });
}

async function withWrongLayer(): Promise<Opened> {
  return located({
    exists: () => Promise.resolve(true),
    async *fetch(blob: Descriptor) {
      for await (const part of source.fetch(blob)) yield Uint8Array.from(part, (byte) => byte ^ 1);
    },
  });
}

function located(store: Omit<Opened, 'locate'>): Opened {
  return {
    exists: (blob) => store.exists(blob),
    fetch: (blob) => store.fetch(blob),
    locate: () => Promise.resolve(undefined),
  };
}

function withText(p: Plan, text: string): Plan['contents'] {
  const [digest] = Object.entries(p.contents).find(([, content]) => 'text' in content && /^Dir/.test(content.text))!;
  return { ...p.contents, [digest]: { text } };
}
