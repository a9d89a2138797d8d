import type { SolutionFile } from '../../project-file/solution-file.ts';

/** The README of an imported project. `source`: what it was made of, by its name alone. */
export function readme(project: string, file: SolutionFile, source: string, report: readonly string[]): string {
  const notes = report.length === 0 ? 'Everything was carried over.\n' : report.map((line) => `- ${line}\n`).join('');
  return `# ${project}

The MetalK8s Solution \`${file.name}\` ${file.version}, imported from \`${source}\` and described by
[solution.yaml](solution.yaml).

    nx run ${project}:pack      # writes dist/${file.name}-${file.version}.iso
    nx run ${project}:verify    # applies MetalK8s' rules to it

\`vendor/images\` holds the images as skopeo's \`dir:\` keeps them. Commit them (large files: by git-lfs); Nx does not see
files that git ignores. When an image of this workspace takes the place of one, write \`from: project:NAME\` and delete
its folder.

## What was changed or left out

${notes}`;
}
