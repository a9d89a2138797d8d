import { executor } from '@ingot/workspace';
import { runBundle } from './run.ts';

export default executor(runBundle);
