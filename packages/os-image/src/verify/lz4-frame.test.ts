import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { Lz4Frames, type Lz4Facts } from './lz4-frame.ts';

const text = Buffer.from('text '.repeat(40_000));
const lz4 = (args: string[], input: Buffer = text): Buffer =>
  execFileSync(referee('lz4'), ['-q', '-z', ...args, '-c', '-'], { input, maxBuffer: 1 << 28 });

function factsOf(bytes: Uint8Array, piece = bytes.length): Lz4Facts {
  const frames = new Lz4Frames();
  for (let at = 0; at < bytes.length; at += piece) frames.push(bytes.subarray(at, at + piece));
  return frames.facts();
}

const sound = {
  frames: 1,
  skippableFrames: 0,
  legacyFrames: 0,
  blockChecksums: false,
  contentChecksum: true,
  dictionary: false,
  problem: undefined,
};

/** A skippable frame with 8 bytes that could be anything. */
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);

describe('the frames of an LZ4 file', () => {
  it.each([
    ['as metal-images makes them', lz4(['-9']), sound],
    ['of the fastest level, with small blocks', lz4(['-1', '-B4']), sound],
    ['of dependent blocks', lz4(['-9', '-BD']), sound],
    ['of an empty file', lz4(['-9'], Buffer.alloc(0)), sound],
    ['of what does not compress', lz4(['-9'], execFileSync('head', ['-c', '300000', '/dev/urandom'])), sound],
    ['without a content checksum', lz4(['-9', '--no-frame-crc']), { ...sound, contentChecksum: false }],
    ['with checksums of blocks', lz4(['-9', '-BX']), { ...sound, blockChecksums: true }],
    ['two, one behind the other', Buffer.concat([lz4(['-9']), lz4(['-1'])]), { ...sound, frames: 2 }],
    ['legacy', lz4(['-l']), { ...sound, frames: 0, legacyFrames: 1, contentChecksum: false }],
    ['behind a skippable one', Buffer.concat([skippable, lz4(['-9'])]), { ...sound, skippableFrames: 1 }],
  ])('%s', (_, bytes, facts) => {
    expect(factsOf(bytes)).toEqual(facts);
    expect(factsOf(bytes, 7)).toEqual(facts);
    expect(factsOf(bytes, 4096)).toEqual(facts);
  });

  const frame = lz4(['-9']);
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(frame);
    copy[at] = value;
    return copy;
  };

  it.each([
    ['nothing', Buffer.alloc(0), 'there is no LZ4 frame', 0],
    ['half a magic number', frame.subarray(0, 2), 'the file ends within a frame', 0],
    ['an end within a block', frame.subarray(0, 200), 'the file ends within a frame', 200],
    ['no end mark', frame.subarray(0, -8), 'the file ends within a frame', frame.length - 8],
    ['no content checksum', frame.subarray(0, -2), 'the file ends within a frame', frame.length - 4],
    ['something else', Buffer.from('not an archive'), 'there is no LZ4 frame', 0],
    [
      'something behind it',
      Buffer.concat([frame, Buffer.from('rest')]),
      'something follows the frame that is none',
      frame.length,
    ],
    ['version 2', changed(4, 0xa4), 'the frame has version 2, not 1', 4],
    ['a reserved flag', changed(4, 0x66), 'reserved bits of the frame are set', 4],
    ['a reserved bit of BD', changed(5, 0xc0), 'reserved bits of the frame are set', 4],
    ['a reserved block size', changed(5, 0x30), 'the frame has no block size', 4],
    ['a block that is too large', changed(9, 0x7f), expect.stringContaining('larger than the frame allows'), 7],
  ])('are wrong with %s', (_, bytes, what, position) => {
    expect(factsOf(bytes).problem).toEqual({ what, position });
    expect(factsOf(bytes, 3).problem).toEqual({ what, position });
  });

  it('are read of anything, in pieces of any size, alike', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([at, value]) => changed(at, value)),
    );
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 50 }), (bytes, piece) => {
        expect(factsOf(bytes, piece)).toEqual(factsOf(bytes));
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
