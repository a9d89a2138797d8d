import type { ExecutorContext } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import type { FilesDescription } from './files-description.ts';
import { checkMaker } from './maker.ts';

const place = { file: 'app/image.yaml', line: 1, column: 1 };

/** Checks an entry that copies `from`, which the target `build` of the project in the folder `root` makes. */
function check(from: string, root: string, outputs: string[], options?: object): void {
  const node = { name: 'app', data: { root, targets: { build: { outputs, options } } } };
  const context = { root: '/w', projectName: 'app', projectGraph: { nodes: { app: node } } };
  const entry = { from, target: 'build', place, projectPlace: place, targetPlace: place };
  checkMaker(entry as unknown as FilesDescription, context as unknown as ExecutorContext);
}

describe('checkMaker', () => {
  it.each([
    ['dist/server', 'apps/app', ['{projectRoot}/dist']],
    ['dist', 'apps/app', ['{projectRoot}/dist/server']],
    ['{workspaceRoot}/dist/app/x', 'apps/app', ['{workspaceRoot}/dist/{projectName}']],
    ['dist/server', 'apps/app', ['{options.outputPath}'], { outputPath: 'apps/app/dist' }],
    ['dist/server', 'apps/app', ['{options.outputPath}'], { outputPath: '{projectRoot}/dist' }],
    ['dist/server', '.', ['{projectRoot}/dist']],
    ['dist/server', '.', ['{projectRoot}']],
    ['dist/server', '.', ['{workspaceRoot}']],
  ])('knows that %s of %s is made by %j', (from, root, outputs, options?: object) => {
    expect(() => check(from, root, outputs, options)).not.toThrow();
  });
  it.each([
    ['main.txt', 'apps/app', ['{projectRoot}/dist']],
    ['dist-2', 'apps/app', ['{projectRoot}/dist']],
    ['dist', 'apps/app', ['{workspaceRoot}/dist']],
    ['dist', 'apps/app', ['{options.outputPath}']],
  ])('knows that %s of %s is not made by %j', (from, root, outputs) => {
    expect(() => check(from, root, outputs)).toThrow(expect.objectContaining({ code: 'INGOT_IMAGE_NOT_OUTPUT' }));
  });
});
