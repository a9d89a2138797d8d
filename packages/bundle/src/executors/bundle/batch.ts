import { batch } from '@ingot/workspace';
import { runBundle } from './run.ts';

export default batch(runBundle);
