import { batch } from '@ingot/workspace';
import { runPush } from './run.ts';

/** More at once than there are processors: they wait for the network. */
export default batch(runPush, 8);
