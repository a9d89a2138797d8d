import { executor } from '@ingot/workspace';
import { runImage } from '../../image/run-image.ts';

export default executor(runImage);
