import { title } from '@ingot/content';
import { CliError } from './error.ts';
import type { Descriptor } from '@ingot/content';

/**
 * The parts of an operating system's image by the end of their media types, as onmetal and IronCore write them: onmetal
 * and older IronCore `…image.vmlinuz.v1alpha1.vmlinuz`, IronCore now `…image.kernel` (ironcore-image, image.go).
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  kernel: ['kernel', 'vmlinuz.v1alpha1.vmlinuz'],
  rootfs: ['rootfs', 'rootfs.v1alpha1.rootfs'],
  initramfs: ['initramfs', 'initramfs.v1alpha1.initramfs'],
  squashfs: ['squashfs', 'squashfs.v1alpha1.squashfs'],
  uki: ['uki'],
  iso: ['iso'],
};
const families = ['application/vnd.ironcore.image.', 'application/vnd.onmetal.image.'];

/**
 * The layer that somebody means by `kernel` and the like, by its title, its digest, or its position from 0 on; the first
 * of these ways that fits counts. Throws CliError INGOT_LAYER, saying what there is.
 */
export function chooseLayer(layers: readonly Descriptor[], wanted: string): Descriptor {
  const ways: readonly ((layer: Descriptor, index: number) => boolean)[] = [
    (layer) => partOf(layer) === wanted,
    (layer) => layer.annotations?.[title] === wanted,
    (layer) => layer.digest === wanted,
    (_, index) => String(index) === wanted,
  ];
  for (const fits of ways) {
    const found = layers.filter(fits);
    const [first] = found;
    if (first === undefined) continue;
    if (found.every(({ digest }) => digest === first.digest)) return first;
    throw bad(`${found.length} layers are ${JSON.stringify(wanted)}`, layers);
  }
  throw bad(`no layer is ${JSON.stringify(wanted)}`, layers);
}

function partOf({ mediaType }: Descriptor): string | undefined {
  const family = families.find((prefix) => mediaType.startsWith(prefix));
  if (family === undefined) return undefined;
  return Object.keys(parts).find((part) => parts[part]?.includes(mediaType.slice(family.length)));
}

function bad(what: string, layers: readonly Descriptor[]): CliError {
  const there = layers.slice(0, 20).map((layer, index) => {
    const name = partOf(layer) ?? layer.annotations?.[title];
    return `${index}${name === undefined ? '' : ` (${name})`} ${layer.digest}`;
  });
  return new CliError(
    'INGOT_LAYER',
    `the image has ${layers.length} layers, and ${what}`,
    `There is: ${there.join(', ')}`,
  );
}
