import { ContentError } from './error.ts';
import type { Platform } from './descriptor.ts';

const part = /^[a-z0-9_][a-z0-9_.-]*$/;

/** Other names of architectures, as containerd's platforms package normalizes them. */
const normal: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  i386: ['386'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

/** The variant that an architecture has where none is named (containerd platforms § normalizeArch). */
const usualVariant: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

/** `os/architecture[/variant]`, e.g. `linux/arm64/v8`. Throws ContentError INGOT_PLATFORM_SYNTAX. */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [os, name, named] = parts;
  if (os === undefined || name === undefined || parts.length > 3 || !parts.every((one) => part.test(one))) {
    throw new ContentError('INGOT_PLATFORM_SYNTAX', `${JSON.stringify(text)} is not a platform`, {
      help: 'Write os/architecture or os/architecture/variant, in small letters: linux/amd64, linux/arm64, linux/arm/v7.',
    });
  }
  const [architecture, implied] = Object.hasOwn(normal, name) ? (normal[name] ?? [name]) : [name];
  const variant = named ?? implied;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** `os/architecture[/variant]`: the reverse of parsePlatform. */
export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/');
}

/**
 * Does an image that has the platform `has` serve somebody who wants `wanted`? A variant that is not named is the
 * architecture's usual one, so arm64 and arm64/v8 are the same.
 */
export function matchesPlatform(wanted: Platform, has: Platform): boolean {
  return wanted.os === has.os && wanted.architecture === has.architecture && variantOf(wanted) === variantOf(has);
}

function variantOf(platform: Platform): string {
  const usual = Object.hasOwn(usualVariant, platform.architecture) ? usualVariant[platform.architecture] : undefined;
  return platform.variant || usual || '';
}
