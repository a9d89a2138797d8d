import { posix } from 'node:path';
import { didYouMean, generator, ProjectError } from '@ingot/workspace';
import { formatFiles } from '@nx/devkit';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { parse } from 'yaml';
import { bundleFormats, type BundleFormat } from '../../formats.ts';
import init from '../init/generator.ts';
import { bundleYaml } from './bundle-yaml.ts';
import { helmFiles } from './helm.ts';
import { plainFiles } from './plain.ts';
import { readme } from './readme.ts';
import { registryFiles } from './registry.ts';

export interface BundleGeneratorOptions {
  readonly name: string;
  /** plain, registry (default) or helm. */
  readonly format?: string;
  /** Default: the name. */
  readonly directory?: string;
  readonly skipFormat?: boolean;
}

const filesOf: Readonly<Record<BundleFormat, (name: string) => Readonly<Record<string, string>>>> = {
  plain: plainFiles,
  registry: registryFiles,
  helm: helmFiles,
};

/**
 * Scaffolds a bundle of a small operator that builds and verifies as it stands. Throws ProjectError
 * INGOT_GENERATOR_NAME, INGOT_GENERATOR_DIRECTORY, INGOT_OPTION_VALUE.
 */
async function bundle(tree: Tree, options: BundleGeneratorOptions): Promise<GeneratorCallback> {
  const { name } = options;
  checkName(name);
  const format = formatOf(options.format ?? 'registry');
  const place = placeOf(tree, options.directory ?? name);
  const write = (path: string, text: string): void => tree.write(posix.join(place, path), text);
  const up = place === '.' ? '.' : place.split('/').fill('..').join('/');
  const schema = `# yaml-language-server: $schema=${up}/node_modules/@ingot/bundle/schema/bundle.schema.json\n`;
  write('bundle.yaml', schema + bundleYaml(name, format));
  write('README.md', readme(name, format));
  for (const [path, text] of Object.entries(filesOf[format](name))) write(path, text);
  const install = await init(tree, { skipFormat: true });
  if (!options.skipFormat) await formatFiles(tree);
  return install;
}

export default generator(bundle);

/** A BundleDeployment has room for 45 characters in v1alpha1. And `no` or `12` would be no texts in the manifests. */
function checkName(name: string): void {
  const message = `"${name}" cannot name a bundle here`;
  if (!/^[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?$/.test(name)) {
    throw new ProjectError('INGOT_GENERATOR_NAME', message, {
      help: 'a name has lower-case letters, digits and dashes, begins and ends with a letter or digit, and has at most 45 characters',
    });
  }
  if (typeof parse(name, { version: '1.1' }) === 'string') return;
  throw new ProjectError('INGOT_GENERATOR_NAME', message, {
    help: 'in YAML it is no text but a number, a date, or a word for yes, no or nothing: take a longer one',
  });
}

function formatOf(written: string): BundleFormat {
  const found = bundleFormats.find((each) => each === written);
  if (found !== undefined) return found;
  const known = bundleFormats.join(', ');
  throw new ProjectError(
    'INGOT_OPTION_VALUE',
    `format: "${written}" is none of ${known}${didYouMean(written, bundleFormats)}`,
  );
}

function placeOf(tree: Tree, directory: string): string {
  const place = posix.normalize(directory).replace(/\/$/, '');
  if (place.startsWith('/') || place.split('/').includes('..')) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `"${directory}" is outside of the workspace`);
  }
  if (tree.exists(posix.join(place, 'bundle.yaml'))) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `${place} has a bundle.yaml already`, {
      help: 'name another folder with --directory',
    });
  }
  return place;
}
