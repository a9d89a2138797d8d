import { executor } from '@ingot/workspace';
import { runExport } from './run.ts';

export default executor(runExport);
