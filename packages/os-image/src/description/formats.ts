/** What an os-image can be made into. Each is a target; `container` is the target `image`, so that image.yaml finds it. */
export const formats = ['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'ironic', 'container'] as const;

export type Format = (typeof formats)[number];

/** Those that carry whole disks: the target `disk` makes them, whether it is among the formats or not. */
export const ofDisks: readonly Format[] = ['onmetal', 'ironcore', 'gardenlinux', 'ironic'];

/** The formats with what they are made of, in the order above. */
export function withDisk(wanted: readonly unknown[]): Format[] {
  const needsDisk = ofDisks.some((format) => wanted.includes(format));
  return formats.filter((format) => wanted.includes(format) || (format === 'disk' && needsDisk));
}
