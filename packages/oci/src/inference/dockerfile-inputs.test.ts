import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes } from '../plugin.ts';
import { imageFacts } from './image-facts.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-inputs-'));
});
afterEach(() => rm(root, { recursive: true }));

const head = 'ingot: image/v1\nname: a\nversion: package.json\n';

async function infer(
  files: Readonly<Record<string, string>>,
  file = 'apps/a/image.yaml',
): Promise<TargetConfiguration> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const context = { workspaceRoot: root, nxJsonConfiguration: {} };
  const results = await createNodes[1]([file], undefined, context);
  return Object.values(results[0]![1].projects!)[0]!.targets!['image']!;
}

/** The files that are inputs, without those of the plugin itself. */
function globs({ inputs = [] }: TargetConfiguration): unknown[] {
  return inputs.filter((input) => typeof input === 'string' && !input.includes('/src/') && !input.includes('/schema/'));
}

const outputs = ['dist/image/**/*', 'dist/image.json', 'dist/image.log', 'dist/*.oci.tar', 'dist/*.docker.tar'];

describe('an image of a Dockerfile', () => {
  it('has what Dockerfile and .dockerignore let in as its inputs, but nothing that it makes', async () => {
    const target = await infer({
      'apps/a/image.yaml': `${head}dockerfile: Dockerfile\n`,
      'apps/a/.dockerignore': 'Dockerfile*\n*.yaml\n.*\ncoverage\n**/*.md\n',
    });
    expect(globs(target)).toEqual([
      '{projectRoot}/image.yaml',
      '{projectRoot}/package.json',
      '{workspaceRoot}/apps/a/Dockerfile',
      '{workspaceRoot}/apps/a/Dockerfile.dockerignore',
      '{workspaceRoot}/apps/a/.dockerignore',
      '{workspaceRoot}/apps/a/image.yaml',
      '{workspaceRoot}/apps/a/package.json',
      '{workspaceRoot}/apps/a/**/*',
      // Not what would take out an input: Dockerfile*, *.yaml, .*
      ...['coverage', 'coverage/**/*', '**/*.md', '**/*.md/**/*'].map((glob) => `!{workspaceRoot}/apps/a/${glob}`),
      ...outputs.map((glob) => `!{workspaceRoot}/apps/a/${glob}`),
    ]);
    expect(target.cache).toBe(true);
    expect(target.dependsOn).toEqual(['build']);
    expect(target.inputs).toEqual(
      expect.arrayContaining([{ dependentTasksOutputFiles: '**/*', transitive: false }, { env: 'SOURCE_DATE_EPOCH' }]),
    );
    expect(target.metadata?.description).toBe('Builds the container image of Dockerfile');
  });

  it('takes the .dockerignore beside the Dockerfile first, and a context of its own', async () => {
    const target = await infer(
      {
        'image.yaml': `${head}dockerfile: { file: docker/Dockerfile, context: app, secrets: [{ id: a, env: A_TOKEN }] }\n`,
        'docker/Dockerfile.dockerignore': '*\n!lib\n',
        'app/.dockerignore': 'never\n',
      },
      'image.yaml',
    );
    expect(globs(target)).toEqual([
      '{projectRoot}/image.yaml',
      '{projectRoot}/package.json',
      '{workspaceRoot}/docker/Dockerfile',
      '{workspaceRoot}/docker/Dockerfile.dockerignore',
      '{workspaceRoot}/app/.dockerignore',
      '{workspaceRoot}/image.yaml',
      '{workspaceRoot}/package.json',
      '{workspaceRoot}/app/lib',
      '{workspaceRoot}/app/lib/**/*',
      ...outputs.map((glob) => `!{workspaceRoot}/${glob}`),
    ]);
    expect(JSON.stringify(target)).not.toContain('A_TOKEN');
  });

  it.each(['../x', '/x', '{ context: .. }', '{ file: ../x }', '[]'])(
    'that cannot be leaves that to be said when it is built: %s',
    async (value) => {
      const target = await infer({ 'apps/a/image.yaml': `${head}dockerfile: ${value}\n` });
      expect(target.executor).toBe('@ingot/oci:image');
      expect(JSON.stringify(target)).not.toContain('..');
    },
  );

  it.each([null, 3, [], { file: [] }, { context: {} }])('takes dockerfile: %j without complaint', (dockerfile) => {
    expect(imageFacts({ dockerfile }).own).toEqual([]);
  });
});
