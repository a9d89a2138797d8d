import type { ImagesFolder } from '../../description/description.ts';

/**
 * `<imagesdir>` of metal-images' IMAGE_STORE.md: `stable` for the main branch, the version for a release,
 * `pull_requests/<number>-<branch>` for a pull request.
 */
export function imagesFolderPath(folder: ImagesFolder): string {
  if (folder.kind === 'stable') return 'stable';
  if (folder.kind === 'release') return safeName(folder.version);
  return `pull_requests/${safeName(`${folder.number}-${folder.branch}`)}`;
}

/**
 * One name of a folder that is also good in a URL as it is: branches have slashes and whatever git allows. The number
 * tells apart what this makes equal.
 */
function safeName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._+-]+/g, '-')
    .replace(/^\.+/, '-')
    .slice(0, 100);
}
