import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation small. The entries of a root file system are many small objects that all stay, which V8
 * takes as a reason to let it grow: with 60,000 of them the process reached 250 MB, of which 27 MB were in use; so it
 * stays at 160 MB, and as fast. What has grown already stays as it is.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
