import { executor } from '@ingot/workspace';
import { formatRunner } from '../run-format.ts';

export default executor(formatRunner('container'));
