import { ProjectError, type Place } from '@ingot/workspace';
import { projectReferences, replaceRanges, type ProjectReference } from './project-references.ts';

/** An image of the workspace, as manifests name it. */
export interface NamedImage {
  /** `registry.example/team/hello-server`. */
  readonly repository: string;
  readonly digest: string;
  readonly version: string;
}

/** What a workspace says of its images. */
export interface ImageNames {
  readonly isProject: (name: string) => boolean;
  /** The image of a project that a manifest names. Throws ProjectError at `place`. */
  readonly imageOf: (project: string, place: Place) => Promise<NamedImage>;
}

/** Keys whose value is an image: one that names no project there is a slip, elsewhere a text like others. */
const imageKey = /image|repository|digest/i;

/**
 * The text with each image of a project named by repository and digest. Throws ProjectErrors at their places: what
 * `imageOf` throws, INGOT_BUNDLE_IMAGE_PART, INGOT_BUNDLE_IMAGE_TEXT for one that is written otherwise than in one piece,
 * or in a document that cannot be read.
 * @param file that has the text, absolute
 * @param named what is found: by project, the reference
 */
export async function nameImages(
  text: string,
  file: string,
  { isProject, imageOf }: ImageNames,
  named: Map<string, string>,
): Promise<string> {
  const { references, unreadable } = projectReferences(text);
  if (unreadable !== undefined) {
    const { message, line, column } = unreadable;
    throw new ProjectError('INGOT_BUNDLE_IMAGE_TEXT', `no image can be named here: ${message.replace(/\s+/g, ' ')}`, {
      place: { file, line, column },
      help: 'correct the YAML; what begins with project: in it names the image of a project',
    });
  }
  const replacements: { readonly range: readonly [number, number]; readonly text: string }[] = [];
  for (const reference of references) {
    const { project, part, key, range, line, column } = reference;
    if (!isProject(project) && !imageKey.test(key)) continue;
    const place = { file, line, column };
    if (range === undefined) throw inPieces(reference, place);
    const image = await imageOf(project, place);
    const parts: Readonly<Record<string, string>> = { ...image, reference: `${image.repository}@${image.digest}` };
    if (!Object.hasOwn(parts, part)) throw unknownPart(part, place);
    replacements.push({ range, text: parts[part]! });
    named.set(project, parts['reference']!);
  }
  return replaceRanges(text, replacements);
}

function inPieces({ project }: ProjectReference, place: Place): ProjectError {
  return new ProjectError('INGOT_BUNDLE_IMAGE_TEXT', `project:${project} is not written in one piece`, {
    place,
    help: 'write it on the line of its key, plain or in quotes, without escapes',
  });
}

function unknownPart(part: string, place: Place): ProjectError {
  return new ProjectError('INGOT_BUNDLE_IMAGE_PART', `an image has no "${part}"`, {
    place,
    help: 'write project:NAME for repository and digest, or #repository, #digest or #version behind it',
  });
}
