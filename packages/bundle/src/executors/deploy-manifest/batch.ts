import { batch } from '@ingot/workspace';
import { runDeployManifest } from './run.ts';

export default batch(runDeployManifest);
