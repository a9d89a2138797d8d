import { executor } from '@ingot/workspace';
import { runLock } from './run.ts';

export default executor(runLock);
