import { posix } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { Tree } from '@nx/devkit';

/**
 * The folder of a new project, relative to the workspace root and normal. Throws ProjectError
 * INGOT_GENERATOR_DIRECTORY where it lies outside, or has one of `files` already.
 */
export function projectPlace(tree: Tree, directory: string, files: readonly string[]): string {
  const place = posix.normalize(directory).replace(/\/$/, '');
  if (place.startsWith('/') || place.split('/').includes('..')) {
    throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `"${directory}" is outside of the workspace`, {
      help: 'Name a folder relative to the root of the workspace, with --directory.',
    });
  }
  const taken = files.find((file) => tree.exists(posix.join(place, file)));
  if (taken === undefined) return place;
  throw new ProjectError('INGOT_GENERATOR_DIRECTORY', `${place} has a ${taken} already`, {
    help: 'Name another folder with --directory.',
  });
}

/** The first line of a project file, by which editors find its schema. */
export function schemaComment(place: string, schema: string): string {
  const up = place === '.' ? '.' : place.split('/').fill('..').join('/');
  return `# yaml-language-server: $schema=${up}/node_modules/${schema}\n`;
}
