import { batch } from '@ingot/workspace';
import { runImage } from '../../image/run-image.ts';

export default batch(runImage);
