import { parseRepository } from '@ingot/oci';
import { projectImage, ProjectError, projectNode, withPlace } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { ImageNames } from './name-images.ts';

/**
 * Finds the images that manifests name: the repository that the project file says, and the digest that was built; no
 * registry is asked. `imageOf` throws ProjectErrors at the place of the name: what projectImage throws,
 * INGOT_BUNDLE_IMAGE_UNKNOWN where the task does not depend on that project, INGOT_BUNDLE_REPOSITORY.
 * @param registry what repositories without a registry are below
 */
export function imagesOf(context: ExecutorContext, registry: string | undefined): ImageNames {
  const isProject = (name: string) => Object.hasOwn(context.projectGraph.nodes, name);
  const imageOf: ImageNames['imageOf'] = async (project, place) => {
    projectNode(context, project, place);
    if (!isNeeded(project, context)) {
      throw new ProjectError('INGOT_BUNDLE_IMAGE_UNKNOWN', `this task does not build "${project}" first`, {
        place,
        help: `add ${project} to \`images\` in bundle.yaml: what other targets make is not read before they run`,
      });
    }
    const { result } = await projectImage(context, project, { place });
    const [written] = result.repositories ?? [];
    if (written === undefined) {
      throw new ProjectError('INGOT_BUNDLE_REPOSITORY', `the image of "${project}" names no repository`, {
        place,
        help: `add \`repository\` to its image.yaml: a cluster has to know where to pull it from`,
      });
    }
    const parsed = await withPlace(place, () => parseRepository(written, registry));
    const { digest, version } = result;
    return { repository: `${parsed.registry}/${parsed.repository}`, digest, version };
  };
  return { isProject, imageOf };
}

function isNeeded(project: string, context: ExecutorContext): boolean {
  const { targets = {} } = projectNode(context, context.projectName!).data;
  const target = targets[context.targetName ?? ''];
  return (target?.dependsOn ?? []).some(
    (need) => typeof need !== 'string' && [need.projects ?? []].flat().includes(project),
  );
}
