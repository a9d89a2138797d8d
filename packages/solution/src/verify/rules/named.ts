import { manifestPath } from '../../format/layout.ts';
import { show } from '../../format/problem.ts';
import { field } from '../../format/yaml-text.ts';
import type { Archive } from '../archive.ts';
import type { Fault, Rule } from '../finding.ts';

/** Whether the images that manifest.yaml names are there, and the other way round. */
export const namedRules: readonly Rule[] = [
  {
    id: 'manifest-images',
    holds: 'every image of spec.images is in images/',
    level: 'error',
    reason: "MetalK8s hands the list to the operator, which then asks the Solution's registry for these images.",
    remedy: 'Add the image to the ISO, or take it out of spec.images; write each as a quoted "name:tag".',
    *check(archive) {
      const listed = listedImages(archive);
      if (listed === undefined) return;
      if (!Array.isArray(listed)) yield fault(`spec.images is ${show(listed)}, not a list`);
      else {
        const there = carried(archive);
        for (const image of listed) {
          if (typeof image !== 'string') yield fault(`spec.images has ${show(image)}, not a string`);
          else if (!there.has(image)) yield fault(`spec.images has ${show(image)}, which is not in images/`);
        }
      }
    },
  },
  {
    id: 'manifest-images-complete',
    holds: 'spec.images has every image of images/',
    level: 'warning',
    reason: 'The operator learns of no other images than those in the list.',
    remedy: 'Add the image to spec.images, or leave spec.images out: it defaults to all that there are.',
    *check(archive) {
      const listed = listedImages(archive);
      if (!Array.isArray(listed)) return;
      const named = new Set<unknown>(listed);
      for (const image of carried(archive)) {
        if (!named.has(image)) yield fault(`spec.images does not have ${show(image)}`);
      }
    },
  },
  {
    id: 'manifest-operator',
    holds: "the operator's image is in images/",
    level: 'error',
    reason:
      'MetalK8s creates a Deployment of <operator image>; it defaults to <name>-operator with the version as tag.',
    remedy: 'Add the image, or name another one under spec.operator.image, with name and tag as quoted strings.',
    check: (archive) => component(archive, 'operator'),
  },
  {
    id: 'manifest-ui',
    holds: "the UI's image is in images/, where one is named",
    level: 'warning',
    reason: 'Nothing in MetalK8s reads it yet; what will, looks for the image there.',
    remedy: 'Add the image, or take spec.ui out of manifest.yaml.',
    check: (archive) =>
      field(archive.manifest?.value, 'spec', 'ui') === undefined ? undefined : component(archive, 'ui'),
  },
];

function component(archive: Archive, key: 'operator' | 'ui'): Fault[] | undefined {
  const { name, version, value } = archive.manifest ?? {};
  const given = field(value, 'spec', key, 'image');
  const image = field(given, 'name') ?? (name === undefined ? undefined : `${name}-${key}`);
  const tag = field(given, 'tag') ?? version;
  if (value === undefined || image === undefined || tag === undefined) return undefined;
  if (typeof image !== 'string' || typeof tag !== 'string') {
    return [fault(`spec.${key}.image has name ${show(image)} and tag ${show(tag)}, and both have to be strings`)];
  }
  const reference = `${image}:${tag}`;
  if (carried(archive).has(reference)) return [];
  const found = fault(`the image of the ${key}, ${reference}, is not in images/`);
  // Without an operator a Solution can still be imported, and its images pulled; only to deploy it fails.
  return [given === undefined ? { ...found, level: 'warning' } : found];
}

function carried(archive: Archive): Set<string> {
  return new Set(archive.images.map(({ name, tag }) => `${name}:${tag}`));
}

function listedImages(archive: Archive): unknown {
  return field(archive.manifest?.value, 'spec', 'images');
}

function fault(message: string): Fault {
  return { message, path: manifestPath };
}
