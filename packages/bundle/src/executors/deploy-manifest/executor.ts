import { executor } from '@ingot/workspace';
import { runDeployManifest } from './run.ts';

export default executor(runDeployManifest);
