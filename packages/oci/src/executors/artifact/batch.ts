import { batch } from '@ingot/workspace';
import { runArtifact } from './run.ts';

export default batch(runArtifact);
