import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import type { SampleOptions } from './sample-layout.ts';
import { blobPath, sampleLayout } from './sample-layout.ts';

interface Plan {
  size: number;
  files: { path: string; digest: string; size: number }[];
  links: unknown[];
  contents: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

/** What is done to a Solution after it was planned, and what `pack` says of it then. */
interface Fault {
  readonly sabotage: (folder: string, plan: Plan) => void;
  readonly says: RegExp;
  readonly image?: SampleOptions;
}

const faults: Readonly<Record<string, Fault>> = {
  'no-space': {
    sabotage: (folder) => mount(join(folder, 'dist'), 'size=200k'),
    says: /dist\/no-space-1\.2\.3\.iso  INGOT_ISO_NO_SPACE  .*needs 39\d{4} bytes, 1[89]\d{4} more than its disk has free/,
  },
  'read-only': {
    sabotage: (folder) => mount(join(folder, 'dist'), 'remount,ro'),
    says: /dist\/read-only-1\.2\.3\.iso  INGOT_ISO_UNWRITABLE  .*EROFS/,
  },
  'file-changed': {
    sabotage: (folder) => writeFileSync(join(folder, 'docs/a.txt'), 'A'),
    says: /docs\/a\.txt  INGOT_FILE_CHANGED  .*changed after the plan was made/,
  },
  'file-longer': {
    sabotage: (folder) => writeFileSync(join(folder, 'docs/a.txt'), 'aa'),
    says: /docs\/a\.txt  INGOT_FILE_CHANGED  .*changed after the plan was made/,
  },
  'file-gone': {
    sabotage: (folder) => rmSync(join(folder, 'docs/a.txt')),
    says: /docs\/a\.txt  INGOT_FILE_CHANGED  .*changed after the plan was made/,
  },
  'layer-gone': {
    sabotage: (folder, plan) => rmSync(layerOf(folder, plan)),
    says: /INGOT_BLOB_MISSING  oci:p\/layer-gone\/image has no blob sha256:\w{64}/,
  },
  'layer-cut': {
    sabotage: (folder, plan) => truncateSync(layerOf(folder, plan), 7),
    says: /INGOT_BLOB_MISSING  oci:p\/layer-cut\/image has no blob sha256:\w{64}/,
  },
  'layer-wrong': {
    sabotage: (folder, plan) => flip(layerOf(folder, plan)),
    says: /image\/blobs\/sha256\/\w{64}  INGOT_BLOB_WRONG  images\/tool\/1\.0\.0\/\w{64}: .* but is sha256:\w{64}/,
  },
  'source-wrong': {
    image: { compression: 'zstd', layers: [{ b: 'source-wrong' }] },
    sabotage: (folder, plan) => {
      const [from] = Object.values(plan.contents).flatMap((content) => content['recompressed'] ?? []);
      flip(blobPath(join(folder, 'image'), from as { digest: string }));
      rmSync(stored(plan));
    },
    says: /INGOT_BLOB_WRONG/,
  },
  'plan-gone': {
    sabotage: (folder) => rmSync(join(folder, 'dist/plan.json')),
    says: /dist\/plan\.json  INGOT_PLAN_MISSING/,
  },
  'plan-cut': {
    sabotage: (folder) => truncateSync(join(folder, 'dist/plan.json'), 100),
    says: /dist\/plan\.json  INGOT_PLAN  .*is not a plan/,
  },
  ...edited('plan-null', () => null, /is not a plan/),
  ...edited('plan-name', (plan) => ({ ...plan, name: '../x' }), /has a name/),
  ...edited('plan-nothing', (plan) => ({ ...plan, files: [null] }), /has a file that is none: null/),
  ...edited('plan-up', (plan) => withFile(plan, { path: '../../x' }), /"\.\.\/\.\.\/x"/),
  ...edited('plan-nul', (plan) => withFile(plan, { path: 'a\0b' }), /NUL/),
  ...edited('plan-huge', (plan) => withFile(plan, { size: 2 ** 52 }), /./),
  ...edited('plan-fraction', (plan) => withFile(plan, { size: 1.5 }), /has a file that is none/),
  ...edited('plan-digest', (plan) => withFile(plan, { digest: `sha256:${'0'.repeat(64)}` }), /has a file that is none/),
  ...edited('plan-proto', (plan) => withFile(plan, { digest: '__proto__' }), /has a file that is none/),
  ...edited('plan-file', (plan) => withContent(plan, { file: '../../../etc/passwd' }), /has a content that is none/),
  ...edited('plan-file-nul', (plan) => withContent(plan, { file: 'a\0b' }), /has a content that is none/),
  ...edited(
    'plan-source',
    (plan) => withContent(plan, { source: 'oci:/etc', mediaType: 'x' }),
    /a content that is none/,
  ),
  ...edited('plan-text', (plan) => withContent(plan, { text: 'b' }), /docs\/a\.txt/),
  ...edited('plan-long-text', (plan) => withContent(plan, { text: 'another' }), /docs\/a\.txt/),
  ...edited('plan-size', (plan) => ({ ...plan, size: plan.size + 2048 }), /says \d+ bytes, and its files make \d+/),
  ...edited('plan-link', (plan) => ({ ...plan, links: [{ path: 'a', target: '' }] }), /./),
};

function edited(name: string, edit: (plan: Plan) => unknown, text: RegExp): Record<string, Fault> {
  const sabotage = (folder: string, plan: Plan) =>
    writeFileSync(join(folder, 'dist/plan.json'), JSON.stringify(edit(plan)));
  return { [name]: { sabotage, says: new RegExp(`INGOT_PLAN  .*${text.source}`) } };
}

function withFile(plan: Plan, change: object): Plan {
  return { ...plan, files: plan.files.map((file) => (file.path === 'docs/a.txt' ? { ...file, ...change } : file)) };
}

function withContent(plan: Plan, content: Record<string, unknown>): Plan {
  const { digest } = plan.files.find(({ path }) => path === 'docs/a.txt')!;
  return { ...plan, contents: { ...plan.contents, [digest]: content } };
}

let workspace: NxWorkspace;
let packs: RunResult;
const mounted: string[] = [];
const sentinel = 'the ISO of an earlier pack';

const zstd = (text: string): SampleOptions => ({ compression: 'zstd', layers: [{ a: text }] });
const recovers: Readonly<Record<string, SampleOptions>> = { 'store-gone': zstd('gone'), 'store-wrong': zstd('wrong') };

function solution(name: string): string {
  const image = '{ from: oci:image, name: tool, tag: 1.0.0 }';
  return `ingot: solution/v1\nname: ${name}\nversion: 1.2.3\nimages:\n  - ${image}\nfiles:\n  - { from: docs, to: docs }\n`;
}

function isoOf(name: string): string {
  return workspace.path('p', name, 'dist', `${name}-1.2.3.iso`);
}

function planOf(name: string): Plan {
  return JSON.parse(readFileSync(workspace.path('p', name, 'dist/plan.json'), 'utf8')) as Plan;
}

/** The layer, in the project's layout: the blob that is neither the config nor the manifest. */
function layerOf(folder: string, plan: Plan): string {
  const [file] = plan.files.filter(({ digest }) => /tar/.test(String(plan.contents[digest]?.['mediaType'])));
  return blobPath(join(folder, 'image'), file!);
}

/** The recompressed layer, in the shared store. */
function stored(plan: Plan): string {
  const [digest] = Object.entries(plan.contents).find(([, content]) => 'recompressed' in content)!;
  return blobPath(workspace.path('.store'), { digest });
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(file, bytes);
}

/** Puts a file system of its own over dist, with what was there, and the options. As root. */
function mount(folder: string, options: string): void {
  const there = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options.startsWith('size') ? options : 'size=4m', 'tmpfs', folder]);
  mounted.push(folder);
  for (const [name, bytes] of Object.entries(there)) writeFileSync(join(folder, name), bytes);
  if (options.startsWith('remount')) execFileSync('mount', ['-o', options, folder]);
}

beforeAll(async () => {
  workspace = await NxWorkspace.create({ nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] } });
  for (const name of [...Object.keys(faults), ...Object.keys(recovers)]) {
    const files = { [`p/${name}/solution.yaml`]: solution(name), [`p/${name}/docs/a.txt`]: 'a' };
    await workspace.write(files);
    await sampleLayout(workspace.path('p', name, 'image'), faults[name]?.image ?? recovers[name] ?? {});
  }
  const plans = await workspace.nx(['run-many', '-t', 'plan', '--output-style=static']);
  expect(plans.code, plans.all).toBe(0);
  for (const [name, { sabotage }] of Object.entries(faults)) {
    writeFileSync(isoOf(name), sentinel);
    sabotage(workspace.path('p', name), planOf(name));
  }
  rmSync(stored(planOf('store-gone')));
  flip(stored(planOf('store-wrong')));
  const only = ['--excludeTaskDependencies', '--output-style=static'];
  packs = await workspace.nx(['run-many', '-t', 'pack', ...only]);
});

afterAll(async () => {
  for (const folder of mounted) execFileSync('umount', [folder]);
  await workspace.remove();
});

/** What a task said, from the line with its name to the next task's. */
function said(name: string): string {
  const blocks = packs.all.split(/^> nx run /m).filter((block) => block.startsWith(`${name}:pack`));
  expect(blocks.length, packs.all).toBeGreaterThan(0);
  return blocks.join('\n');
}

describe('a pack that cannot succeed', () => {
  it('fails the run', () => {
    expect(packs.code, packs.all).not.toBe(0);
  });

  it.each(Object.keys(faults))('%s: says why, and leaves the old ISO', (name) => {
    expect(said(name)).toMatch(faults[name]!.says);
    expect(packs.all).toContain(`- ${name}:pack`);
    expect(readFileSync(isoOf(name), 'utf8')).toBe(sentinel);
    const left = readdirSync(workspace.path('p', name, 'dist')).sort();
    expect(left.filter((file) => file !== 'plan.json')).toEqual([`${name}-1.2.3.iso`]);
  });
});

describe('a pack whose recompressed layer', () => {
  function expectRemade(name: string): void {
    const plan = planOf(name);
    const [digest] = Object.entries(plan.contents).find(([, content]) => 'recompressed' in content)!;
    expect(`sha256:${sha256(stored(plan))}`).toBe(digest);
    expect(statSync(isoOf(name)).size).toBe(plan.size);
    expect(said(name)).toContain(`packed p/${name}/dist/${name}-1.2.3.iso`);
    expect(packs.all).not.toContain(`- ${name}:pack`);
  }

  it('is no longer in the store makes it again, the same', () => {
    expectRemade('store-gone');
    expect(said('store-gone')).not.toContain('warning');
  });

  it('was damaged in the store names it, and replaces it', () => {
    expectRemade('store-wrong');
    expect(said('store-wrong')).toMatch(/warning sha256:\w{64} was damaged in the shared store/);
  });
});

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
