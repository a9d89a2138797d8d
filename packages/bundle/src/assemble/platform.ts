import type { Platform } from '@ingot/content';

/** A bundle holds no programs; unpackers choose this one of an index (go-containerregistry's default platform). */
export const platform: Platform = { os: 'linux', architecture: 'amd64' };
