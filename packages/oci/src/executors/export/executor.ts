import { executor } from '@ingot/workspace';
import { runExport } from '../../image/run-export.ts';

export default executor(runExport);
