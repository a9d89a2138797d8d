import { batch } from '@ingot/workspace';
import { runImage } from './run.ts';

export default batch(runImage);
