import type { ManifestObject } from '../kubernetes/manifest.ts';
import type { RelatedImage } from './blobs.ts';
import { listOf, mapOf, textOf, type Values } from './unchecked.ts';

/**
 * All images that a mirror of the bundle needs, sorted: those that the CSV names, those that its deployments run, and
 * the bundle itself (getRelatedImages in alpha/action/render.go of operator-registry).
 */
export function relatedImagesOf(csv: ManifestObject, image: string): readonly RelatedImage[] {
  const spec = mapOf(csv.value['spec']);
  const named = listOf(spec['relatedImages']).map((each) => ({
    name: textOf(each['name']),
    image: textOf(each['image']),
  }));
  const known = new Set(named.map((each) => each.image));
  const others = [image, ...deployedImages(spec)].filter((each) => each !== '' && !known.has(each));
  const all = [...named, ...[...new Set(others)].map((each) => ({ name: '', image: each }))];
  return all.sort((a, b) => order(a.image, b.image) || order(a.name, b.name));
}

function deployedImages(spec: Values): string[] {
  const install = mapOf(spec['install']);
  // The only strategy that OLM knows.
  if (install['strategy'] !== 'deployment') return [];
  return listOf(mapOf(install['spec'])['deployments']).flatMap(({ spec }) => {
    const pod = mapOf(mapOf(mapOf(spec)['template'])['spec']);
    return [...listOf(pod['containers']), ...listOf(pod['initContainers'])].map(({ image }) => textOf(image));
  });
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
