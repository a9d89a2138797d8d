import { OperatorError } from '../error.ts';
import type { OperatorConfig } from './operator-config.ts';

/**
 * The reference of the Solution's image `name` in one version of the Solution: the first repository that has it tells the
 * endpoint and the tag. Nothing is guessed from the Solution's name. Throws GREETING_IMAGE.
 */
export function imageReference({ repositories }: OperatorConfig, version: string, name: string): string {
  const found = repositories.get(version);
  if (found === undefined) {
    throw new OperatorError('GREETING_IMAGE', `version ${version} of the Solution is not available`, {
      help: `there is ${[...repositories.keys()].join(', ')}`,
    });
  }
  for (const { endpoint, images } of found) {
    const image = images.find((each) => each.startsWith(`${name}:`));
    if (image !== undefined) return `${endpoint}/${image}`;
  }
  throw new OperatorError('GREETING_IMAGE', `version ${version} of the Solution has no image ${name}`, {
    help: `it has ${found.flatMap(({ images }) => images).join(', ') || 'none'}`,
  });
}
