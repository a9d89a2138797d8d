import { executor } from '@ingot/workspace';
import { runTry } from './run.ts';

export default executor(runTry);
