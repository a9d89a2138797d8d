import type { ManifestObject } from '../../kubernetes/manifest.ts';
import type { Fault, Rule } from '../rule.ts';

/** Names that have a meaning within a workspace alone. */
export const imageNameRules: readonly Rule[] = [
  {
    id: 'object-images',
    formats: ['plain', 'registry'],
    holds: 'no image is named by a project of a workspace',
    level: 'error',
    reason: 'The kubelet takes `project:NAME` for no image that it could pull: the Pod ends in InvalidImageName.',
    remedy: 'Let Ingot build the bundle, which names the image by repository and digest; or name it so yourself.',
    *check({ objects }) {
      for (const object of objects) yield* projectImages(object, object.value, []);
    },
  },
];

/** Deeper objects are none of Kubernetes. */
const deepest = 100;

function* projectImages(
  object: ManifestObject,
  value: unknown,
  keys: readonly (string | number)[],
): Generator<Fault, void, undefined> {
  if (typeof value !== 'object' || value === null || keys.length > deepest) return;
  for (const [name, each] of Object.entries(value)) {
    const at = [...keys, Array.isArray(value) ? Number(name) : name];
    if (name === 'image' && typeof each === 'string' && each.startsWith('project:')) {
      yield { message: `the image is ${each}`, path: object.place(...at) };
    } else yield* projectImages(object, each, at);
  }
}
