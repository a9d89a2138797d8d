import { batch } from '@ingot/workspace';
import { runPreflight } from './run.ts';

export default batch(runPreflight);
