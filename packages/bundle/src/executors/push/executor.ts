import { executor } from '@ingot/workspace';
import { runPush } from './run.ts';

export default executor(runPush);
