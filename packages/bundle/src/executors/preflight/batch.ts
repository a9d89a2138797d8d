import { batch } from '@ingot/workspace';
import { runPreflight } from './run.ts';

/** More at once than there are processors: they wait for the network. */
export default batch(runPreflight, 8);
