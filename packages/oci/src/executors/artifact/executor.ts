import { executor } from '@ingot/workspace';
import { runArtifact } from './run.ts';

export default executor(runArtifact);
