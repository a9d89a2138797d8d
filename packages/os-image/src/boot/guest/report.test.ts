import { describe, expect, it } from 'vitest';
import { parseReport } from './report.ts';

const disk = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc(1024)]);
const nothing = { up: undefined, checks: [], ended: false };

describe('a report', () => {
  it('tells when the machine was up, and of each check its code and what it said', () => {
    const text = 'ingot-boot 1\nup 4.21\nbegin 0\no hello\no  world\nexit 0\nbegin 1\nexit 3\nend\n';
    expect(parseReport(disk(text))).toEqual({
      up: 4.21,
      ended: true,
      checks: [
        { exit: 0, output: 'hello\n world', cut: false },
        { exit: 3, output: '', cut: false },
      ],
    });
  });

  it('tells of a check that has not ended, and of output that was cut', () => {
    const text = 'ingot-boot 1\nup 1\nbegin 0\no much\ncut\nexit 0\nbegin 1\no begun\no half a li';
    expect(parseReport(disk(text))).toEqual({
      up: 1,
      ended: false,
      checks: [
        { exit: 0, output: 'much', cut: true },
        { exit: undefined, output: 'begun', cut: false },
      ],
    });
  });

  it('is empty before it is begun, and where it is something else', () => {
    expect(parseReport(Buffer.alloc(512))).toEqual(nothing);
    expect(parseReport(disk('ingot-bo'))).toEqual(nothing);
    expect(parseReport(disk('other 1\nend\n'))).toEqual(nothing);
  });

  it('leaves out what nobody understands: lines without a check, codes that are none', () => {
    const text = 'ingot-boot 1\no early\nexit 0\nup soon\nsurprise 7\nbegin 0\nexit -1\nexit 12345\nexit x\n';
    expect(parseReport(disk(text))).toEqual({
      up: undefined,
      ended: false,
      checks: [{ exit: undefined, output: '', cut: false }],
    });
  });

  it('reads bytes that are no text', () => {
    const bytes = Buffer.concat([
      Buffer.from('ingot-boot 1\nup 1\nbegin 0\no '),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('\nexit 0\n\0end\n'),
    ]);
    expect(parseReport(bytes)).toMatchObject({ ended: false, checks: [{ exit: 0, output: '\ufffd\ufffd' }] });
  });
});
