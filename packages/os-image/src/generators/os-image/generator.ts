import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { didYouMean, generator, ProjectError } from '@ingot/workspace';
import { formatFiles } from '@nx/devkit';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formats, type Format } from '../../description/formats.ts';
import init from '../init/generator.ts';
import { builders, buildScript, dockerfile, osImageYaml, readme, type BuilderName } from './files.ts';

export interface OsImageGeneratorOptions {
  readonly name: string;
  /** mmdebstrap (default), dockerfile, rootfs or command. */
  readonly builder?: string;
  /** Names, separated by commas. Default: metal-stack. */
  readonly formats?: string | readonly string[];
  /** Default: the name. */
  readonly directory?: string;
  readonly skipFormat?: boolean;
}

/**
 * Scaffolds an operating-system image that builds and verifies as it stands. Throws ProjectError INGOT_GENERATOR_NAME,
 * INGOT_GENERATOR_DIRECTORY, INGOT_OPTION_VALUE.
 */
async function osImage(tree: Tree, options: OsImageGeneratorOptions): Promise<GeneratorCallback> {
  const { name } = options;
  checkName(name);
  const builder = oneOf('builder', options.builder ?? 'mmdebstrap', builders);
  const chosen = formatsOf(options.formats ?? 'metal-stack');
  const place = placeOf(tree, options.directory ?? name);
  const write = (path: string, text: string): void => tree.write(posix.join(place, path), text);
  const up = place === '.' ? '.' : place.split('/').fill('..').join('/');
  const schema = `# yaml-language-server: $schema=${up}/node_modules/@ingot/os-image/schema/os-image.schema.json\n`;
  const withInstaller = chosen.includes('metal-stack');
  write('os-image.yaml', schema + osImageYaml({ name, builder, formats: chosen, withInstaller }));
  write('README.md', readme({ name, builder, formats: chosen, withInstaller }));
  if (withInstaller) write('install.sh', template('install.sh'));
  if (builder !== 'rootfs') write('ssh-host-keys.conf', template('ssh-host-keys.conf'));
  if (builder === 'dockerfile') write('Dockerfile', dockerfile());
  if (builder === 'command') tree.write(posix.join(place, 'build.sh'), buildScript(), { mode: 0o755 });
  const install = await init(tree, { skipFormat: true });
  if (!options.skipFormat) await formatFiles(tree);
  return install;
}

export default generator(osImage);

function template(name: string): string {
  return readFileSync(new URL(`../../../templates/${name}`, import.meta.url), 'utf8');
}

function formatsOf(written: string | readonly string[]): Format[] {
  const names = (typeof written === 'string' ? written.split(',') : written).map((each) => each.trim());
  const wanted = names.filter((each) => each !== '').map((each) => oneOf('formats', each, formats));
  return formats.filter((format) => wanted.includes(format));
}

function oneOf<T extends BuilderName | Format>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  throw new ProjectError(
    'INGOT_OPTION_VALUE',
    `${option}: "${value}" is none of ${known.join(', ')}${didYouMean(value, known)}`,
  );
}

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new ProjectError('INGOT_GENERATOR_NAME', `"${name}" cannot name an image here`, {
    help: 'a name has lower-case letters, digits and dashes, begins and ends with a letter or digit, and has at most 63 characters',
  });
}

function placeOf(tree: Tree, directory: string): string {
  const place = posix.normalize(directory).replace(/\/$/, '');
  if (place.startsWith('/') || place.split('/').includes('..')) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `"${directory}" is outside of the workspace`);
  }
  if (tree.exists(posix.join(place, 'os-image.yaml'))) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `${place} has an os-image.yaml already`, {
      help: 'name another folder with --directory',
    });
  }
  return place;
}
