import type { IsoImage } from '@ingot/iso9660';
import type { Finding } from '@ingot/workspace';
import { verifySolution } from '../verify-solution.ts';
import type { VerifyOptions } from '../verify-solution.ts';

export async function findings(image: IsoImage, options: VerifyOptions = {}): Promise<Finding[]> {
  try {
    return await Array.fromAsync(verifySolution(image, options));
  } finally {
    await image.close();
  }
}

/** What does not hold, as `level rule`. */
export async function faults(image: IsoImage, options: VerifyOptions = {}): Promise<string[]> {
  const found = await findings(image, options);
  return found.filter(({ level }) => level !== 'ok').map(({ level, rule }) => `${level} ${rule}`);
}
