import { batch } from '@ingot/workspace';
import { runPush } from './run.ts';

export default batch(runPush);
