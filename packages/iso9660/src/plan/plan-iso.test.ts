import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoBytes } from '../write/iso-bytes.ts';
import { sampleOptions, textFile } from '../write/test/sample.ts';
import type { IsoInput, IsoPlanOptions } from './input.ts';
import { planIso } from './plan-iso.ts';

const fileOf = (path: string, more: object = {}): IsoInput => ({ ...textFile(path), ...more });

describe('planIso', () => {
  it('says where everything lies', async () => {
    const plan = planIso([textFile('b', 'x'.repeat(5000)), textFile('a/a'), textFile('c', '')], sampleOptions);
    expect(plan.volumeId).toBe('SAMPLE 1.0');
    expect(plan.size).toBe(plan.sectors * 2048);
    expect(plan.files.map(({ path, size }) => [path, size])).toEqual([
      ['a/a', 14],
      ['b', 5000],
      ['c', 0],
    ]);
    const [a, b, c] = plan.files.map(({ sector }) => sector);
    const first = plan.head.length / 2048;
    expect([a, b, c]).toEqual([first, first + 1, first + 4]);
    expect(plan.sectors).toBe(first + 4 + 150);
    let size = 0;
    for await (const chunk of isoBytes(plan)) size += chunk.length;
    expect(size).toBe(plan.size);
  });

  it('opens nothing', () => {
    const fetch = (): never => {
      throw new Error('opened');
    };
    const nowhere = { path: '/nonexistent' };
    const inputs: IsoInput[] = [
      { path: 'a', type: 'file', size: 10, content: { fetch } },
      { path: 'b', type: 'file', size: 10, content: nowhere },
    ];
    expect(planIso(inputs, sampleOptions).extents.length).toBe(2);
  });

  it('gives files of equal key and size one extent, and no others', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const inputs = [
      fileOf('a', { key: 'k' }),
      fileOf('b', { key: 'k' }),
      { ...textFile('c', 'longer content of c'), key: 'k' },
      fileOf('d', { digest }),
      fileOf('e', { digest }),
      fileOf('f', { digest: `sha256:${'1'.repeat(64)}` }),
      fileOf('g'),
      fileOf('h'),
    ];
    const plan = planIso(inputs, sampleOptions);
    expect(plan.extents.map(({ path }) => path)).toEqual(['a', 'c', 'd', 'f', 'g', 'h']);
    const sector = (path: string) => plan.files.find((file) => file.path === path)?.sector;
    expect(sector('a')).toBe(sector('b'));
    expect(sector('d')).toBe(sector('e'));
  });

  it('puts the bytes of applicationUse and the names into the primary descriptor', () => {
    const applicationUse = new Uint8Array(512).fill(7);
    const names = { publisher: 'P', preparer: 'D', application: 'A', system: 'LINUX' };
    const { head } = planIso([], { volumeId: 'ÄÖ 1', time: 0, applicationUse, ...names });
    const text = (sector: number, at: number, length: number) =>
      Buffer.from(head.subarray(sector * 2048 + at, sector * 2048 + at + length));
    expect(text(16, 883, 512)).toEqual(Buffer.from(applicationUse));
    const unused = planIso([], { volumeId: 'ÄÖ 1', time: 0 }).head.subarray(16 * 2048 + 883);
    expect(Buffer.from(unused.subarray(0, 512)).toString('latin1')).toBe(' '.repeat(512));
    expect(text(16, 40, 32).toString()).toBe('ÄÖ 1'.padEnd(30));
    expect(text(17, 40, 32).swap16().toString('utf16le')).toBe('ÄÖ 1'.padEnd(16));
    expect(text(16, 813, 17).toString('latin1')).toBe('1970010100000000\0');
    const fields = [8, 318, 446, 574].map((at) => text(16, at, 32).toString().trimEnd());
    expect(fields).toEqual(['LINUX', 'P', 'D', 'A']);
  });

  it('shows the first 16 characters of a volume ID of 32 bytes in Joliet', () => {
    const { head } = planIso([], { volumeId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ 1.0.0', time: 0 });
    const joliet = Buffer.from(head.subarray(17 * 2048 + 40, 17 * 2048 + 72)).swap16();
    expect(joliet.toString('utf16le')).toBe('ABCDEFGHIJKLMNOP');
  });
});

describe('planIso is deterministic', () => {
  const names = [
    'manifest.yaml',
    'a/b/c',
    'a/B/c',
    'a/b-/c',
    'é',
    'e\u0301',
    'z'.repeat(255),
    '1/2/3/4/5/6/7/8/9/10/11',
  ];
  const inputs: IsoInput[] = [...names.map((name) => textFile(name)), { path: 'a/b', type: 'directory', mode: 0o700 }];
  const digestOf = (plan: { head: Uint8Array }) => createHash('sha256').update(plan.head).digest('hex');
  const expected = digestOf(planIso(inputs, sampleOptions));

  it('whatever the order of the inputs', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(inputs, { minLength: inputs.length }), (shuffled) => {
        const plan = planIso(shuffled, sampleOptions);
        expect(digestOf(plan)).toBe(expected);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('in other time zones, locales and with other umasks', () => {
    const source = new URL('../index.ts', import.meta.url).href;
    const texts = JSON.stringify(inputs, (key, value: unknown) => (key === 'content' ? undefined : value));
    const program = `
      process.umask(0o077);
      const { planIso } = await import(${JSON.stringify(source)});
      const { createHash } = await import('node:crypto');
      const inputs = ${texts}.map((each) => ({ ...each, content: { path: '/nonexistent' } }));
      process.stdout.write(createHash('sha256').update(planIso(inputs, ${JSON.stringify(sampleOptions)}).head).digest('hex'));`;
    for (const env of [
      { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LC_ALL: 'C' },
    ]) {
      const args = ['--no-warnings', '--input-type=module', '-e', program];
      expect(execFileSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' })).toBe(
        expected,
      );
    }
  });
});

describe('planIso refuses', () => {
  const refuses = (inputs: readonly IsoInput[], code: string, options: Partial<IsoPlanOptions> = {}): void => {
    const attempt = (): unknown => planIso(inputs, { ...sampleOptions, ...options });
    expect(attempt).toThrow(expect.objectContaining({ name: 'IsoError', code: `INGOT_ISO_${code}` }) as Error);
  };

  it.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a/./b', 'a\0b', 'a\ud800', '\udc00'])(
    'the path %j',
    (path) => {
      refuses([textFile(path, 'x')], 'PATH');
    },
  );

  it('names of more than 255 bytes', () => {
    refuses([textFile('x'.repeat(256))], 'NAME_LENGTH');
    refuses([textFile(`${'é'.repeat(128)}/file`)], 'NAME_LENGTH');
    planIso([textFile('x'.repeat(255)), textFile('é'.repeat(127))], sampleOptions);
  });

  it('a path that is there twice', () => {
    refuses([textFile('a'), textFile('a')], 'DUPLICATE');
    refuses([textFile('a'), { path: 'a', type: 'symlink', target: 'b' }], 'DUPLICATE');
    const folder: IsoInput = { path: 'a', type: 'directory' };
    refuses([folder, folder], 'DUPLICATE');
    refuses([folder, textFile('a')], 'DUPLICATE');
    planIso([textFile('a/b'), folder], sampleOptions);
  });

  it('a file or a link as the parent of something, in either order', () => {
    for (const parent of [textFile('a'), { path: 'a', type: 'symlink', target: 'b' } as const]) {
      refuses([parent, textFile('a/b')], 'PARENT');
      refuses([textFile('a/b'), parent], 'PARENT');
    }
  });

  it('impossible targets of links', () => {
    for (const target of ['', 'a\0b', '\ud800', 'x'.repeat(1024)]) {
      refuses([{ path: 'a', type: 'symlink', target }], 'LINK_TARGET');
    }
  });

  it('impossible modes, sizes and digests', () => {
    for (const mode of [-1, 0o10000, 1.5, Number.NaN]) refuses([fileOf('a', { mode })], 'MODE');
    for (const size of [-1, 1.5, Number.NaN, 2 ** 60]) refuses([fileOf('a', { size })], 'SIZE');
    refuses([fileOf('a', { size: 3 })], 'CONTENT_SIZE');
    for (const digest of ['', 'sha256:', `sha256:${'A'.repeat(64)}`]) refuses([fileOf('a', { digest })], 'DIGEST');
  });

  it('volume IDs that do not fit', () => {
    for (const volumeId of ['', 'x'.repeat(33), 'é'.repeat(17), 'a\nb', '\ud800'])
      refuses([], 'VOLUME_ID', { volumeId });
    planIso([], { ...sampleOptions, volumeId: 'x'.repeat(32) });
  });

  it('other fields that do not fit', () => {
    refuses([], 'FIELD', { applicationUse: new Uint8Array(513) });
    refuses([], 'FIELD', { publisher: 'x'.repeat(129) });
    refuses([], 'FIELD', { system: 'x'.repeat(33) });
  });

  it('times that an ISO cannot carry', () => {
    for (const time of [-1, 1.5, Number.NaN, 5_869_756_800 + 3600]) refuses([], 'TIME', { time });
  });

  it('more directories than path tables can number, and more bytes than sectors can', () => {
    const folders = Array.from({ length: 65_535 }, (_, i): IsoInput => ({ path: `${i}`, type: 'directory' }));
    refuses(folders, 'DIRECTORIES');
    const content = { path: '/nonexistent' };
    refuses([{ path: 'a', type: 'file', size: 2 ** 43, content }], 'TOO_LARGE');
  });
});
