import { describe, expect, it } from 'vitest';

import type { Plan } from './plan.ts';
import { encodePlan } from './plan.ts';
import { readPlan } from './read-plan.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string];

const plan: Plan = {
  ingot: 'plan/v1',
  name: 'x',
  version: '1.0.0',
  platform: 'linux/amd64',
  volumeId: 'x 1.0.0',
  time: 0,
  images: [{ name: 'tool', tag: '1', aliases: ['2'], digest: a, source: 'oci:p/image', size: 1 }],
  files: [
    { path: 'a', digest: a, size: 1, sector: 20 },
    { path: 'b', digest: b, size: 2, sector: 21, executable: true },
    { path: 'c', digest: c, size: 3, sector: 22 },
  ],
  links: [{ path: 'l', target: 'a' }],
  contents: {
    [a]: { file: 'p/docs/a' },
    [b]: { source: 'project:y', mediaType: 'x/y' },
    [c]: { source: 'oci:p/image', recompressed: { digest: a, size: 9, mediaType: 'x/y', level: 6 } },
  },
  size: 4096,
  head: b,
};

const read = (value: unknown) => readPlan(Buffer.from(JSON.stringify(value)), 'plan.json');

const file = (change: object) => ({ files: [{ ...plan.files[0], ...change }, ...plan.files.slice(1)] });
const content = (digest: string, value: unknown) => ({ contents: { ...plan.contents, [digest]: value } });
const recompression = (change: object) =>
  content(c, { source: 'oci:p/image', recompressed: { digest: a, size: 9, mediaType: 'x/y', level: 6, ...change } });

describe('readPlan', () => {
  it('reads what encodePlan writes', () => {
    expect(readPlan(encodePlan(plan), 'plan.json')).toEqual(plan);
  });

  it.each(['', '{', 'null', '[]', '7', '"plan/v1"', '{"ingot":"plan/v2"}'])('refuses %j', (text) => {
    expect(() => readPlan(Buffer.from(text), 'dist/plan.json')).toThrow(
      expect.objectContaining({ code: 'INGOT_PLAN', path: 'dist/plan.json' }),
    );
  });

  it('refuses what is no UTF-8', () => {
    const bytes = Buffer.concat([encodePlan(plan), Buffer.from([0xff])]);
    expect(() => readPlan(bytes, 'plan.json')).toThrow(expect.objectContaining({ code: 'INGOT_PLAN' }));
  });

  it.each<[string, object]>([
    ['a name that leads elsewhere', { name: '../x' }],
    ['a version that leads elsewhere', { version: '1.0.0/../..' }],
    ['a version with NUL', { version: '1.0.0\0' }],
    ['no platform', { platform: undefined }],
    ['no digest of its head', { head: undefined }],
    ['a negative time', { time: -1 }],
    ['a size that is no number', { size: '4096' }],
    ['a size beyond what numbers count', { size: 2 ** 60 }],
    ['images that are no list', { images: {} }],
    ['an image without aliases', { images: [{ ...plan.images[0], aliases: undefined }] }],
    ['an image with a wrong digest', { images: [{ ...plan.images[0], digest: 'sha256:A' }] }],
    ['a file that is a text', { files: ['a'] }],
    ['a file that is null', { files: [null] }],
    ['a file without path', file({ path: undefined })],
    ['a file of a negative size', file({ size: -1 })],
    ['a file of half a byte', file({ size: 0.5 })],
    ['a file with a digest that is none', file({ digest: '__proto__' })],
    ['a file whose content is not there', file({ digest: `sha256:${'d'.repeat(64)}` })],
    ['a link without target', { links: [{ path: 'l' }] }],
    ['contents that are a list', { contents: [] }],
    ['a content without digest', content('x', { text: '' })],
    ['a content that is nothing', content(a, {})],
    ['a content that is null', content(a, null)],
    ['a text that is a number', content(a, { text: 7 })],
    ['a file outside', content(a, { file: 'p/../../etc/passwd' })],
    ['an absolute file', content(a, { file: '/etc/passwd' })],
    ['a file of Windows outside', content(a, { file: 'p\\..\\..\\x' })],
    ['a drive of Windows', content(a, { file: 'C:/x' })],
    ['a file with NUL', content(a, { file: 'a\0' })],
    ['a source outside', content(b, { source: 'oci-archive:../x.tar', mediaType: 'x' })],
    ['an absolute source', content(b, { source: 'dir:/x', mediaType: 'x' })],
    ['a source that is none', content(b, { source: 'file:x', mediaType: 'x' })],
    ['a source without media type', content(b, { source: 'project:y' })],
    ['a recompression of nothing', recompression({ digest: undefined })],
    ['a recompression of a level that is none', recompression({ level: 99 })],
  ])('refuses %s', (_what, change) => {
    expect(() => read({ ...plan, ...change })).toThrow(expect.objectContaining({ code: 'INGOT_PLAN' }));
  });
});
