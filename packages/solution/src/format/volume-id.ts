import { show } from './problem.ts';
import type { Problem } from './problem.ts';

/** ECMA-119 § 8.4.7: BP 41 to 72 of the primary volume descriptor. In bytes. */
const room = 32;

/** The volume ID that MetalK8s' guidelines ask for. Check it with volumeIdProblems: it may be too long. */
export function volumeId(name: string, version: string): string {
  return `${name} ${version}`;
}

/** INGOT_VOLUME_ID: does the text fit the primary volume descriptor, and will tools show it as it is? */
export function volumeIdProblems(id: string): Problem[] {
  const code = 'INGOT_VOLUME_ID';
  const bytes = Buffer.byteLength(id);
  if (bytes > room) {
    return [
      {
        code,
        message: `the volume ID ${show(id)} has ${bytes} bytes, and an ISO has room for ${room}`,
        help: `Set volumeId in the project file to a text of at most ${room} bytes; Joliet shows its first 16 characters.`,
      },
    ];
  }
  if (id.trim() !== id || id === '' || /[\u0000-\u001f\u007f-\u009f]/.test(id)) {
    return [
      {
        code,
        message: `the volume ID ${show(id)} is empty, has blanks at an end, or control characters`,
        help: 'The descriptor is filled up with blanks: use a text that begins and ends with another character.',
      },
    ];
  }
  return [];
}
