/** What an os-image can be made into. Each is a target; `container` is the target `image`, so that image.yaml finds it. */
export const formats = ['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'ironic', 'container'] as const;

export type Format = (typeof formats)[number];
