import { executor } from '@ingot/workspace';
import { runVerify } from './run.ts';

export default executor(runVerify);
