import { IsoError } from '../error.ts';
import { latestTime } from '../record/date.ts';
import type { IsoPlanOptions } from './input.ts';
import { isWellFormed } from './well-formed.ts';

export type CheckedOptions = Required<IsoPlanOptions>;

/** Fills in the defaults. Throws INGOT_ISO_VOLUME_ID, INGOT_ISO_FIELD or INGOT_ISO_TIME. */
export function checkOptions(options: IsoPlanOptions): CheckedOptions {
  checkVolumeId(options.volumeId);
  checkTime(options.time);
  const { applicationUse = new Uint8Array(0) } = options;
  if (applicationUse.length > 512) {
    throw new IsoError('INGOT_ISO_FIELD', `applicationUse has ${applicationUse.length} bytes; the field holds 512`);
  }
  return {
    volumeId: options.volumeId,
    time: options.time,
    applicationUse,
    system: checkText('system', options.system, 32),
    publisher: checkText('publisher', options.publisher, 128),
    preparer: checkText('preparer', options.preparer, 128),
    application: checkText('application', options.application, 128),
  };
}

/** ECMA-119 §8.4.6: the field has 32 bytes. MetalK8s takes UTF-8 in it, where ECMA-119 wants d-characters. */
function checkVolumeId(volumeId: string): void {
  const length = Buffer.byteLength(volumeId);
  if (length >= 1 && length <= 32 && isPlainText(volumeId)) return;
  const wrong = length > 32 ? `it has ${length} bytes` : length === 0 ? 'it is empty' : 'it is not plain text';
  throw new IsoError('INGOT_ISO_VOLUME_ID', `${JSON.stringify(volumeId)} cannot be a volume ID: ${wrong}`, {
    help: 'Use 1 to 32 bytes of UTF-8 without control characters; Joliet shows the first 16 characters.',
  });
}

function checkText(field: string, text: string = '', most: number): string {
  if (Buffer.byteLength(text) <= most && isPlainText(text)) return text;
  throw new IsoError('INGOT_ISO_FIELD', `${field} ${JSON.stringify(text)} does not fit its field of the descriptor`, {
    help: `Use at most ${most} bytes of UTF-8 without control characters.`,
  });
}

function isPlainText(text: string): boolean {
  return isWellFormed(text) && !/\p{Cc}/u.test(text);
}

function checkTime(time: number): void {
  if (Number.isInteger(time) && time >= 0 && time <= latestTime) return;
  throw new IsoError('INGOT_ISO_TIME', `${time} is not a time that an ISO can carry`, {
    help: 'Give whole seconds since 1970, up to the year 2155 (SOURCE_DATE_EPOCH has that form).',
  });
}
