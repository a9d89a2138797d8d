import { executor } from '@ingot/workspace';
import { runPreflight } from './run.ts';

export default executor(runPreflight);
