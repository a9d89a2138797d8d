import { posix } from 'node:path';
import { generator, ProjectError } from '@ingot/workspace';
import { formatFiles, type Tree } from '@nx/devkit';
import init from '../init/generator.ts';
import { imageYaml, indexHtml, readme } from './files.ts';

export interface ImageGeneratorOptions {
  readonly name: string;
  /** Default: the name. */
  readonly directory?: string;
  readonly skipFormat?: boolean;
}

/**
 * Scaffolds a project with an image.yaml that builds as it stands. Throws ProjectError INGOT_GENERATOR_NAME,
 * INGOT_GENERATOR_DIRECTORY.
 */
async function image(tree: Tree, options: ImageGeneratorOptions): Promise<void> {
  const directory = posix.normalize(options.directory ?? options.name).replace(/\/$/, '');
  checkName(options.name);
  checkDirectory(tree, directory);
  const up = directory === '.' ? '.' : directory.split('/').fill('..').join('/');
  tree.write(
    posix.join(directory, 'image.yaml'),
    imageYaml(options.name, `${up}/node_modules/@ingot/oci/schema/image.schema.json`),
  );
  tree.write(posix.join(directory, 'www', 'index.html'), indexHtml(options.name));
  tree.write(posix.join(directory, 'README.md'), readme(options.name));
  await init(tree, { skipFormat: true });
  if (!options.skipFormat) await formatFiles(tree);
}

export default generator(image);

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new ProjectError('INGOT_GENERATOR_NAME', `"${name}" cannot name an image here`, {
    help: 'a name has lower-case letters, digits and dashes, begins and ends with a letter or digit, and has at most 63 characters',
  });
}

function checkDirectory(tree: Tree, directory: string): void {
  if (directory.startsWith('/') || directory.split('/').includes('..')) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `"${directory}" is outside of the workspace`);
  }
  if (tree.exists(posix.join(directory, 'image.yaml'))) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `${directory} has an image.yaml already`, {
      help: 'name another folder with --directory',
    });
  }
}
