import type { Format } from '../description/formats.ts';
import type { MakeFormat } from './format.ts';

/** What makes each format; loaded when it is needed. */
const makers: Readonly<Record<Format, () => Promise<MakeFormat>>> = {
  'metal-stack': async () => (await import('./metal-stack/make.ts')).makeMetalStack,
  onmetal: async () => (await import('./onmetal/make.ts')).makeOnmetal,
  ironcore: async () => (await import('./ironcore/make.ts')).makeIroncore,
  gardenlinux: async () => (await import('./gardenlinux/make.ts')).makeGardenlinux,
  disk: async () => (await import('./disk/make.ts')).makeDisk,
  ironic: async () => (await import('./ironic/make.ts')).makeIronic,
  container: async () => (await import('./container/make.ts')).makeContainer,
};

/** What makes a format. */
export function makerOf(format: Format): Promise<MakeFormat> {
  return makers[format]();
}
