import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { sampleLayout } from './sample-layout.ts';

/** The plugins with every name and habit changed that nx.json can change. */
const plugins = [
  { plugin: '@ingot/oci/plugin', options: { imageTarget: 'assemble' } },
  {
    plugin: '@ingot/solution/plugin',
    options: {
      planTarget: 'lay-out',
      packTarget: 'burn',
      verifyTarget: 'look',
      imageTarget: 'assemble',
      cachePack: false,
      mediaCheck: true,
      labels: { team: 'a' },
    },
  },
];

const files = {
  'shop/package.json': { name: '@acme/shop', version: '4.5.6' },
  'shop/solution.yaml': `ingot: solution/v1
name: shop
version: package.json
images:
  - from: project:shop-operator
  - { from: oci:one, name: one, tag: 1.10, aliases: [latest] }
  - { from: oci:two, name: two, tag: 1.0.0 }
operator: { image: shop-operator }
files: [{ from: ./docs/, to: docs }]
`,
  'shop/docs/a.txt': 'a',
  'operator/image.yaml': `ingot: image/v1
name: shop-operator
version: 4.5.6
from: scratch
layers:
  - files: [{ from: bin, to: /bin }]
`,
  'operator/bin/operator': 'operator',
  // Executors written by hand, with options that differ from what the plugin would infer.
  'hand/custom.yaml': `ingot: solution/v1
name: custom
version: 1.0.0
images:
  - { from: oci:image, name: custom-operator, tag: 1.0.0 }
operator: { image: custom-operator }
`,
  'hand/project.json': {
    name: 'hand',
    targets: {
      'lay-out': {
        executor: '@ingot/solution:plan',
        options: { file: 'custom.yaml', outputPath: '{projectRoot}/out/plan' },
      },
      burn: {
        executor: '@ingot/solution:pack',
        dependsOn: ['lay-out'],
        options: { plan: '{projectRoot}/out/plan/plan.json', outputPath: '{projectRoot}/out/iso' },
      },
      look: {
        executor: '@ingot/solution:verify',
        dependsOn: ['burn'],
        options: { outputPath: '{projectRoot}/out/iso' },
      },
      misspelt: { executor: '@ingot/solution:pack', options: { mediaChek: true } },
    },
  },
};

let workspace: NxWorkspace;
let first: RunResult;
let home: string;
const iso = () => workspace.path('shop/dist/shop-4.5.6.iso');
const store = () => workspace.path('blobs');

const nx = (...args: string[]) => workspace.nx(args, { HOME: home, INGOT_STORE: store() });
const pack = () => nx('run', '@acme/shop:burn', '--output-style=static');

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

beforeAll(async () => {
  workspace = await NxWorkspace.create({ nxJson: { plugins }, files });
  home = workspace.path('home');
  const base = { 'base.txt': 'a layer that both have'.repeat(1000) };
  await sampleLayout(workspace.path('shop/one'), { layers: [base, { one: '1' }] });
  await sampleLayout(workspace.path('shop/two'), { layers: [base, { two: '2' }] });
  await sampleLayout(workspace.path('hand/image'), { compression: 'zstd' });
  first = await nx('run-many', '-t', 'look', '--output-style=static');
});
afterAll(() => workspace.remove());

describe('targets that nx.json renames, and executors written by hand', () => {
  it('pack and verify', () => {
    expect(first.code, first.all).toBe(0);
    for (const task of [
      'shop-operator:assemble',
      '@acme/shop:lay-out',
      '@acme/shop:burn',
      '@acme/shop:look',
      'hand:look',
    ]) {
      expect(first.all).toContain(`> nx run ${task}`);
    }
    expect(existsSync(workspace.path('hand/out/iso/custom-1.0.0.iso'))).toBe(true);
    expect(existsSync(workspace.path('hand/dist'))).toBe(false);
  });

  it('take the version of package.json, the labels of nx.json, and a tag as it is written', () => {
    const manifest = execFileSync(referee('isoinfo'), ['-x', '/MANIFEST.YAML;1', '-i', iso()], { encoding: 'utf8' });
    expect(manifest).toMatch(/version: "4\.5\.6"/);
    expect(manifest).toMatch(/"team": "a"/);
    expect(manifest).toMatch(/one:1\.10"?\n/);
  });

  it('use INGOT_STORE, and no other place', () => {
    expect(existsSync(store())).toBe(true);
    expect(existsSync(home)).toBe(false);
  });

  it('write media check sums that checkisomd5 accepts', () => {
    expect(() => execFileSync(referee('checkisomd5'), [iso()], { stdio: 'pipe' })).not.toThrow();
  });

  it('say which option is unknown', async () => {
    const { code, all } = await nx('run', 'hand:misspelt');
    expect(code).not.toBe(0);
    expect(all).toContain('INGOT_OPTION_UNKNOWN  unknown option "mediaChek"; did you mean "mediaCheck"?');
  });
});

describe('equal blobs', () => {
  it('lie in the ISO once, whichever image and tag has them', () => {
    const report = execFileSync(
      referee('xorriso'),
      ['-indev', iso(), '-find', '/images', '-type', 'f', '-exec', 'report_lba', '--'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const sectors = new Map<string, Set<string>>();
    const lines = [...report.matchAll(/^File data lba: *\d+ *, *(\d+) *, *\d+ *, *\d+ *, *'(.*\/([0-9a-f]{64}))'$/gm)];
    for (const [, sector = '', , name = ''] of lines) sectors.set(name, (sectors.get(name) ?? new Set()).add(sector));
    // one has two tags of a config and two layers, two has another config and layer, the operator has its own.
    expect(lines).toHaveLength(3 + 3 + 3 + 2);
    expect(sectors.size).toBe(3 + 2 + 2);
    for (const [name, where] of sectors) expect(where.size, name).toBe(1);
  });
});

describe('a pack that Nx does not cache', () => {
  it('leaves an ISO alone that is what the plan says', async () => {
    const before = statSync(iso(), { bigint: true });
    const { code, all } = await pack();
    expect(code, all).toBe(0);
    expect(all).toContain('shop-4.5.6.iso is up to date');
    const after = statSync(iso(), { bigint: true });
    expect([after.ino, after.mtimeNs, after.ctimeNs]).toEqual([before.ino, before.mtimeNs, before.ctimeNs]);
  });

  it('writes a damaged ISO again, the same, also with an empty store', async () => {
    const before = sha256(iso());
    const bytes = readFileSync(iso());
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(iso(), bytes);
    rmSync(store(), { recursive: true });
    const { code, all } = await pack();
    expect(code, all).toBe(0);
    expect(all).toContain('packed shop/dist/shop-4.5.6.iso');
    expect(sha256(iso())).toBe(before);
  });

  it('packs what changed, however solution.yaml spells its path', async () => {
    const before = sha256(iso());
    await workspace.write({ 'shop/docs/a.txt': 'b' });
    const { code, all } = await pack();
    expect(code, all).toBe(0);
    expect(sha256(iso())).not.toBe(before);
  });
});

describe('twenty Solutions of five images each', () => {
  it('are planned and packed in a process for each executor', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `many-${i}`);
    const images = Array.from({ length: 5 }, (_, i) => i);
    for (const i of images) await sampleLayout(workspace.path(`image-${i}`), { layers: [{ [`f${i}`]: `${i}` }] });
    for (const name of names) {
      const list = images.map(
        (i) => `  - { from: oci:image-${i}, name: ${i ? `i${i}` : `${name}-operator`}, tag: 1.0.0 }\n`,
      );
      const text = `ingot: solution/v1\nname: ${name}\nversion: 1.0.0\nimages:\n${list.join('')}`;
      await workspace.write({ [`${name}/solution.yaml`]: `${text}operator: { image: ${name}-operator }\n` });
      for (const i of images) execFileSync('cp', ['-r', workspace.path(`image-${i}`), workspace.path(name)]);
    }
    const processes = workspace.path('processes');
    await workspace.write({
      'started.mjs': [
        `import { appendFileSync } from 'node:fs';`,
        `import { isMainThread } from 'node:worker_threads';`,
        `if (isMainThread) appendFileSync(${JSON.stringify(processes)}, process.argv[1] + '\\n');`,
      ].join('\n'),
    });
    const env = { HOME: home, NODE_OPTIONS: `--conditions=ingot-source --import=${workspace.path('started.mjs')}` };
    const { code, all } = await workspace.nx(['run-many', '-t', 'burn', '-p', ...names], env);
    expect(code, all).toBe(0);
    for (const name of names) {
      const { sha256: expected } = await workspace.json<{ sha256: string }>(`${name}/dist/pack.json`);
      expect(sha256(workspace.path(name, `dist/${name}-1.0.0.iso`))).toBe(expected);
    }
    const batches = readFileSync(processes, 'utf8')
      .split('\n')
      .filter((program) => /batch/.test(program));
    expect(batches).toHaveLength(2);
  });
});
