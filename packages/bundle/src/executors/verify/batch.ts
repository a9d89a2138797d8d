import { batch } from '@ingot/workspace';
import { runVerify } from './run.ts';

export default batch(runVerify);
