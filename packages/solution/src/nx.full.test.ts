import { existsSync, rmSync } from 'node:fs';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { NxWorkspace } from '../../../tools/nx-workspace.ts';

const outputPath = '{projectRoot}/out';
const files = {
  'x/solution.yaml': `ingot: solution/v1
name: x
version: 1.0.0
images: [{ from: project:x-operator }]
operator: { image: x-operator }
`,
  'operator/image.yaml': `ingot: image/v1
name: x-operator
version: 1.0.0
from: scratch
layers:
  - files: [{ from: bin, to: /bin }]
`,
  'operator/bin/operator': 'operator',
  'x/project.json': {
    targets: {
      plan: { options: { outputPath } },
      pack: { options: { outputPath } },
      verify: { options: { outputPath } },
    },
  },
};

let workspace: NxWorkspace;
beforeAll(async () => {
  const plugins = ['@ingot/oci/plugin', '@ingot/solution/plugin'];
  workspace = await NxWorkspace.create({ nxJson: { plugins }, files });
});
afterAll(() => workspace.remove());

it('caches what lies at the outputPath that a project gives its inferred targets', async () => {
  const verify = () => workspace.nx(['run', 'x:verify', '--output-style=static'], { INGOT_STORE: workspace.path('s') });
  const made = ['plan.json', 'pack.json', 'x-1.0.0.iso', 'x-1.0.0.iso.sha256'].map((name) =>
    workspace.path('x/out', name),
  );
  for (const cached of [false, true]) {
    rmSync(workspace.path('x/out'), { recursive: true, force: true });
    const { code, all } = await verify();
    expect(code, all).toBe(0);
    expect(all.includes('from the cache') || all.includes('local cache')).toBe(cached);
    expect(made.filter((file) => !existsSync(file))).toEqual([]);
  }
  expect(existsSync(workspace.path('x/dist'))).toBe(false);
});
