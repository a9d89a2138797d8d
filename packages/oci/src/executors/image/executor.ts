import { executor } from '@ingot/workspace';
import { runImage } from './run.ts';

export default executor(runImage);
