import { ProjectError, type Path, type Place } from '@ingot/workspace';
import { deployProblems } from './deploy-problems.ts';

/** What is in the way of a BundleDeployment as INGOT_BUNDLE_DEPLOY, each at its key below `deploy` in bundle.yaml. */
export function deployErrors(
  wanted: Parameters<typeof deployProblems>[0],
  place: (path: Path) => Place,
): readonly ProjectError[] {
  return deployProblems(wanted).map(({ key, message, help }) => {
    const written = key === 'certificateData' ? 'certificate' : key;
    return new ProjectError('INGOT_BUNDLE_DEPLOY', message, { place: place(['deploy', written]), help });
  });
}
